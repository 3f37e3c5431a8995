using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Functions;
using ActorParallel.Payloads;
using ActorParallel.Scheduling;
using ActorParallel.Tests.Functions;
using ActorParallel.Transport;

namespace ActorParallel.Tests.Clusters;

/// <summary>Tasks that wait for their client's code: they hold nothing up, can be stopped, and outlast their controller.</summary>
public sealed class CodeWaitTests
{
    readonly Func<int, int> _former = Compile(0);
    readonly Func<int, int> _shipped = Compile(100);

    static Func<int, int> Compile(int added) =>
        new Compiled().Add("Waited", $"public static class Entry {{ public static Func<int, int> Add() => x => x + {added}; }}").Get<Func<int, int>>("Waited", "Add");

    async Task<EngineAlone> StartAsync(int workers = 1)
    {
        var engine = new EngineAlone(workers);
        engine.Know(_former);
        await engine.WelcomeAsync(1);
        return engine;
    }

    static Task Asked(EngineAlone engine) => Transport.Until.True(() => !engine.Questions.IsEmpty, "the client is asked");

    [Fact]
    public async Task TheWorkerIsFreeForOthers()
    {
        await using var engine = await StartAsync();
        engine.Run(1, _shipped, 1);
        await Asked(engine);
        for (var task = 2; task < 20; task++) engine.Run(task, x => x + 1, task);
        for (var task = 2; task < 20; task++) Assert.Equal((TaskOutcome.Succeeded, task + 1), await engine.EndOf(task));
        Assert.DoesNotContain(engine.Outcomes, o => o.Task == 1);
        Assert.Equal((TaskOutcome.Succeeded, 101), await engine.EndOf(1, answering: true));
        // What came is there for the next.
        engine.Run(20, _shipped, 2);
        Assert.Equal((TaskOutcome.Succeeded, 102), await engine.EndOf(20));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ItIsStoppedWhileItWaits(bool isDirect)
    {
        await using var engine = await StartAsync();
        engine.Run(1, _shipped, 1, isDirect);
        await Asked(engine);
        engine.Run(2, x => x + 1, 2, isDirect);
        engine.Tell(EngineEntry.Cancel, 1);
        Assert.Equal(TaskOutcome.Cancelled, (await engine.EndOf(1)).Outcome);
        Assert.Equal((TaskOutcome.Succeeded, 3), await engine.EndOf(2));
        // The code that comes too late does no harm.
        engine.Run(3, _shipped, 3, isDirect);
        Assert.Equal((TaskOutcome.Succeeded, 103), await engine.EndOf(3, answering: true));
        Assert.Single(engine.Outcomes, o => o.Task == 1);
        Assert.Null(engine.Ended);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ItIsGivenBackWhenItIsAskedForAndOneThatRunsSaysSo(bool isDirect)
    {
        await using var engine = await StartAsync(workers: 2);
        engine.Run(1, _shipped, 1, isDirect);
        await Asked(engine);
        engine.Tell(EngineEntry.Recall, 1);
        Assert.Equal(TaskOutcome.Returned, (await engine.EndOf(1)).Outcome);
        using var gate = new ManualResetEventSlim();
        s_gate = gate;
        engine.Run(2, WaitForGate, 2, isDirect);
        await Transport.Until.True(() => s_entered == 1, "it runs");
        engine.Started.Clear();
        engine.Tell(EngineEntry.Recall, 2);
        await Transport.Until.True(() => engine.Started.Contains(2), "it says that it stays");
        gate.Set();
        Assert.Equal((TaskOutcome.Succeeded, 2), await engine.EndOf(2));
        s_entered = 0;
    }

    static ManualResetEventSlim? s_gate;
    static volatile int s_entered;

    static int WaitForGate(int x)
    {
        s_entered = 1;
        s_gate!.Wait(TimeSpan.FromSeconds(30));
        return x;
    }

    [Fact]
    public async Task DirectCallsKeepTheirOrder()
    {
        await using var engine = await StartAsync();
        engine.Run(1, _shipped, 1, isDirect: true);
        engine.Run(2, x => x + 1, 2, isDirect: true);
        await Asked(engine);
        Assert.Equal((TaskOutcome.Succeeded, 3), await engine.EndOf(2, answering: true));
        Assert.Equal([1, 2], engine.Outcomes.Select(o => o.Task));
    }

    [Fact]
    public async Task AnotherControllerIsAskedAgainAtOnce()
    {
        await using var engine = await StartAsync();
        engine.Run(1, _shipped, 1);
        await Asked(engine);
        engine.Questions.TryDequeue(out var first);
        engine.Cut();
        await engine.WelcomeAsync(2);
        await Asked(engine);
        Assert.True(engine.Questions.TryPeek(out var again));
        Assert.Equal(first.Question, again.Question);
        Assert.Contains(engine.Knocks, k => k.Holds.Any(h => h.TaskId == 1));
        Assert.Equal((TaskOutcome.Succeeded, 101), await engine.EndOf(1, answering: true));
    }

    [Fact]
    public async Task TheSameControllerIsNotAskedTwice()
    {
        await using var engine = await StartAsync();
        engine.Run(1, _shipped, 1);
        await Asked(engine);
        engine.Questions.TryDequeue(out var first);
        engine.Cut();
        await Transport.Until.True(() => !engine.Knocks.IsEmpty, "the engine knocks");
        engine.Questions.Enqueue(first);
        await engine.BackAsync(1);
        Assert.Equal((TaskOutcome.Succeeded, 101), await engine.EndOf(1, answering: true));
    }

    [Fact]
    public async Task AControllerHoldsAQuestionUntilTheClientHasFoundItToo()
    {
        await using var peers = new PeersOfController();
        var (engine, client) = (peers.Make(), peers.Make());
        engine.Register();
        await engine.SomeAsync<EngineActor.Welcome>();
        engine.Batch(w =>
        {
            w.WriteByte((byte)ControllerEntry.NeedCode);
            w.WriteInt32(client.Number);
            w.WriteInt64(77);
            w.WriteBytes([1, 2, 3]);
        });
        await client.ConnectAsync();
        await Transport.Until.Some(() => Find(client, ReplyEntry.NeedCode), "the question reaches the client");
        client.Batch(w =>
        {
            w.WriteByte((byte)ClientEntry.Code);
            w.WriteInt32(1000 + engine.Number);
            w.WriteInt64(77);
            w.WriteBytes([4]);
        });
        await Transport.Until.Some(() => Find(engine, (ReplyEntry)EngineEntry.Code), "the answer reaches the engine");
        // One that has been here and left will not come back: the engine is told at once.
        client.Batch(w => w.WriteByte((byte)ClientEntry.Bye));
        engine.Seen.Clear();
        engine.Batch(w =>
        {
            w.WriteByte((byte)ControllerEntry.NeedCode);
            w.WriteInt32(client.Number);
            w.WriteInt64(78);
            w.WriteBytes([1, 2, 3]);
        });
        await Transport.Until.Some(() => Find(engine, (ReplyEntry)EngineEntry.Code), "the refusal reaches the engine");
    }

    /// <summary>The rest of a batch that begins with such an entry, or has one after the engines that are there.</summary>
    static byte[]? Find(PeersOfController.Peer peer, ReplyEntry kind)
    {
        foreach (var batch in peer.Seen.OfType<LinkBatch>())
        {
            var rest = batch.Bytes.AsSpan(Link.HeaderBytes);
            if (rest.Length > 0 && rest[0] == (byte)kind) return rest.ToArray();
        }
        return null;
    }
}
