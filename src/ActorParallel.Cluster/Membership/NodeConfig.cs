using System.Globalization;
using ActorParallel.Controllers;
using ActorParallel.Pools;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;

namespace ActorParallel.Membership;

/// <summary>Makes the actor system of a member.</summary>
internal static class NodeConfig
{
    public const string ControllerRole = "controller", EngineRole = "engine";

    static readonly Config s_peers = ConfigurationFactory.ParseString(
        """
        akka.remote {
          # A peer that comes back is let in at once.
          retry-gate-closed-for = 200 ms
          watch-failure-detector.acceptable-heartbeat-pause = 60 s
        }
        """);

    public static Config Reference { get; } = Load();

    static Config Load()
    {
        using var stream = typeof(NodeConfig).Assembly.GetManifestResourceStream("ActorParallel.Cluster.reference.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    /// <exception cref="ConfigurationException">What it is to listen on can't be, or a value can't be used.</exception>
    public static ActorSystem Start(Config config, NodeSettings settings, SocketTransportSetup tls, string role)
    {
        var all = Own(settings, role)
            .WithFallback(SocketTransportConfig.ForTls(settings.Hostname, settings.Port, settings.PublicHostname, PoolTransport.FrameBytes))
            .WithFallback(config).WithFallback(Reference).WithFallback(s_peers)
            .WithFallback(SocketTransportConfig.OwnThreads()).WithFallback(PoolTransport.Serialization)
            .WithFallback(OwnActorSystem.Quiet).WithFallback(PoolConfig.Reference).WithFallback(ClusterSingleton.DefaultConfig());
        try
        {
            return ActorSystem.Create(ClusterNames.System, ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(all)).And(tls));
        }
        catch (Exception e) when (SocketTransportConfig.StartFailure(e) is { } why)
        {
            throw new ConfigurationException(why, e);
        }
    }

    static Config Own(NodeSettings settings, string role) => ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture,
        $$"""
        akka.actor.provider = cluster
        akka.cluster.roles = ["{{role}}"]
        # The member joins by itself.
        akka.cluster.seed-nodes = []
        akka.coordinated-shutdown.phases.service-requests-done.timeout = {{settings.DrainTimeout.TotalMilliseconds + 2000:0}} ms
        """));
}
