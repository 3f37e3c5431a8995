using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Transport;

namespace ActorParallel.Tests.Clusters;

/// <summary>What holders of a certificate may send by mistake or on purpose costs them their own connection, and nobody else's.</summary>
public sealed class GarbageTests
{
    static readonly Dictionary<string, Action<PeersOfController.Peer>> s_garbage = new()
    {
        ["an unknown entry"] = p => p.Batch(w => w.WriteByte(0xEE)),
        ["half an entry"] = p => p.Batch(w => w.WriteByte((byte)ClientEntry.Define)),
        ["a batch without a header"] = p => p.Tell(new LinkBatch([1, 2, 3])),
        ["a part of nothing"] = p => p.Tell(new LinkPart(1, int.MaxValue, 0, [1])),
        ["a task of an unknown function"] = p => p.Batch(w =>
        {
            w.WriteByte((byte)ClientEntry.Submit);
            w.WriteInt64(1);
            w.WriteInt32(77);
        }),
        ["another client's task"] = p => p.Batch(w =>
        {
            w.WriteByte((byte)ClientEntry.Cancel);
            w.WriteInt64(1L << TaskIds.SequenceBits);
        }),
    };

    public static TheoryData<string> Kinds => [.. s_garbage.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task AClientThatSendsGarbageIsTurnedAwayAlone(string kind)
    {
        await using var peers = new PeersOfController();
        var (good, bad) = (peers.Make(), peers.Make());
        await good.ConnectAsync();
        await bad.ConnectAsync();
        s_garbage[kind](bad);
        Assert.Contains("can't read", (await bad.SomeAsync<RefuseClient>()).Why, StringComparison.Ordinal);
        await good.AskAsync(1);
        Assert.False(peers.Shared.Ended.Task.IsCompleted);
    }

    [Fact]
    public async Task RandomBytesNeverEndTheController()
    {
        await using var peers = new PeersOfController();
        var good = peers.Make();
        await good.ConnectAsync();
        var random = new Random(5);
        for (var i = 0; i < 1500; i++)
        {
            var bad = peers.Make();
            bad.Tell(new ConnectClient(bad.Number, 1, 0, 0, false, 1, "", "", ClusterShared.Version));
            var bytes = new byte[random.Next(1, 60)];
            random.NextBytes(bytes);
            // A kind that is known gets further.
            bytes[0] = (byte)random.Next(1, 12);
            bad.Batch(w => w.WriteRaw(bytes));
        }
        await good.AskAsync(1);
        Assert.False(peers.Shared.Ended.Task.IsCompleted);
    }

    [Fact]
    public async Task AnEngineThatSendsGarbageIsTurnedAwayAlone()
    {
        await using var peers = new PeersOfController();
        var (good, bad) = (peers.Make(), peers.Make());
        await good.ConnectAsync();
        bad.Register();
        await bad.SomeAsync<EngineActor.Welcome>();
        bad.Batch(w => w.WriteByte(0xEE));
        await bad.SomeAsync<RefuseEngine>();
        await good.AskAsync(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    [InlineData(TaskIds.Clients)]
    public async Task ANumberThatIsNoClientsIsRefused(int number)
    {
        await using var peers = new PeersOfController();
        var peer = peers.Make();
        peer.Tell(new ConnectClient(number, 1, 0, 0, false, 1, "", "", ClusterShared.Version));
        Assert.False((await peer.SomeAsync<RefuseClient>()).NumberTaken);
    }

    [Fact]
    public async Task WhoHasAnotherBuildIsToldSo()
    {
        await using var peers = new PeersOfController();
        var (client, engine) = (peers.Make(), peers.Make());
        client.Tell(new ConnectClient(client.Number, 1, 0, 0, false, 1, "", "", "0123"));
        var refused = await client.SomeAsync<RefuseClient>();
        Assert.Contains("another build", refused.Why, StringComparison.Ordinal);
        Assert.Contains("0123", refused.Why, StringComparison.Ordinal);
        engine.Tell(new RegisterEngine(-1, 1, 1, null) { Facts = new EngineFacts(1, 1, "", "", "0123", [], []) });
        Assert.Contains("another build", (await engine.SomeAsync<RefuseEngine>()).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEngineThatWasGivenUpIsToldToEnd()
    {
        await using var peers = new PeersOfController(new ControllerSettings { EngineTimeout = TimeSpan.FromSeconds(1) });
        var client = peers.Make();
        await client.ConnectAsync();
        var engine = peers.Make();
        engine.Register();
        var welcome = await engine.SomeAsync<EngineActor.Welcome>();
        Assert.Equal(0, welcome.EngineId);
        engine.Tell(new LinkBeat(0, 0));
        // Then it is silent for too long, and somebody else has its id.
        await Transport.Until.True(() =>
        {
            engine.Seen.Clear();
            var next = peers.Make();
            next.Register(id: 0);
            var answer = Transport.Until.Some(() => next.Seen.OfType<EngineActor.Welcome>().FirstOrDefault(), "a welcome").GetAwaiter().GetResult();
            return answer.EngineId == 0;
        }, "the id is free");
        engine.Register(welcome.Session, id: 0);
        Assert.Contains("engine-timeout", (await engine.SomeAsync<RefuseEngine>()).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClientThatWasGivenUpBeginsAnew()
    {
        await using var peers = new PeersOfController(new ControllerSettings { ClientTimeout = TimeSpan.FromSeconds(1) });
        var client = peers.Make();
        var first = await client.ConnectAsync();
        await client.AskAsync(1);
        var again = first;
        await Transport.Until.True(() =>
        {
            Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
            again = client.ConnectAsync(session: first.Session).GetAwaiter().GetResult();
            return again.Session != first.Session;
        }, "the client was given up");
        Assert.Equal(0, again.Seen);
        await client.AskAsync(2);
    }

    [Fact]
    public async Task ACommandThatTheOwnerTakesWithItIsRefused()
    {
        await using var peers = new PeersOfController();
        var (nanny, client) = (peers.Make(), peers.Make());
        await nanny.ConnectAsync(isNanny: true);
        await client.ConnectAsync();
        client.Batch(w =>
        {
            w.WriteByte((byte)ClientEntry.Request);
            w.WriteInt64(1);
            w.WriteByte((byte)ClientRequest.Command);
            w.WriteByte((byte)NannyCommand.Scale);
            w.WriteInt32(1);
            w.WriteInt32(3);
        });
        await nanny.SomeAsync<LinkBatch>();
        Assert.DoesNotContain(client.Seen, m => m is LinkBatch);
        nanny.Batch(w => w.WriteByte((byte)ClientEntry.Bye));
        await client.SomeAsync<LinkBatch>();
        await peers.Shared.Ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }
}
