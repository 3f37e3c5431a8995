using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.History;
using ActorParallel.Membership;
using ActorParallel.Pools;
using ActorParallel.Profiles;
using ActorParallel.Settings;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;

namespace ActorParallel;

/// <summary>
/// A controller or an engine of a cluster of many machines: a member of an Akka.Cluster in this process. Any number of controllers may be there; the oldest is active,
/// the others stand by. Clients connect with <see cref="ParallelClient.ConnectAsync(Config)"/>. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// await using var node = ClusterNode.StartEngine(ParallelConfig.Load("config/cluster-engine.conf"));
/// NodeEnd end = await node.Ended;
/// return end.ExitCode;
/// </code>
/// </example>
public sealed class ClusterNode : IAsyncDisposable
{
    /// <summary>Akka's own threads: users' code that blocks those of the .NET pool does not stop who watches over the membership.</summary>
    const string Own = "akka.actor.internal-dispatcher";

    static readonly TimeSpan s_beyond = TimeSpan.FromSeconds(20);

    readonly NodeSettings _settings;
    readonly Members _members;
    readonly TaskCompletionSource<NodeEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    string? _why;
    int _code = NodeEnd.Stopped;
    int _stopping;

    ClusterNode(Config config, PeerRole role)
    {
        _settings = NodeSettings.From(config);
        Tls = TlsSettings.From(config).Setup(role, isMember: true);
        System = NodeConfig.Start(config, _settings, Tls, role == PeerRole.Controller ? NodeConfig.ControllerRole : NodeConfig.EngineRole);
        _members = new Members(System);
        _ = EndAsync();
    }

    /// <summary>Its actor system. Terminating it by itself makes the others wait for it in vain: use <see cref="StopAsync"/>.</summary>
    public ActorSystem System { get; }

    /// <summary>Where others find it, as "host:port".</summary>
    public string Address => Members.ContactOf(_members.Cluster.SelfAddress);

    /// <summary>Completes when it has ended, by itself or because it was stopped; never fails.</summary>
    public Task<NodeEnd> Ended => _ended.Task;

    SocketTransportSetup Tls { get; }

    /// <summary>Starts a controller. It joins the others in the background, or forms the cluster.</summary>
    /// <param name="config">Sections <c>actor-parallel.node</c>, <c>.tls</c> and <c>.cluster</c>; Akka's own keys too.</param>
    /// <returns>The controller, active or standing by.</returns>
    /// <exception cref="ConfigurationException">A key does not exist or has a value it can't have, or what it listens on can't be.</exception>
    public static ClusterNode StartController(Config config) => StartController(config, null);

    internal static ClusterNode StartController(Config config, Func<int, IHistoryStore>? makeHistory)
    {
        ArgumentNullException.ThrowIfNull(config);
        ConfigKeys.Check(config, "the configuration");
        var settings = ControllerSettings.From(config);
        var node = new ClusterNode(config, PeerRole.Controller);
        var members = node._members;
        var roles = PeerRoles.Of(node.System);
        var history = settings.History == "sqlite" && makeHistory is not null ? makeHistory(settings.HistoryRecords) : new MemoryHistory(Math.Max(1, settings.HistoryRecords));
        var shared = new ClusterShared(settings, folder: null, history)
        {
            MayBe = (address, role) => (roles.RolesOf(address) & role) != 0,
            ExpectedEngines = members.Engines,
        };
        var active = Props.Create(() => new ClusterControllerActor(shared)).WithDispatcher(ProcessExecutor.ControllerDispatcher);
        var singleton = ClusterSingletonManagerSettings.Create(node.System)
            .WithSingletonName(Members.Active).WithRole(NodeConfig.ControllerRole).WithRemovalMargin(node._settings.TakeOverDelay);
        node.System.ActorOf(ClusterSingletonManager.Props(active, PoisonPill.Instance, singleton), Members.Manager);
        node.System.ActorOf(Props.Create(() => new ContactActor(members, roles)).WithDispatcher(Own), Clients.ContactLocator.Name);
        node.System.ActorOf(Props.Create(() => new WatchActor(members)).WithDispatcher(Own), "watch");
        node.System.ActorOf(Props.Create(() => new MergeActor(members, node._settings, node.Tls)).WithDispatcher(Own), "merge");
        _ = shared.Ended.Task.ContinueWith(
            ended => node.EndSelf($"The controller failed and ends: {ended.Exception!.InnerException!.Message}", NodeEnd.Failed),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _ = node.Ended.ContinueWith(_ => history.DisposeAsync().AsTask(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        node.Join(mayForm: true);
        return node;
    }

    /// <summary>Starts an engine. It joins in the background, and looks for controllers as long as there are none.</summary>
    /// <param name="config">Sections <c>actor-parallel.node</c>, <c>.tls</c> and <c>.cluster</c>; Akka's own keys too.</param>
    /// <returns>The engine.</returns>
    /// <exception cref="ConfigurationException">A key does not exist or has a value it can't have, or what it listens on can't be.</exception>
    /// <exception cref="ClusterConnectionException">It can't keep clients' assemblies in this user's folder.</exception>
    public static ClusterNode StartEngine(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        ConfigKeys.Check(config, "the configuration");
        var settings = Profiles.ClusterSettings.From(config);
        var spec = new EngineSpec
        {
            Workers = settings.Workers,
            Tags = settings.Tags,
            Resources = settings.Resources,
            CancelGracePeriod = settings.CancelGracePeriod,
            AllowCodeShipping = settings.AllowCodeShipping,
        };
        var node = new ClusterNode(config, PeerRole.Engine);
        var roles = PeerRoles.Of(node.System);
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var life = new EngineLife(OutlivesController: true, settings.ControllerTimeout, (why, _) => node.EndSelf(why, NodeEnd.StartAnew))
        {
            // Engines see each other here, and none is another's controller.
            IsController = sender => (roles.RolesOf(sender) & PeerRole.Controller) != 0,
            Stop = () =>
            {
                drained.TrySetResult();
                node.EndSelf("Its controller has told it to end.", NodeEnd.Stopped);
            },
        };
        var engine = ClusterEngineActor.Start(node.System, spec, folder: null, node._members, life);
        CoordinatedShutdown.Get(node.System).AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "drain", async () =>
        {
            // Whoever has no controller, or no place, has nobody to give anything back to.
            if (node._code == NodeEnd.Stopped && node._members.Find() is not null && CoordinatedShutdown.Get(node.System).ShutdownReason is not CoordinatedShutdown.ClusterDowningReason)
            {
                engine.Tell(EngineActor.LeaveCluster.Instance);
                await drained.Task.WaitAsync(node._settings.DrainTimeout).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
            }
            return Akka.Done.Instance;
        });
        node.Join(mayForm: false);
        return node;
    }

    void Join(bool mayForm)
    {
        Action<string> giveUp = why => EndSelf(why, NodeEnd.StartAnew);
        System.ActorOf(Props.Create(() => new JoinActor(_members, _settings, mayForm, giveUp)).WithDispatcher(Own), "join");
    }

    /// <summary>Stops it in order: an engine finishes what it runs within <c>drain-timeout</c>, a controller hands over, and it leaves the cluster. Idempotent.</summary>
    /// <returns>A task that completes when it has ended.</returns>
    public Task StopAsync()
    {
        EndSelf("It was stopped.", NodeEnd.Stopped);
        return Ended;
    }

    /// <summary>Called by whatever actor notices that it is time: it waits for nothing.</summary>
    void EndSelf(string why, int code)
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0) return;
        (_why, _code) = (why, code);
        _ = Task.Run(() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance));
    }

    async Task EndAsync()
    {
        var end = CoordinatedShutdown.Get(System);
        await System.WhenTerminated.ConfigureAwait(false);
        var downed = end.ShutdownReason is CoordinatedShutdown.ClusterDowningReason;
        _ended.TrySetResult(downed && Volatile.Read(ref _stopping) == 0
            ? new NodeEnd(NodeEnd.StartAnew, "The cluster has taken this member for gone, or its side of a cut network gave way.")
            : new NodeEnd(_code, _why ?? "Its actor system was ended."));
    }

    /// <summary>As <see cref="StopAsync"/>, bounded in time.</summary>
    /// <returns>A task that completes when it is done.</returns>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync().WaitAsync(_settings.DrainTimeout + s_beyond).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await OwnActorSystem.EndAsync(System, TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        }
    }

    /// <summary>For people.</summary>
    public override string ToString() => $"{string.Join(", ", _members.Cluster.SelfRoles)} at {Address}";
}
