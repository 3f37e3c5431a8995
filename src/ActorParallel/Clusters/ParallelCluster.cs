using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ActorParallel.Controllers;
using ActorParallel.Clients;
using ActorParallel.Launching;
using ActorParallel.Pools;
using ActorParallel.Processes;
using ActorParallel.Profiles;
using ActorParallel.Results;
using ActorParallel.Transport;
using Akka.Configuration;

namespace ActorParallel;

/// <summary>
/// A controller and engines of this program's own: it starts them, starts dead ones again, and ends them when it is disposed or this process ends, in whatever way.
/// Programs connect with <see cref="ConnectAsync"/> or, with a named profile, with <see cref="ParallelClient.ConnectAsync(string, TimeSpan?, CancellationToken)"/>. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// await using var cluster = await ParallelCluster.StartAsync(engines: 4);
/// await using var client = await cluster.ConnectAsync();
/// </code>
/// </example>
public sealed partial class ParallelCluster : IAsyncDisposable
{
    static readonly TimeSpan s_controllerStart = TimeSpan.FromSeconds(30);

    readonly Profile _profile;
    readonly string? _home;
    readonly string? _temporary;
    readonly string _overrides;
    readonly ClusterSettings _settings;
    readonly EngineSupervisor _engines;
    readonly CancellationTokenSource _stopping = new();
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _gate = new();
    ChildProcess? _controller;
    ParallelClient? _nanny;
    Task _watch = Task.CompletedTask;
    Task? _stop;

    ParallelCluster(ParallelClusterOptions options)
    {
        _home = options.Home;
        if (options.Profile is null)
        {
            _temporary = Path.Combine(PoolFolder.Parent(null), string.Create(CultureInfo.InvariantCulture, $"home.{Environment.ProcessId}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}"));
            PrivateFolder.Ensure(PoolFolder.Parent(null));
            PrivateFolder.Ensure(_temporary);
            _home = _temporary;
        }
        _profile = Profile.OpenOrCreate(options.Profile ?? "own", _home);
        var given = new List<string>();
        if (options.Engines is { } engines) given.Add(string.Create(CultureInfo.InvariantCulture, $"engines = {engines}"));
        if (options.WorkersPerEngine is { } workers) given.Add(string.Create(CultureInfo.InvariantCulture, $"workers = {workers}"));
        _overrides = $"{ProfileConfig.Section} {{ {string.Join(", ", given)} }}\n{options.Config}";
        var config = Parse(_overrides).WithFallback(ProfileConfig.Load(_profile));
        _settings = ClusterSettings.From(config);
        _ = ControllerSettings.From(config);
        var launcher = options.Launcher ?? EngineLaunchers.Create(_profile, config, _settings);
        _engines = new EngineSupervisor(launcher, id => EngineLaunch.For(_profile, Connection, _settings, id), SupervisorOptions.From(_settings), drain: DrainAsync);
        _engines.EngineExited += (id, exit) => ReportExit(id, exit);
        _engines.GaveUp += (id, reason) => Complained?.Invoke(this, $"Engine {id} is not started again: {reason}");
        _engines.EngineStarted += (id, engine) => { lock (_gate) _processes[id] = engine.ProcessId ?? 0; };
    }

    readonly Dictionary<int, int> _processes = [];

    static Config Parse(string overrides)
    {
        try
        {
            return ConfigurationFactory.ParseString(overrides);
        }
#pragma warning disable CA1031 // Akka's parser throws whatever meets it on the way.
        catch (Exception e)
        {
            throw new ConfigurationException($"The cluster's configuration is no HOCON: {e.Message.Split('\n')[0]}", e);
        }
#pragma warning restore CA1031
    }

    /// <summary>Something went wrong that no call waits for: one sentence.</summary>
    public event EventHandler<string>? Complained;

    internal ConnectionInfo Connection { get; private set; } = null!;

    /// <summary>The owner's own connection.</summary>
    internal ParallelClient Nanny => _nanny!;

    /// <summary>The profile it runs in; null when it has one of its own, that goes with it.</summary>
    public string? ProfileName => _temporary is null ? _profile.Name : null;

    /// <summary>The engines that are kept running, by id.</summary>
    public IReadOnlyList<int> Engines => _engines.Ids;

    /// <summary>Completes when the cluster has stopped, because it was told to.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Starts a controller and engines.</summary>
    /// <param name="engines">How many engines; null for as many as the profile says, one a core.</param>
    /// <param name="profile">The profile; null for one of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The cluster: the controller answers, the engines have been started, and come as they are ready.</returns>
    /// <exception cref="ClusterConnectionException">A cluster runs in the profile already, or the controller did not start; the message says why.</exception>
    /// <exception cref="ConfigurationException">A value of the profile's configuration can't be used.</exception>
    /// <exception cref="EngineLaunchException">No engine could be started.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of engines is negative.</exception>
    public static Task<ParallelCluster> StartAsync(int? engines = null, string? profile = null, CancellationToken cancellationToken = default) =>
        StartAsync(new ParallelClusterOptions { Engines = engines, Profile = profile }, cancellationToken);

    /// <summary>Starts a controller and engines.</summary>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="StartAsync(int?, string?, CancellationToken)" path="/returns|/exception"/>
    public static async Task<ParallelCluster> StartAsync(ParallelClusterOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var cluster = new ParallelCluster(options);
        try
        {
            await cluster.StartControllerAsync(cancellationToken).ConfigureAwait(false);
            cluster._watch = cluster.WatchControllerAsync();
            var engines = cluster._engines.ScaleAsync(cluster._settings.Engines, cancellationToken);
            cluster._nanny = await ParallelClient.ConnectAsync(
                cluster.Connection, () => ClusterSystem.Setup(cluster._profile, PeerRole.Client), null, cluster.OnCommand, cancellationToken).ConfigureAwait(false);
            await engines.ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task StartControllerAsync(CancellationToken cancellationToken)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var errors = new LastLines();
        var log = new OutputTail(Path.Combine(_profile.LogFolder, "controller.log"));
        var controller = ChildProcess.Start(new ChildStart
        {
            Role = ControllerProcess.Role,
            HandOver = ControllerProcess.HandOver(_profile.Name, _home, _overrides),
            OnOutput = line =>
            {
                log.Add(line);
                if (line.StartsWith(ControllerProcess.Ready, StringComparison.Ordinal)) ready.TrySetResult();
            },
            OnError = line =>
            {
                log.Add(line);
                errors.Add(line);
            },
        });
        _ = controller.OutputEnded.ContinueWith(_ => log.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        lock (_gate) _controller = controller;
        Task first;
        try
        {
            first = await Task.WhenAny(ready.Task, controller.Exited).WaitAsync(s_controllerStart, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            controller.Kill();
            throw new ClusterConnectionException($"The controller was not ready within {s_controllerStart.TotalSeconds:0} s: look at controller.log in {_profile.LogFolder}.", _profile.Name, e);
        }
        if (first != ready.Task)
        {
            await controller.OutputEnded.ConfigureAwait(false);
            var said = errors.ToString();
            throw new ClusterConnectionException(said.Length > 0 ? said : $"The controller ended with {controller.Exited.Result} before it was ready.", _profile.Name);
        }
        Connection = ConnectionFile.Read(_profile);
    }

    /// <summary>A controller that died is started again: engines and clients look for it where it was.</summary>
    async Task WatchControllerAsync()
    {
        var deaths = new Queue<long>();
        while (!_stopping.IsCancellationRequested)
        {
            ChildProcess controller;
            lock (_gate) controller = _controller!;
            try
            {
                var exit = await controller.Exited.WaitAsync(_stopping.Token).ConfigureAwait(false);
                if (exit.Code == 0 && exit.Signal is null)
                {
                    // Somebody told it to end.
                    _ = StopAsync(CancellationToken.None);
                    return;
                }
                Complained?.Invoke(this, $"The controller ended with {exit} and is started again.");
                deaths.Enqueue(Stopwatch.GetTimestamp());
                while (Stopwatch.GetElapsedTime(deaths.Peek()) > _settings.RestartWindow) deaths.Dequeue();
                await Task.Delay(Backoff.After(deaths.Count, _settings.RestartBackoff, _settings.MaxRestartBackoff), _stopping.Token).ConfigureAwait(false);
                await StartControllerAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // It is tried again: its end is seen above.
            catch (Exception e)
            {
                Complained?.Invoke(this, $"The controller could not be started again: {e.Message}");
                if (deaths.Count <= _settings.MaxRestarts) continue;
                _ = StopAsync(CancellationToken.None);
                return;
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>Connects this program to the cluster.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ObjectDisposedException">The cluster was stopped.</exception>
    public Task<ParallelClient> ConnectAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        return ParallelClient.ConnectAsync(Connection, () => ClusterSystem.Setup(_profile, PeerRole.Client), null, null, cancellationToken);
    }

    /// <summary>Ends all engines and the controller. Idempotent; takes at most the profile's <c>stop-timeout</c> and some seconds.</summary>
    /// <param name="cancellationToken">Ends the wait, not the stopping.</param>
    /// <returns>A task that completes when all have ended.</returns>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate) _stop ??= StopCoreAsync();
        return _stop.WaitAsync(cancellationToken);
    }

    async Task StopCoreAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _engines.DisposeAsync().ConfigureAwait(false);
        if (_nanny is not null) await _nanny.DisposeAsync().ConfigureAwait(false);
        // It may be starting another controller.
        await _watch.ConfigureAwait(false);
        ChildProcess? controller;
        lock (_gate) controller = _controller;
        if (controller is not null)
        {
            controller.Terminate();
            await controller.DisposeAsync().ConfigureAwait(false);
        }
        if (Connection is not null)
        {
            // Without one it is another cluster's.
            ConnectionFile.TryRemove(_profile, Connection.ClusterId);
            ClusterFolder.Remove(_profile);
        }
        if (_temporary is not null) RemoveTemporary();
        _ended.TrySetResult();
    }

    void RemoveTemporary()
    {
        try
        {
            Directory.Delete(_temporary!, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A log is written to still: the folder is in memory, or the system's temporary one.
        }
    }

    /// <inheritdoc cref="StopAsync"/>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);
}
