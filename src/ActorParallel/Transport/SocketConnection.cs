using System.Net.Sockets;

namespace ActorParallel.Transport;

/// <summary>A socket whose peer has proved who it is.</summary>
internal sealed class SocketConnection(Socket socket, Stream stream, string peer, PeerGuard? guard) : IDisposable
{
    public Socket Socket => socket;

    public Stream Stream => stream;

    /// <summary>The peer's name in a log line.</summary>
    public string Peer => peer;

    /// <summary>Null for a peer that may say anything.</summary>
    public PeerGuard? Guard => guard;

    public void Dispose() => Close(socket);

    /// <summary>Wakes whoever is blocked in it, then closes.</summary>
    public static void Close(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Not connected, or closed already.
        }

        socket.Dispose();
    }
}
