using System.Net.Sockets;
using Akka.Actor;

namespace ActorParallel.Transport;

/// <summary>Where a kind of socket listens, how it finds a peer, and how a peer proves who it is. All calls block.</summary>
internal abstract class SocketEndpoint : IDisposable
{
    /// <summary>Binds the listening socket.</summary>
    /// <exception cref="IOException">Not possible; the message says why.</exception>
    /// <returns>The host and port others connect to.</returns>
    public abstract (string Host, int Port) Bind();

    /// <summary>Set by <see cref="Bind"/>.</summary>
    public Socket? Listener { get; protected set; }

    public abstract bool Serves(Address remote);

    public abstract Socket CreateSocket();

    public abstract void Connect(Socket socket, Address remote);

    /// <summary>Returns the stream of a peer that has proved who it is, and what it proved.</summary>
    /// <exception cref="IOException">It has not.</exception>
    public abstract SecuredPeer Secure(Socket socket, Address? remote);

    /// <summary>Names the peer in a log line.</summary>
    public abstract string Describe(Socket socket);

    public virtual void Dispose() => Listener?.Dispose();
}
