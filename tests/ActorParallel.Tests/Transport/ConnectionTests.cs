using System.Buffers.Binary;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;
using ActorParallel.Transport;
using Google.Protobuf;

namespace ActorParallel.Tests.Transport;

/// <summary>The transport by itself, over socket files.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    const int Frame = 1 << 20;
    readonly TestFolder _folder = new();
    readonly TestSystem _system = new("s", ConfigurationFactory.Empty);
    readonly List<BareTransport> _transports = [];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        foreach (var bare in _transports)
        {
            await bare.Transport.Shutdown().WaitAsync(TimeSpan.FromSeconds(10));
        }

        await _system.DisposeAsync();
        _folder.Dispose();
    }

    async Task<BareTransport> Listen(int port, string more = "")
    {
        var bare = await BareTransport.Listen(_system, $"kind = unix\ndirectory = \"{_folder.FullPath}\"\nport = {port}\nmaximum-frame-size = {Frame} b\n{more}");
        _transports.Add(bare);
        return bare;
    }

    async Task<(SocketAssociation From, SocketAssociation To)> Pair(string more = "")
    {
        var (a, b) = (await Listen(1, more), await Listen(2, more));
        var from = await a.Connect(b.Address);
        return (from, b.Accepted(Cancel));
    }

    static ByteString Bytes(int length, int seed = 0)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    Socket Raw(int port)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_folder.Socket(port)));
        return socket;
    }

    static byte[] Greet(int frame = Frame)
    {
        var bytes = "APT1____"u8.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), frame);
        return bytes;
    }

    static byte[] Length(int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        return bytes;
    }

    static bool ClosedByPeer(Socket socket)
    {
        socket.ReceiveTimeout = 10_000;
        try
        {
            var buffer = new byte[64];
            while (socket.Receive(buffer) > 0)
            {
            }

            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    [Fact]
    public async Task FramesOfEverySizeArriveAsTheyWere()
    {
        var (from, to) = await Pair();
        var frames = Frames.On(to);
        int[] sizes = [1, 2, 3, 100, 16 * 1024, 16 * 1024 + 1, 32 * 1024 - 1, 32 * 1024, 64 * 1024 - 5, 64 * 1024 - 4, 64 * 1024 - 3, 64 * 1024, 300_000, Frame - 1, Frame];
        var sent = Enumerable.Range(0, 60).Select(i => Bytes(sizes[i * 7 % sizes.Length], i)).ToList();
        foreach (var frame in sent)
        {
            await Until.True(() => from.Write(frame), "room");
        }

        await Until.True(() => frames.Seen.Count == sent.Count, "all frames");
        Assert.Equal(sent, frames.Seen);
    }

    [Fact]
    public async Task AFrameOverTheLimitIsDroppedAndLogged()
    {
        var (from, to) = await Pair();
        var frames = Frames.On(to);
        Assert.True(from.Write(Bytes(Frame + 1)));
        Assert.True(from.Write(Bytes(5)));
        await Until.True(() => !frames.Seen.IsEmpty, "the small one");
        Assert.Equal(5, frames.Seen.First().Length);
        await Until.True(() => _system.Log.Of<Akka.Event.Error>().Any(e => e.Message.ToString()!.Contains("maximum-frame-size", StringComparison.Ordinal)), "error");
    }

    [Fact]
    public async Task ASlowReaderRefusesWritesLosesNothingAndHoldsNoMemory()
    {
        const int Count = 20_000, Size = 1000, Buffer = 256 * 1024;
        var (from, to) = await Pair($"send-buffer = {Buffer} b");
        var next = 0;
        var frames = Frames.On(to, frame => Assert.Equal(next++, BitConverter.ToInt32(frame.Span)));
        frames.Gate.Reset();
        var refused = 0;
        var block = new byte[Size];
        for (var i = 0; i < Count; i++)
        {
            BitConverter.TryWriteBytes(block, i);
            while (!from.Write(ByteString.CopyFrom(block)))
            {
                refused++;
                Assert.InRange(from.PendingBytes, 0, Buffer);
                frames.Gate.Set();
                await Task.Yield();
            }
        }

        await Until.True(() => Volatile.Read(ref next) == Count, "all frames");
        Assert.NotEqual(0, refused);
        Assert.Equal(0, from.PendingBytes);
    }

    [Fact]
    public async Task AWriterIsNotBlockedByAPeerThatNeverReads()
    {
        var (from, to) = await Pair("send-buffer = 64 KiB\nclose-timeout = 200 ms");
        var frames = Frames.On(to);
        frames.Gate.Reset();
        var (refused, block) = (0, Bytes(1000));
        var writer = Task.Factory.StartNew(() =>
        {
            // Until the kernel's buffers are full as well as ours.
            while (refused < 2_000_000)
            {
                refused = from.Write(block) ? 0 : refused + 1;
            }
        }, Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await writer.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.InRange(from.PendingBytes, 60_000, 64 * 1024);

        // And closing such a connection ends, too.
        var near = Frames.On(from);
        from.CloseGently();
        await near.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        frames.Gate.Set();
        await frames.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task ClosingSendsWhatWasWrittenAndTellsBothSidesOnce()
    {
        var (from, to) = await Pair();
        var (near, far) = (Frames.On(from), Frames.On(to));
        for (var i = 0; i < 500; i++)
        {
            Assert.True(from.Write(Bytes(10_000, i)));
        }

        from.CloseGently();
        from.CloseGently();
        await Task.WhenAll(near.Ended, far.Ended).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(500, far.Seen.Count);
        Assert.False(from.Write(Bytes(1)));
        Assert.Equal((1, 1), (near.Ends, far.Ends));
    }

    public static TheoryData<string, byte[], string> Garbage => new()
    {
        { "random bytes", Convert.FromHexString("00010203FFFE1234AABBCCDDEEFF99887766"), "does not speak this protocol" },
        { "another protocol", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), "does not speak this protocol" },
        { "other settings", Greet(4096), "maximum-frame-size is 1048576 bytes here and 4096 there" },
        { "huge length", [.. Greet(), .. Length(int.MaxValue)], "a frame of 2147483647 bytes was announced" },
        { "negative length", [.. Greet(), .. Length(-1)], "a frame of 4294967295 bytes was announced" },
        { "no length", [.. Greet(), .. Length(0)], "a frame of 0 bytes was announced" },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task GarbageEndsThatConnectionOnly(string what, byte[] bytes, string complaint)
    {
        Assert.NotEmpty(what);
        var good = await Listen(1);
        var server = await Listen(2);
        using var raw = Raw(2);
        raw.Send(bytes);
        if (complaint.StartsWith("a frame", StringComparison.Ordinal))
        {
            Frames.On(server.Accepted(Cancel));
        }

        await _system.Log.Warning(complaint);
        Assert.True(ClosedByPeer(raw));
        await good.Connect(server.Address);
    }

    [Fact]
    public async Task HalfAFrameThenCloseIsAnEnd()
    {
        var server = await Listen(2);
        using (var raw = Raw(2))
        {
            raw.Send(Greet());
            Assert.Equal(8, raw.Receive(new byte[8]));
            raw.Send([.. Length(1000), 1, 2, 3]);
        }

        var frames = Frames.On(server.Accepted(Cancel));
        await frames.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Empty(frames.Seen);
    }

    [Fact]
    public async Task ThoseWhoSayNothingAreTurnedAwayAndKeepNobodyOut()
    {
        var server = await Listen(2, "handshake-timeout = 1500 ms\npending-handshakes = 4");
        var client = await Listen(1);
        var silent = Enumerable.Range(0, 12).Select(_ => Raw(2)).ToList();
        await client.Connect(server.Address);
        Assert.All(silent, socket => Assert.True(ClosedByPeer(socket)));
        await _system.Log.Warning("within 1.5 s");
        await _system.Log.Warning("pending-handshakes");
        silent.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task NobodyThereIsAClearRefusal()
    {
        var client = await Listen(1);
        var e = await Assert.ThrowsAsync<InvalidAssociationException>(() => client.Connect(new Address("ap", "s", "local", 99)));
        Assert.Contains("Can't connect to ap://s@local:99", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShutdownIsIdempotentAndLeavesNoFile()
    {
        var (a, b) = (await Listen(1), await Listen(2));
        var near = Frames.On(await a.Connect(b.Address));
        await Task.WhenAll(a.Transport.Shutdown(), a.Transport.Shutdown()).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.True(await a.Transport.Shutdown());
        await near.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.False(File.Exists(_folder.Socket(1)));
        await Assert.ThrowsAsync<InvalidAssociationException>(() => a.Connect(b.Address));
    }

    [Fact]
    public async Task ADeadProcessFileIsReplacedALiveOneIsNot()
    {
        // Bound, then closed without removing the file: what a killed process leaves.
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(_folder.Socket(3) + "x"));
            File.Move(_folder.Socket(3) + "x", _folder.Socket(3));
        }

        Assert.True(File.Exists(_folder.Socket(3)));
        var server = await Listen(3);
        var e = await Assert.ThrowsAsync<IOException>(() => Listen(3));
        Assert.Contains("Another process listens", e.Message, StringComparison.Ordinal);
        await (await Listen(1)).Connect(server.Address);
    }

    [Fact]
    public async Task PortZeroFindsAFreeOne()
    {
        var (a, b) = (await Listen(0), await Listen(0));
        Assert.NotEqual(a.Address.Port, b.Address.Port);
        await a.Connect(b.Address);
    }

    [Fact]
    public async Task FoldersOpenToOthersAreRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.FullPath, PrivateFolder.Mode | UnixFileMode.GroupRead);
            Assert.Contains("0740 and must have 0700", (await Assert.ThrowsAsync<IOException>(() => Listen(1))).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(_folder.FullPath, PrivateFolder.Mode);
        }

        var missing = ConfigurationFactory.ParseString($"kind = unix\ndirectory = \"{_folder.FullPath}/none\"");
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => new SocketTransport(_system.System, missing).Listen());
    }

    [Fact]
    public async Task ATooLongPathIsNamed()
    {
        var deep = Path.Combine(_folder.FullPath, new string('d', 100));
        PrivateFolder.Ensure(deep);
        var config = ConfigurationFactory.ParseString($"kind = unix\ndirectory = \"{deep}\"\nport = 1");
        var e = await Assert.ThrowsAsync<IOException>(() => new SocketTransport(_system.System, config).Listen());
        Assert.Contains("shorter directory", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind = udp", "knows unix and tls")]
    [InlineData("kind = unix", "needs directory")]
    [InlineData("kind = tls\nhostname = 0.0.0.0", "public-hostname")]
    [InlineData("kind = tls", "SocketTransportSetup")]
    [InlineData("kind = unix\ndirectory = x\nport = 70000", "65535")]
    [InlineData("kind = unix\ndirectory = x\nmaximum-frame-size = 10 b", "maximum-frame-size = 10")]
    public void WrongSettingsAreNamed(string keys, string complaint)
    {
        var e = Assert.Throws<ConfigurationException>(() => new SocketTransport(_system.System, ConfigurationFactory.ParseString(keys)));
        Assert.Contains(complaint, e.Message, StringComparison.Ordinal);
    }
}
