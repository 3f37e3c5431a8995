using System.Buffers.Binary;
using System.Collections.Concurrent;
using ActorParallel.Clients;
using ActorParallel.Controllers;
using ActorParallel.Payloads;
using ActorParallel.Pools;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Configuration;

namespace ActorParallel.Tests.Clusters;

/// <summary>What a controller sends that can't be read ends the client, with a sentence, and everything that waits for it.</summary>
public sealed class ClientGarbageTests
{
    static readonly Dictionary<string, object> s_garbage = new()
    {
        ["an unknown entry"] = Batch(1, [0xEE]),
        ["half an entry"] = Batch(1, [(byte)ReplyEntry.Ended, 1]),
        ["an answer of no kind"] = Batch(1, [(byte)ReplyEntry.Answer, 1, 0, 0, 0, 0, 0, 0, 0, 0xEE]),
        ["an engine that makes no sense"] = Batch(1, [(byte)ReplyEntry.EngineJoined, .. Enumerable.Repeat((byte)0xFF, 60)]),
        ["a batch without a header"] = new LinkBatch([1, 2, 3]),
        ["a part of nothing"] = new LinkPart(1, int.MaxValue, 0, [1]),
    };

    public static TheoryData<string> Kinds => [.. s_garbage.Keys];

    static LinkBatch Batch(long number, byte[] entries)
    {
        var bytes = new byte[Link.HeaderBytes + entries.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        entries.CopyTo(bytes, Link.HeaderBytes);
        return new LinkBatch(bytes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task TheClientEndsWithASentence(string kind)
    {
        var cancel = TestContext.Current.CancellationToken;
        var system = ActorSystem.Create("client-alone", ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }").WithFallback(PoolConfig.Reference));
        try
        {
            var seen = new ConcurrentQueue<object>();
            var controller = system.ActorOf(Props.Create(() => new Recorder(seen)), ClusterControllerActor.Name);
            var shared = new ClientShared(7, 1 << 16);
            var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var executor = new ClusterExecutor(shared);
            shared.Actor = system.ActorOf(Props.Create(() => new ClientActor(shared, new FixedController(system, "/user/" + ClusterControllerActor.Name), null, connected, null)));
            await Transport.Until.True(() => seen.Any(m => m is ConnectClient), "the client knocks");
            shared.Actor.Tell(new ClientWelcome(1, 0, false), controller);
            await connected.Task.WaitAsync(TimeSpan.FromSeconds(30), cancel);
            var view = new LoadBalancedView(executor, TaskOptions.Default);
            var waiting = view.ApplyAsync(() => 1, cancel);
            var question = executor.AskAsync(ClientRequest.QueueStatus, static _ => { }, QueueStatus.Read, cancel);
            await Transport.Until.True(() => seen.Any(m => m is LinkBatch), "the client has said something");
            shared.Actor.Tell(s_garbage[kind], controller);
            await waiting.WaitAsync(cancel).WaitAsync(TimeSpan.FromSeconds(30), cancel);
            var error = Assert.IsType<ClusterConnectionException>(Assert.IsType<OperationCanceledException>(waiting.Error).InnerException);
            Assert.Contains("can't read", error.Message, StringComparison.Ordinal);
            Assert.Contains("same version", error.Message, StringComparison.Ordinal);
            Assert.Contains("can't read", (await Assert.ThrowsAsync<ClusterConnectionException>(() => question.WaitAsync(TimeSpan.FromSeconds(30), cancel))).Message, StringComparison.Ordinal);
            Assert.Contains("can't read", Assert.Throws<ClusterConnectionException>(() => view.ApplyAsync(() => 1, cancel)).Message, StringComparison.Ordinal);
            // It says goodbye, and does not knock again.
            await Transport.Until.True(() => seen.OfType<LinkBatch>().Any(b => b.Bytes[^1] == (byte)ClientEntry.Bye), "the client says goodbye");
            seen.Clear();
            shared.Actor.Tell(s_garbage[kind], controller);
            shared.Actor.Tell(new ClientWelcome(2, 0, false), controller);
            await shared.Actor.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(30), cancel);
            Assert.DoesNotContain(seen, m => m is ConnectClient or LinkBatch);
        }
        finally
        {
            await system.Terminate();
        }
    }

    sealed class Recorder(ConcurrentQueue<object> seen) : UntypedActor
    {
        protected override void OnReceive(object message) => seen.Enqueue(message);
    }
}
