using System.Security.Cryptography.X509Certificates;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace ActorParallel.Pools;

/// <summary>
/// How a pool and its processes find each other and nobody else finds them: socket files in the pool's private folder, or
/// loopback TCP with mutual TLS, where both sides know one certificate that was made for this pool.
/// </summary>
internal static class PoolTransport
{
    public const string ControllerSystem = "actor-parallel-pool";
    public const string EngineSystem = "actor-parallel-engine";
    public const string Unix = "unix", Tls = "tls";

    /// <summary>Far above the largest message of ours; see <c>Outbox</c> and <c>AssignBatch</c>.</summary>
    public const long FrameBytes = 8 << 20;

    public static readonly Config Serialization = ConfigurationFactory.ParseString(
        """
        akka.actor {
          serialization-settings.allow-unregistered-types = off
          serializers.actor-parallel = "ActorParallel.Transport.MessageSerializer, ActorParallel"
          # Nothing is left to a serializer of any type; and its library need not be loaded.
          serializers.json = "ActorParallel.Transport.NoSerializer, ActorParallel"
          serialization-bindings { "ActorParallel.Transport.IWireMessage, ActorParallel" = actor-parallel }
          serialization-identifiers { "ActorParallel.Transport.MessageSerializer, ActorParallel" = 4710 }
        }
        """);

    public static string Resolve(string transport) =>
        transport != "auto" ? transport : System.Net.Sockets.Socket.OSSupportsUnixDomainSockets && !OperatingSystem.IsWindows() ? Unix : Tls;

    public static Config Settings(string transport, string folder, int port) =>
        (transport == Unix
            ? SocketTransportConfig.ForUnix(folder, port, FrameBytes)
            : SocketTransportConfig.ForTls(port: port, maximumFrameBytes: FrameBytes))
        .WithFallback(SocketTransportConfig.OwnThreads())
        .WithFallback(Serialization);

    public static string Address(string transport, string system, int port) =>
        $"akka.{SocketTransport.Scheme}://{system}@{(transport == Unix ? UnixEndpoint.Host : "127.0.0.1")}:{port}";

    /// <summary>Starts an actor system that talks this way.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="config">All it is configured with.</param>
    /// <param name="certificate">What it shows and expects, where it talks over TLS.</param>
    public static ActorSystem Start(string name, Config config, X509Certificate2? certificate) =>
        // With a setup Akka looks for an app.config first, whether it is needed or not: some 30 ms of each start.
        certificate is null
            ? ActorSystem.Create(name, config)
            : ActorSystem.Create(name, ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)).And(Pin(certificate)));

    static SocketTransportSetup Pin(X509Certificate2 certificate) =>
        new(certificate, PeerPolicy.Pinned(EphemeralCertificate.Thumbprint(certificate)));
}
