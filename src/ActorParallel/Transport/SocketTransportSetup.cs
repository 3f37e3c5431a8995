using System.Security.Cryptography.X509Certificates;
using Akka.Actor.Setup;

namespace ActorParallel.Transport;

/// <summary>What the <c>tls</c> kind needs and configuration should not hold: this side's certificate with its private key, and whom it talks to.</summary>
internal sealed class SocketTransportSetup : Setup
{
    public SocketTransportSetup(X509Certificate2 own, PeerPolicy peers)
    {
        if (!own.HasPrivateKey)
        {
            throw new ArgumentException("The certificate has no private key: load it from a file that holds both.", nameof(own));
        }

        (Own, Peers) = (own, peers);
    }

    public X509Certificate2 Own { get; }

    public PeerPolicy Peers { get; }
}
