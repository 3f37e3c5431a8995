using ActorParallel.Pools;
using ActorParallel.Profiles;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace ActorParallel.Clients;

/// <summary>Actor systems of a cluster's processes.</summary>
internal static class ClusterSystem
{
    static readonly Config s_cluster = ConfigurationFactory.ParseString(
        """
        akka.remote {
          # A peer that comes back is let in at once.
          retry-gate-closed-for = 200 ms
          # Who is there is found out by beats of our own.
          watch-failure-detector.acceptable-heartbeat-pause = 60 s
        }
        """);

    /// <summary>Above all other configuration of what this thread starts: for clusters whose messages are watched.</summary>
    [ThreadStatic]
    public static Config? Above;

    /// <summary>A client's or an engine's: it talks one way.</summary>
    public static ActorSystem StartPeer(string name, ConnectionRoute route, SocketTransportSetup? setup)
    {
        var transport = route.Kind == SocketKind.Unix
            ? SocketTransportConfig.ForUnix(route.Folder!, 0, PoolTransport.FrameBytes)
            : SocketTransportConfig.ForTls(HostFor(route.Host), 0, maximumFrameBytes: PoolTransport.FrameBytes);
        return Start(name, transport, setup);
    }

    /// <summary>A client's that looks for its controller at several places: it talks one way.</summary>
    public static ActorSystem StartTowards(string name, string host, SocketTransportSetup setup) =>
        Start(name, SocketTransportConfig.ForTls(HostFor(host), 0, maximumFrameBytes: PoolTransport.FrameBytes), setup);

    // Another machine's controller answers on the connection that was made to it.
    static string HostFor(string controller) => System.Net.IPAddress.TryParse(controller, out var address) && System.Net.IPAddress.IsLoopback(address) || controller == "localhost"
        ? "127.0.0.1"
        : LocalAddress.Towards(controller);

    public static ActorSystem Start(string name, Config transport, SocketTransportSetup? setup)
    {
        var config = s_cluster.WithFallback(transport).WithFallback(SocketTransportConfig.OwnThreads()).WithFallback(PoolTransport.Serialization)
            .WithFallback(OwnActorSystem.Quiet).WithFallback(PoolConfig.Reference);
        if (Above is { } above) config = above.WithFallback(config);
        return setup is null
            ? ActorSystem.Create(name, config)
            : ActorSystem.Create(name, ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)).And(setup));
    }

    /// <summary>What a holder of the profile shows and accepts.</summary>
    public static SocketTransportSetup Setup(Profile profile, PeerRole role) =>
        new(profile.Certificates.Certificate(role), PeerPolicy.For(role, profile.Certificates.Authority()));
}
