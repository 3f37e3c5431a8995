using ActorParallel.Hosting.Options;
using ActorParallel.Pools;
using ActorParallel.Telemetry;
using Microsoft.Extensions.Logging;

namespace ActorParallel.Hosting.Hosted;

/// <summary>A pool of a service's own.</summary>
internal sealed class HostedPool : HostedExecutor
{
    readonly ParallelPool _pool;

    public HostedPool(string name, HostedSettings settings, ILogger logger, ParallelPool pool)
        : base(name, settings, logger) => _pool = pool;

    public static ParallelPool Make(HostedSettings settings) => settings.RunOn == ParallelPlace.Processes
        ? ParallelPool.Processes(null, settings.Pool, settings.Config)
        : new ParallelPool(settings.Pool, settings.Config);

    public override IParallelExecutor Executor => _pool;

    public override ParallelPool Pool => _pool;

    public override ParallelClient Client => throw new InvalidOperationException(
        $"Executor {Name} runs on {Settings.RunOn}, so there is no ParallelClient: inject IParallelExecutor, or configure RunOn = Cluster.");

    PoolExecutor Inner => Executor.Executor;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        HostingLog.Started(Logger, Name, Settings.RunOn, _pool.Workers);
        return Task.CompletedTask;
    }

    public override async Task<HostedHealth> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            Inner.ThrowIfClosed();
        }
        catch (PoolFaultedException e)
        {
            return new HostedHealth(false, false, $"The pool has failed: {e.Message}", default);
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            return new HostedHealth(true, false, "The pool is closed.", default);
        }
        var load = await LoadAsync(cancellationToken).ConfigureAwait(false);
        return load.Engines >= Settings.MinEngines
            ? new HostedHealth(true, true, $"{load.Workers} workers: {load.Running} tasks run, {load.Waiting} wait.", load)
            : new HostedHealth(true, false, $"{load.Engines} processes have started, not {Settings.MinEngines} yet.", load);
    }

    protected override async Task DrainCoreAsync(CancellationToken cancellationToken)
    {
        _pool.Close();
        await _pool.JoinAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override void TellLost(ExecutorLoad load, TimeSpan after) => HostingLog.TasksLost(Logger, Name, after.TotalSeconds, load.Running, load.Waiting);

    protected override Task<ExecutorLoad> LoadAsync(CancellationToken cancellationToken) => Inner.LoadAsync(cancellationToken);

    public override ValueTask DisposeAsync() => _pool.DisposeAsync();
}
