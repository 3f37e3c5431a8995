using Akka.Actor;
using Akka.Configuration;
using ActorParallel.Transport;
using Google.Protobuf;

namespace ActorParallel.Tests.Transport;

[CollectionDefinition(nameof(BlockedPoolTests), DisableParallelization = true)]
public sealed class BlockedPoolCollection;

/// <summary>User code may block every thread of the .NET pool: remoting goes on.</summary>
[Collection(nameof(BlockedPoolTests))]
public sealed class BlockedPoolTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    readonly TestFolder _folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs the body on a thread of its own while every pool thread there is or may be is blocked.</summary>
    static async Task WhileBlocked(Func<bool> body)
    {
        ThreadPool.GetMinThreads(out var least, out var leastPorts);
        ThreadPool.GetMaxThreads(out var most, out var mostPorts);
        var limit = Math.Max(least, ThreadPool.ThreadCount) + 2;
        var release = new ManualResetEventSlim();
        var (blocked, probed, free, result) = (0, false, false, false);
        var outside = new Thread(() =>
        {
            // More than there can be threads; what comes after them can only run when one is free.
            for (var i = 0; i < limit + 4; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ =>
                {
                    Interlocked.Increment(ref blocked);
                    release.Wait();
                }, null);
            }

            ThreadPool.UnsafeQueueUserWorkItem(_ => Volatile.Write(ref probed, true), null);
            for (var before = -1; Volatile.Read(ref blocked) is var now && (now == 0 || now != before); before = now)
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref probed), TimeSpan.FromMilliseconds(300));
            }

            try
            {
                result = body();
            }
            catch (Exception)
            {
                result = false;
            }

            free = Volatile.Read(ref probed);
            release.Set();
        });
        try
        {
            Assert.True(ThreadPool.SetMaxThreads(limit, mostPorts));
            Assert.True(ThreadPool.SetMinThreads(limit, leastPorts));
            outside.Start();
            await Task.Factory.StartNew(outside.Join, Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            ThreadPool.SetMinThreads(least, leastPorts);
            ThreadPool.SetMaxThreads(most, mostPorts);
        }

        Assert.False(free, "the pool was not blocked");
        Assert.True(result, "nothing crossed");
    }

    [Theory]
    [InlineData("unix")]
    [InlineData("tls")]
    public async Task ConnectionsAreMadeAndFramesCross(string kind)
    {
        var certificate = EphemeralCertificate.Create("x");
        await using var system = new TestSystem("s", ConfigurationFactory.Empty, new SocketTransportSetup(certificate, PeerPolicy.Pinned(EphemeralCertificate.Thumbprint(certificate))));
        var keys = $"kind = {kind}\ndirectory = \"{_folder.FullPath}\"";
        var (a, b) = (await BareTransport.Listen(system, keys), await BareTransport.Listen(system, keys));
        using var arrived = new CountdownEvent(3);
        await WhileBlocked(() =>
        {
            var connect = a.Transport.Associate(b.Address);
            if (!connect.Wait(Patience, Cancel))
            {
                return false;
            }

            Frames.On(b.Accepted(Cancel), _ => arrived.Signal());
            foreach (var size in new[] { 10, 100_000, 10 })
            {
                connect.Result.Write(ByteString.CopyFrom(new byte[size]));
            }

            return arrived.Wait(Patience, Cancel);
        });
        await Task.WhenAll(a.Transport.Shutdown(), b.Transport.Shutdown()).WaitAsync(Patience, Cancel);
    }

    [Fact]
    public async Task ActorsOnThreadsOfTheirOwnAnswer()
    {
        var own = SocketTransportConfig.OwnThreads().WithFallback(ConfigurationFactory.ParseString(
            "own { type = ForkJoinDispatcher, throughput = 30, dedicated-thread-pool { thread-count = 1, threadtype = background } }"));
        await using var a = new TestSystem("a", own.WithFallback(SocketTransportConfig.ForUnix(_folder.FullPath, 1)));
        await using var b = new TestSystem("b", own.WithFallback(SocketTransportConfig.ForUnix(_folder.FullPath, 2)));
        b.System.ActorOf(Props.Create<Echo>().WithDispatcher("own"), "echo");
        var echo = await a.System.ActorSelection(new RootActorPath(b.Address) / "user" / "echo").ResolveOne(Patience, Cancel);
        using var answered = new CountdownEvent(100);
        var waiter = a.System.ActorOf(Props.Create(() => new Waiter(answered)).WithDispatcher("own"));
        await WhileBlocked(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                echo.Tell("hello", waiter);
            }

            return answered.Wait(Patience, Cancel);
        });
    }

    sealed class Waiter : ReceiveActor
    {
        public Waiter(CountdownEvent answered) => ReceiveAny(_ => answered.Signal());
    }
}
