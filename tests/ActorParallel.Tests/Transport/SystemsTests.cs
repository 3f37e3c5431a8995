using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;
using ActorParallel.Transport;

namespace ActorParallel.Tests.Transport;

/// <summary>Whole actor systems talking over the transport.</summary>
public sealed class SystemsTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    readonly TestFolder _folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    TestSystem Unix(string name, int port, long? frame = null) => new(name, SocketTransportConfig.ForUnix(_folder.FullPath, port, frame));

    static SocketTransportSetup Trust(string name)
    {
        var certificate = EphemeralCertificate.Create(name);
        return new(certificate, PeerPolicy.Pinned(EphemeralCertificate.Thumbprint(certificate)));
    }

    static async Task<IActorRef> Find(TestSystem from, TestSystem to, string path) =>
        await from.System.ActorSelection(new RootActorPath(to.Address) / "user" / path).ResolveOne(Patience, Cancel);

    [Fact]
    public async Task SystemsTalkOverSocketFiles()
    {
        await using var a = Unix("a", 1);
        await using var b = Unix("b", 2);
        b.System.ActorOf<Echo>("echo");
        Assert.Equal("akka.ap://b@local:2", b.Address.ToString());
        var echo = await Find(a, b, "echo");
        Assert.Equal("hello", await echo.Ask<string>("hello", Patience, Cancel));
    }

    [Fact]
    public async Task SystemsTalkOverTls()
    {
        var trust = Trust("pool");
        await using var a = new TestSystem("a", SocketTransportConfig.ForTls(), trust);
        await using var b = new TestSystem("b", SocketTransportConfig.ForTls(), trust);
        b.System.ActorOf<Echo>("echo");
        Assert.NotEqual(0, b.Address.Port);
        var echo = await Find(a, b, "echo");
        var text = new string('x', 1_000_000);
        Assert.Equal(text, await echo.Ask<string>(text, Patience, Cancel));
    }

    [Fact]
    public async Task BothKindsServeOneSystem()
    {
        var trust = Trust("pool");
        var (unix, tls) = (SocketTransportConfig.ForUnix(_folder.FullPath, 1), SocketTransportConfig.ForTls());
        var both = ConfigurationFactory.ParseString(
            $$"""
            akka.remote {
              enabled-transports = ["akka.remote.actor-parallel", "akka.remote.actor-parallel-tls"]
              actor-parallel-tls = { {{Keys(tls.GetConfig("akka.remote.actor-parallel"))}} }
            }
            """).WithFallback(unix);
        await using var hub = new TestSystem("hub", both, trust);
        await using var near = Unix("near", 2);
        await using var far = new TestSystem("far", SocketTransportConfig.ForTls(), trust);
        near.System.ActorOf<Echo>("echo");
        far.System.ActorOf<Echo>("echo");
        Assert.Equal("n", await (await Find(hub, near, "echo")).Ask<string>("n", Patience, Cancel));
        Assert.Equal("f", await (await Find(hub, far, "echo")).Ask<string>("f", Patience, Cancel));
    }

    static string Keys(Config config) => string.Join('\n', config.AsEnumerable().Select(pair => $"{pair.Key} = {pair.Value}"));

    [Theory]
    [InlineData("unix")]
    [InlineData("tls")]
    public async Task ManyMessagesArriveInOrder(string kind)
    {
        const int Count = 200_000;
        var trust = Trust("pool");
        TestSystem Make(string name, int port) => kind == "unix" ? Unix(name, port) : new(name, SocketTransportConfig.ForTls(), trust);
        await using var a = Make("a", 1);
        await using var b = Make("b", 2);
        var done = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        b.System.ActorOf(Props.Create(() => new Counter(Count, done)), "counter");
        var counter = await Find(a, b, "counter");
        for (var i = 0; i < Count; i++)
        {
            counter.Tell(i);
        }

        Assert.Equal("complete", await done.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel));
    }

    [Fact]
    public async Task AMessageOfAlmostAFrameArrives()
    {
        const int Frame = 1 << 20;
        await using var a = Unix("a", 1, Frame);
        await using var b = Unix("b", 2, Frame);
        b.System.ActorOf<Echo>("echo");
        var echo = await Find(a, b, "echo");
        var bytes = new byte[Frame - 1024];
        Random.Shared.NextBytes(bytes);
        Assert.Equal(bytes, await echo.Ask<byte[]>(bytes, Patience, Cancel));
    }

    [Fact]
    public async Task ABurstBeyondTheSendBufferArrivesWhole()
    {
        const int Count = 400, Size = 256 * 1024;
        var small = ConfigurationFactory.ParseString("akka.remote.actor-parallel.send-buffer = 512 KiB");
        await using var a = new TestSystem("a", small.WithFallback(SocketTransportConfig.ForUnix(_folder.FullPath, 1)));
        await using var b = Unix("b", 2);
        var done = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        b.System.ActorOf(Props.Create(() => new Counter(Count, done)), "counter");
        var counter = await Find(a, b, "counter");
        for (var i = 0; i < Count; i++)
        {
            var block = new byte[Size];
            BitConverter.TryWriteBytes(block, i);
            counter.Tell(block);
        }

        Assert.Equal("complete", await done.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel));
    }

    [Fact]
    public async Task ACloseIsNoticedWithinASecond()
    {
        await using var a = Unix("a", 1);
        await using var b = Unix("b", 2);
        using var line = new Line(_folder.Socket(2));
        b.System.ActorOf<Echo>("echo");
        await (await Find(a, b, "echo")).Ask<string>("hello", Patience, Cancel);

        // As a kill does: the sockets close and nothing is said.
        var begun = Stopwatch.GetTimestamp();
        line.Cut();
        await Until.True(() => a.Log.Of<DisassociatedEvent>().Any(e => e.RemoteAddress == b.Address), "DisassociatedEvent");
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(1), "later than a second");
    }

    [Fact]
    public async Task AnUnreachableSystemIsNamed()
    {
        await using var a = Unix("a", 1);
        var nobody = Address.Parse("akka.ap://b@local:77");
        a.System.ActorSelection(new RootActorPath(nobody) / "user" / "x").Tell("hello");
        await a.Log.Warning("Can't connect to ap://b@local:77");
    }

    [Fact]
    public async Task TerminatingLeavesNoSocketFile()
    {
        var a = Unix("a", 1);
        Assert.True(File.Exists(_folder.Socket(1)));
        await a.DisposeAsync();
        Assert.False(File.Exists(_folder.Socket(1)));
    }

    /// <summary>Puts itself between a socket file and those who connect to it.</summary>
    sealed class Line : IDisposable
    {
        readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        readonly ConcurrentBag<Socket> _ends = [];

        public Line(string path)
        {
            File.Move(path, path + "-real");
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            _listener.Listen();
            _ = Serve(path + "-real");
        }

        async Task Serve(string real)
        {
            var near = await _listener.AcceptAsync(Cancel);
            var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await far.ConnectAsync(new UnixDomainSocketEndPoint(real), Cancel);
            _ends.Add(near);
            _ends.Add(far);
            var (n, f) = (new NetworkStream(near), new NetworkStream(far));
            await Task.WhenAll(n.CopyToAsync(f, Cancel), f.CopyToAsync(n, Cancel));
        }

        public void Cut()
        {
            foreach (var socket in _ends)
            {
                socket.Dispose();
            }
        }

        public void Dispose()
        {
            Cut();
            _listener.Dispose();
        }
    }

    sealed class Counter : ReceiveActor
    {
        int _next;

        public Counter(int count, TaskCompletionSource<string> done)
        {
            void Count(int i)
            {
                if (i != _next++)
                {
                    done.TrySetResult($"{i} came where {_next - 1} was due");
                }
                else if (_next == count)
                {
                    done.TrySetResult("complete");
                }
            }

            Receive<int>(Count);
            Receive<byte[]>(block => Count(BitConverter.ToInt32(block)));
        }
    }
}
