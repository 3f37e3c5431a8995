using ActorParallel.Engines;
using ActorParallel.Pools;
using Akka.Actor;

namespace ActorParallel.Tests.Engines;

public sealed class OwnThreadsTests : IDisposable
{
    readonly ActorSystem _system = OwnActorSystem.Start("own-threads", Akka.Configuration.Config.Empty);

    [Fact]
    public async Task AGuestCarriesOnItsMessageAndWhatFollows()
    {
        var threads = new TaskCompletionSource<int[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var last = New(new Relay(null, seen => threads.SetResult(seen)));
        var first = New(new Relay(last, null));
        await Ready(first, last);
        OwnThreads.TellAsGuest(first, new List<int>());
        var here = Environment.CurrentManagedThreadId;
        // Done when it returns: nobody else was asked.
        Assert.True(threads.Task.IsCompleted);
        Assert.Equal([here, here], await threads.Task);
    }

    [Fact]
    public async Task AGuestGoesHomeAfterAFewTurns()
    {
        var done = new TaskCompletionSource<int[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var next = New(new Relay(null, seen => done.SetResult(seen)));
        await Ready(next);
        for (var i = 0; i < 20; i++)
        {
            next = New(new Relay(next, null));
            await Ready(next);
        }
        OwnThreads.TellAsGuest(next, new List<int>());
        var here = Environment.CurrentManagedThreadId;
        var seen = await done.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(21, seen.Length);
        Assert.InRange(seen.Count(thread => thread == here), 1, 8);
        Assert.NotEqual(here, seen[^1]);
    }

    [Fact]
    public async Task WhatAGuestCarriesWithHimStaysWithHim()
    {
        var local = new AsyncLocal<string> { Value = "the user's" };
        var flowed = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = New(new Relay(null, _ => Task.Run(() => flowed.SetResult(local.Value))));
        await Ready(actor);
        OwnThreads.TellAsGuest(actor, new List<int>());
        Assert.Null(await flowed.Task);
        Assert.Equal("the user's", local.Value);
        Assert.False(ExecutionContext.IsFlowSuppressed());
    }

    IActorRef New(Relay relay) => _system.ActorOf(Props.Create(() => new RelayActor(relay)).WithDispatcher(ProcessExecutor.ControllerDispatcher));

    // An actor that has not started yet is started elsewhere.
    static async Task Ready(params IActorRef[] actors)
    {
        foreach (var actor in actors) await actor.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    public void Dispose() => _system.Dispose();

    sealed record Relay(IActorRef? Next, Action<int[]>? Done);

    sealed class RelayActor(Relay relay) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var seen = (List<int>)message;
            seen.Add(Environment.CurrentManagedThreadId);
            relay.Next?.Tell(seen);
            relay.Done?.Invoke([.. seen]);
        }
    }
}
