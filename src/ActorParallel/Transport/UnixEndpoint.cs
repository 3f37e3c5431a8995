using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;

namespace ActorParallel.Transport;

/// <summary>Socket files in a folder only this user can enter.</summary>
internal sealed class UnixEndpoint(string directory, int fixedPort) : SocketEndpoint
{
    public const string Host = "local";
    const int KernelBuffer = 1 << 20, Backlog = 512;
    static readonly int PathLimit = OperatingSystem.IsMacOS() ? 103 : 107;
    string? _path;

    public override (string Host, int Port) Bind()
    {
        PrivateFolder.Verify(directory);
        var port = fixedPort;
        for (var attempt = 0; ; attempt++)
        {
            if (fixedPort == 0)
            {
                port = RandomNumberGenerator.GetInt32(1, 65536);
            }

            try
            {
                BindTo(PathOf(port));
                return (Host, port);
            }
            catch (IOException) when (fixedPort == 0 && attempt < 100 && File.Exists(PathOf(port)))
            {
                // Taken: another number.
            }
        }
    }

    void BindTo(string path)
    {
        RemoveStale(path);
        var listener = CreateSocket();
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(Backlog);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new IOException($"Can't listen on {path}: {e.Message}.", e);
        }

        (_path, Listener) = (path, listener);
    }

    // A process that was killed leaves its file; only a live one answers.
    void RemoveStale(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = CreateSocket();
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e)
        {
            throw new IOException($"{path} exists and can't be replaced: {e.Message}.", e);
        }

        throw new IOException($"Another process listens on {path}: choose another port, or 0 for any free one.");
    }

    public override bool Serves(Address remote) => remote.Host == Host;

    public override Socket CreateSocket()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (!OperatingSystem.IsWindows())
        {
            socket.SendBufferSize = socket.ReceiveBufferSize = KernelBuffer;
        }

        return socket;
    }

    public override void Connect(Socket socket, Address remote) =>
        socket.Connect(new UnixDomainSocketEndPoint(PathOf(remote.Port ?? 0)));

    public override SecuredPeer Secure(Socket socket, Address? remote)
    {
        if (Peer(socket) is { } peer && peer.User != Posix.UserId() && peer.User != 0)
        {
            throw new IOException($"it belongs to user {peer.User}");
        }

        return new(new NetworkStream(socket, ownsSocket: true), PeerIdentity.SameUser);
    }

    public override string Describe(Socket socket) =>
        Peer(socket) is { } peer ? string.Create(CultureInfo.InvariantCulture, $"process {peer.Process} on {_path ?? directory}") : _path ?? directory;

    public override void Dispose()
    {
        base.Dispose();
        if (_path is not null)
        {
            try
            {
                File.Delete(_path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The folder went first.
            }

            _path = null;
        }
    }

    string PathOf(int port)
    {
        var path = Path.Combine(directory, port.ToString(CultureInfo.InvariantCulture) + ".sock");
        return Encoding.UTF8.GetByteCount(path) <= PathLimit
            ? path
            : throw new IOException($"The socket file's path {path} is longer than the {PathLimit} bytes the system allows: choose a shorter directory.");
    }

    readonly record struct PeerProcess(int Process, uint User);

    static PeerProcess? Peer(Socket socket)
    {
        const int SocketLevel = 1, PeerCredentials = 17;
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            Span<byte> raw = stackalloc byte[12];
            return socket.GetRawSocketOption(SocketLevel, PeerCredentials, raw) == 12
                ? new(MemoryMarshal.Read<int>(raw), MemoryMarshal.Read<uint>(raw[4..]))
                : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
