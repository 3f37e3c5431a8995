using ActorParallel.Clients;
using ActorParallel.Hosting.Options;
using ActorParallel.Profiles;
using ActorParallel.Results;
using ActorParallel.Telemetry;
using ActorParallel.Transport;
using Microsoft.Extensions.Logging;

namespace ActorParallel.Hosting.Hosted;

/// <summary>A service's connection to a cluster: looked for from the start on, for as long as it takes, and again when it has ended.</summary>
internal sealed class HostedCluster : HostedExecutor
{
    static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(15);
    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    readonly CancellationTokenSource _stopping = new();
    readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly string? _home;
    readonly string _place;
    readonly Lock _gate = new();
    TaskCompletionSource<ParallelClient> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    string _lastError = "it has not been tried yet.";
    Task? _keeping;

    public HostedCluster(string name, HostedSettings settings, ILogger logger, string? home = null)
        : base(name, settings, logger)
    {
        _home = home;
        _place = settings.Contacts.Count == 0 ? $"in profile {settings.Profile}" : $"at {string.Join(", ", settings.Contacts)}";
        Executor = new LateExecutor(() => Client.Executor, () => ClientIfAny?.Executor.Workers ?? 1, TaskOptions.Default);
    }

    public override IParallelExecutor Executor { get; }

    public override ParallelPool Pool => throw new InvalidOperationException(
        $"Executor {Name} runs on the cluster {_place}, so there is no ParallelPool: inject IParallelExecutor, which pools and clusters share, or configure RunOn = Threads or Processes.");

    /// <summary>The connection; waits for it as long as connecting may take.</summary>
    public override ParallelClient Client
    {
        get
        {
            Keep();
            var connected = Connected;
            if (connected.IsCompletedSuccessfully) return connected.Result;
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, typeof(ParallelClient));
            if (((IAsyncResult)connected).AsyncWaitHandle.WaitOne(Settings.ConnectTimeout) && connected.IsCompletedSuccessfully) return connected.Result;
            throw new ClusterConnectionException($"There is no connection to the cluster {_place}: {_lastError}", Settings.Contacts.Count == 0 ? Settings.Profile : null);
        }
    }

    public ParallelClient? ClientIfAny => Connected is { IsCompletedSuccessfully: true } connected ? connected.Result : null;

    Task<ParallelClient> Connected
    {
        get { lock (_gate) return _connected.Task; }
    }

    void Keep()
    {
        lock (_gate) _keeping ??= _stopping.IsCancellationRequested ? Task.CompletedTask : Task.Run(KeepAsync);
    }

    /// <summary>The host starts when the first attempt is over, however it went: the health check tells.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Keep();
        return _tried.Task.WaitAsync(cancellationToken);
    }

    async Task KeepAsync()
    {
        var failures = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await ConnectAsync().ConfigureAwait(false);
                await using (client.ConfigureAwait(false))
                {
                    failures = 0;
                    client.EnginesChanged += OnEnginesChanged;
                    lock (_gate) _connected.TrySetResult(client);
                    HostingLog.Connected(Logger, Name, _place, client.Ids.Count);
                    _tried.TrySetResult();
                    var why = await client.Executor.Shared.Ended.WaitAsync(_stopping.Token).ConfigureAwait(false);
                    _lastError = why.Message;
                    lock (_gate) _connected = new TaskCompletionSource<ParallelClient>(TaskCreationOptions.RunContinuationsAsynchronously);
                    HostingLog.Disconnected(Logger, Name, _place, why.Message);
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Whatever keeps it from connecting may be mended meanwhile.
            catch (Exception e)
            {
                _lastError = e.Message;
                var wait = Backoff.After(++failures, s_firstWait, s_longestWait);
                HostingLog.NotConnected(Logger, Name, _place, wait.TotalSeconds, e.Message);
                _tried.TrySetResult();
                await Task.Delay(wait, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning restore CA1031
        }
        _tried.TrySetResult();
    }

    Task<ParallelClient> ConnectAsync()
    {
        if (Settings.Contacts.Count > 0) return ParallelClient.ConnectAsync(HoconSection.Only(Settings.Config, "actor-parallel"), Settings.ConnectTimeout, _stopping.Token);
        var (profile, info) = ConnectionFile.Find(Settings.Profile, _home);
        return ParallelClient.ConnectAsync(info, () => ClusterSystem.Setup(profile, PeerRole.Client), Settings.ConnectTimeout, null, _stopping.Token);
    }

    void OnEnginesChanged(object? sender, EnginesChange change)
    {
        if (change.Joined) HostingLog.EngineJoined(Logger, Name, change.Engine.Id, change.Engine.Host);
        else HostingLog.EngineLeft(Logger, Name, change.Engine.Id, change.Engine.Host, change.Reason);
    }

    public override async Task<HostedHealth> CheckAsync(CancellationToken cancellationToken)
    {
        if (ClientIfAny is not { } client) return new HostedHealth(true, false, $"There is no connection to the cluster {_place}: {_lastError}", default);
        QueueStatus status;
        try
        {
            status = await client.QueueStatusAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ClusterConnectionException or ObjectDisposedException)
        {
            return new HostedHealth(true, false, $"The controller of the cluster {_place} does not answer.", default);
        }
        var load = await client.Executor.LoadAsync(cancellationToken).ConfigureAwait(false);
        var engines = status.Engines.Values.Count(static e => !e.Suspended);
        return engines >= Settings.MinEngines
            ? new HostedHealth(true, true, $"{engines} engines: {status.Engines.Values.Sum(static e => e.Running)} tasks run, {status.Ready + status.Waiting} wait.", load with { Engines = engines })
            : new HostedHealth(true, false, $"The cluster {_place} has {engines} engines, not {Settings.MinEngines}.", load with { Engines = engines });
    }

    protected override async Task DrainCoreAsync(CancellationToken cancellationToken)
    {
        if (ClientIfAny is not { } client) return;
        while (!client.Executor.IsClosed && (await client.Executor.LoadAsync(cancellationToken).ConfigureAwait(false)).Outstanding > 0)
            await Task.Delay(s_look, cancellationToken).ConfigureAwait(false);
    }

    protected override void TellLost(ExecutorLoad load, TimeSpan after) => HostingLog.LeftBehind(Logger, Name, load.Running, load.Waiting);

    protected override Task<ExecutorLoad> LoadAsync(CancellationToken cancellationToken) =>
        ClientIfAny is { } client ? client.Executor.LoadAsync(cancellationToken) : Task.FromResult(default(ExecutorLoad));

    public override async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task? keeping;
        lock (_gate) keeping = _keeping;
        // It disposes the client.
        if (keeping is not null) await keeping.ConfigureAwait(false);
    }
}
