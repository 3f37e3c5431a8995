using ActorParallel.Clients;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.History;
using ActorParallel.Pools;
using ActorParallel.Profiles;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Configuration;

namespace ActorParallel.TestKit;

/// <summary>
/// A cluster in this process: the actors that run in a cluster's processes, each in an actor system of its own, connected through sockets as
/// processes are. It starts in a fraction of a second, and what passes between them can be seen, lost, delayed, cut; engines and the controller
/// can be killed at a point of a task's life. Thread-safe.
/// </summary>
/// <remarks>
/// What a process is to an operating system an actor system is not: code that runs on an engine when it is killed goes on, and nobody hears
/// of it. Static fields are everybody's. What tests of such things need is <see cref="ParallelCluster"/>.
/// </remarks>
/// <example>
/// <code>
/// await using var cluster = await InProcessCluster.StartAsync(engines: 2);
/// var killed = cluster.Faults.KillEngineAt(FaultPoint.AfterResultBeforeAck);
/// int[] squares = await cluster.Client.LoadBalancedView().MapAsync(x => x * x, Enumerable.Range(0, 100));
/// await killed;
/// cluster.ShouldEndEveryTaskExactlyOnce();
/// </code>
/// </example>
public sealed partial class InProcessCluster : IAsyncDisposable
{
    static readonly TimeSpan s_start = TimeSpan.FromSeconds(60);

    readonly InProcessClusterOptions _options;
    readonly ControllerSettings _settings;
    readonly PoolFolder _folder = PoolFolder.Create();
    readonly ConnectionInfo _connection;
    readonly TaskStories _stories = new();
    readonly List<ClusterHost> _clients = [];
    readonly List<ParallelClient> _connected = [];
    readonly SortedDictionary<int, InProcessEngine> _engines = [];
    readonly List<Task> _ending = [];

    /// <summary>What they may still say comes from the dead.</summary>
    readonly List<ClusterHost> _buried = [];
    readonly Lock _gate = new();
    readonly SemaphoreSlim _changing = new(1);
    volatile InProcessController? _controller;
    ParallelClient? _nanny;
    int _engineIds;
    Task? _stop;

    InProcessCluster(InProcessClusterOptions options)
    {
        _options = options;
        _settings = ControllerSettings.From(ConfigurationFactory.ParseString(options.Config ?? ""));
        _connection = ConnectionInfo.ForThisProcess("in-process") with { UnixFolder = _folder.FullPath, UnixPort = InProcessController.Port };
        Faults = new FaultPlan(this);
    }

    /// <summary>What goes wrong, and what passes between the parties.</summary>
    public FaultPlan Faults { get; }

    /// <summary>A client, which ends with the cluster.</summary>
    public ParallelClient Client { get; private set; } = null!;

    /// <summary>The engines that are there, by id.</summary>
    public IReadOnlyList<int> Engines
    {
        get
        {
            lock (_gate) return [.. _engines.Where(static e => !e.Value.Host.IsDead).Select(static e => e.Key)];
        }
    }

    /// <summary>What was seen of each task, in the order of submission.</summary>
    public IReadOnlyList<InProcessTask> Tasks => _stories.All;

    internal bool ControllerIsDead => _controller is null or { Host.IsDead: true };

    /// <summary>Starts a controller, engines and a client.</summary>
    /// <param name="engines">How many engines.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The cluster; its engines are there.</returns>
    public static Task<InProcessCluster> StartAsync(int engines = 2, CancellationToken cancellationToken = default) =>
        StartAsync(new InProcessClusterOptions { Engines = engines }, cancellationToken);

    /// <summary>Starts a controller, engines and a client.</summary>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The cluster; its engines are there.</returns>
    /// <exception cref="ConfigurationException">A value of the configuration can't be used.</exception>
    public static async Task<InProcessCluster> StartAsync(InProcessClusterOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var cluster = new InProcessCluster(options);
        try
        {
            cluster._controller = new InProcessController(cluster.Faults, cluster._settings, cluster._folder.FullPath);
            cluster._nanny = await cluster.ConnectAsync(cluster.OnCommand, cancellationToken).ConfigureAwait(false);
            cluster.Client = await cluster.ConnectAsync(cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < options.Engines; i++)
                await cluster.AddEngineAsync(cancellationToken).ConfigureAwait(false);
            await cluster.Client.WaitForEnginesAsync(options.Engines, s_start, cancellationToken).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Connects another client, which ends with the cluster, or earlier.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ParallelClient> ConnectAsync(CancellationToken cancellationToken = default) => ConnectAsync(null, cancellationToken);

    async Task<ParallelClient> ConnectAsync(Action<NannyCommand, int[], Action<string?>>? onCommand, CancellationToken cancellationToken)
    {
        var host = new ClusterHost(Party.Clients, Faults);
        lock (_gate) _clients.Add(host);
        Task<ParallelClient> connecting;
        ClusterSystem.Above = FaultMailbox.For(host);
        try
        {
            connecting = ParallelClient.ConnectAsync(_connection, static () => null, s_start, onCommand, cancellationToken);
        }
        finally
        {
            ClusterSystem.Above = null;
        }
        var client = await connecting.ConfigureAwait(false);
        lock (_gate) _connected.Add(client);
        return client;
    }

    /// <summary>Starts another engine.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its id. It joins within a moment: <see cref="ParallelClient.WaitForEnginesAsync"/> waits for that.</returns>
    public Task<int> AddEngineAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = Interlocked.Increment(ref _engineIds) - 1;
        StartEngine(id);
        return Task.FromResult(id);
    }

    void StartEngine(int id)
    {
        var engine = new InProcessEngine(id, Faults, _options, _settings, _connection.Route(), Ended);
        lock (_gate) _engines[id] = engine;
        engine.Start();
    }

    /// <summary>Kills an engine, as <c>kill -9</c> does a process: it says no more, and what it is told is lost. The controller hears of its end at once.</summary>
    /// <param name="id">The engine.</param>
    /// <exception cref="ArgumentException">No such engine is there.</exception>
    public Task KillEngineAsync(int id)
    {
        lock (_gate)
            if (!_engines.TryGetValue(id, out var found) || found.Host.IsDead)
                throw new ArgumentException($"Engine {id} is not there: the engines are {string.Join(", ", _engines.Keys)}.", nameof(id));
        InProcessEngine engine;
        lock (_gate) engine = _engines[id];
        engine.Host.Die();
        return BuryAsync(engine, stopped: false, "it was killed");
    }

    /// <summary>Kills the controller, as <c>kill -9</c> does a process, and starts another in its place.</summary>
    /// <returns>A task that completes when the other one is there; engines and clients find it within a second or so.</returns>
    public Task KillControllerAsync()
    {
        var controller = _controller!;
        controller.Host.Die();
        return ReplaceAsync(controller);
    }

    /// <summary>An engine's process has ended: whoever watches over it tells the controller, and starts another.</summary>
    async Task BuryAsync(InProcessEngine engine, bool stopped, string why)
    {
        lock (_gate)
        {
            if (!engine.Bury()) return;
            _buried.Add(engine.Host);
            if (_engines.GetValueOrDefault(engine.Id) == engine) _engines.Remove(engine.Id);
        }
        var ending = engine.Host.EndAsync();
        lock (_gate) _ending.Add(ending);
        _nanny?.Tell(w =>
        {
            w.WriteByte((byte)ClientEntry.EngineExited);
            w.WriteInt32(engine.Id);
            w.WriteInt32(engine.ProcessId);
            w.WriteString(why);
            w.WriteBool(false);
            w.WriteBool(false);
            w.WriteBool(stopped);
        });
        await Task.Yield();
        if (!stopped && _options.RestartsEngines && _stop is null) StartEngine(engine.Id);
    }

    /// <summary>An engine ended itself, because its controller said so or is gone.</summary>
    void Ended(InProcessEngine engine, string why, bool stopped)
    {
        engine.Host.Die();
        _ = BuryAsync(engine, stopped, why);
    }

    async Task ReplaceAsync(InProcessController former)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            await former.Host.EndAsync().ConfigureAwait(false);
            if (_stop is null && _controller == former) _controller = new InProcessController(Faults, _settings, _folder.FullPath);
        }
        finally
        {
            _changing.Release();
        }
    }

    void OnCommand(NannyCommand command, int[] numbers, Action<string?> done)
    {
        switch (command)
        {
            case NannyCommand.Kill when numbers is [var id, var process]:
                InProcessEngine? engine;
                lock (_gate) engine = _engines.GetValueOrDefault(id);
                if (engine?.ProcessId == process) Ended(engine, "the controller asked for its end", stopped: false);
                done(null);
                break;
            case NannyCommand.Stop:
                done(null);
                _ = DisposeAsync().AsTask();
                break;
            default:
                done($"A cluster in one process does not take the command {command}: use the methods of InProcessCluster.");
                break;
        }
    }

    /// <summary>Ends everything. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        Task stop;
        lock (_gate) stop = _stop ??= StopAsync();
        await stop.ConfigureAwait(false);
    }

    async Task StopAsync()
    {
        await Task.Yield();
        ParallelClient[] clients;
        lock (_gate) clients = [.. _connected];
        foreach (var client in clients)
            await client.DisposeAsync().ConfigureAwait(false);
        await _changing.WaitAsync().ConfigureAwait(false);
        InProcessEngine[] engines;
        Task[] ending;
        lock (_gate) (engines, ending) = ([.. _engines.Values], [.. _ending]);
        foreach (var engine in engines) engine.CancelTasks();
        var last = engines.Select(static e => e.Host).Append(_controller?.Host).OfType<ClusterHost>().Select(static h => h.EndAsync());
        await Task.WhenAll([.. ending, .. last]).ConfigureAwait(false);
        foreach (var client in _clients) FaultMailbox.Forget(client);
        _folder.Dispose();
    }
}
