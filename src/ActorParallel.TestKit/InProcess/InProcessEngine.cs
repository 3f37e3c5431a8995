using System.Security.Cryptography;
using ActorParallel.Clients;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Functions;
using ActorParallel.Pools;
using ActorParallel.Profiles;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.TestKit;

/// <summary>An engine as its process has it, in an actor system of this one.</summary>
internal sealed class InProcessEngine
{
    /// <summary>Above those of any process: nobody may signal them.</summary>
    static int s_processes = 1_000_000_000;

    readonly EngineRuntime _runtime;
    readonly RegisterEngine _register;
    readonly ConnectionRoute _route;
    readonly EngineLife _life;
    int _buried;

    public InProcessEngine(int id, FaultPlan faults, InProcessClusterOptions options, ControllerSettings settings, ConnectionRoute route, Action<InProcessEngine, string, bool> ended)
    {
        Id = id;
        _route = route;
        Host = new ClusterHost(Party.Engine(id), faults);
        Host.System = ClusterSystem.Start(PoolTransport.EngineSystem, FaultMailbox.For(Host).WithFallback(SocketTransportConfig.ForUnix(route.Folder!, 0, PoolTransport.FrameBytes)), null);
        var generation = RandomNumberGenerator.GetInt32(1, int.MaxValue);
        _runtime = new EngineRuntime(
            new EngineSettings(generation, options.WorkersPerEngine, route.Folder, "", settings.CancelGracePeriod.Ticks, settings.MaxOutput, settings.InlineLimit, MaxTasks: 0), id, Host.System);
        _runtime.Code = new EngineCode(new CodeSets(null), _runtime.Outbox.Tell);
        _register = new RegisterEngine(id, generation, options.WorkersPerEngine, null)
        {
            Facts = new EngineFacts(ProcessId, 0, MachineIdentity.HostName, "in-process", ClusterShared.Version, [.. options.Tags], []),
        };
        _life = new EngineLife(OutlivesController: true, TimeSpan.FromMinutes(1), (why, _) => ended(this, why, false)) { Stop = () => ended(this, "it was told to stop", true) };
    }

    public int Id { get; }

    public int ProcessId { get; } = Interlocked.Increment(ref s_processes);

    public ClusterHost Host { get; }

    /// <summary>A task's code runs.</summary>
    public bool Runs => _runtime.Tasks.Values.Any(static t => t.IsRunning);

    public void Start()
    {
        var controller = new FixedController(Host.System!, $"{_route.Address}/user/{ClusterControllerActor.Name}");
        var (runtime, register, life) = (_runtime, _register, _life);
        Host.System!.ActorOf(Props.Create(() => new EngineActor(runtime, controller, register, life)).WithDispatcher(ProcessExecutor.ControllerDispatcher), "engine");
    }

    /// <summary>True the first time.</summary>
    public bool Bury() => Interlocked.Exchange(ref _buried, 1) == 0;

    public void CancelTasks()
    {
        foreach (var task in _runtime.Tasks.Values)
            task.Control.RequestCancel();
    }
}
