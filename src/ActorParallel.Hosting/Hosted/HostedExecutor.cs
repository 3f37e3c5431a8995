using System.Diagnostics;
using ActorParallel.Hosting.Options;
using ActorParallel.Telemetry;
using Microsoft.Extensions.Logging;

namespace ActorParallel.Hosting.Hosted;

/// <summary>An executor of a service, from the host's start to its end. Thread-safe.</summary>
internal abstract class HostedExecutor(string name, HostedSettings settings, ILogger logger) : IAsyncDisposable
{
    public string Name => name;

    public HostedSettings Settings => settings;

    protected ILogger Logger => logger;

    /// <summary>The host stops: nobody should send requests any more.</summary>
    public bool IsStopping { get; set; }

    public abstract IParallelExecutor Executor { get; }

    public abstract ParallelPool Pool { get; }

    public abstract ParallelClient Client { get; }

    public abstract Task StartAsync(CancellationToken cancellationToken);

    public abstract Task<HostedHealth> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Takes no more, waits for what was submitted as long as it may, and stops the rest.</summary>
    /// <param name="cancellationToken">The host's patience is over.</param>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        IsStopping = true;
        var start = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (settings.DrainTimeout > TimeSpan.Zero) limit.CancelAfter(settings.DrainTimeout);
        var load = await LookAsync(default).ConfigureAwait(false);
        if (load.Outstanding > 0) HostingLog.Draining(logger, name, load.Running, load.Waiting);
        try
        {
            await DrainCoreAsync(limit.Token).ConfigureAwait(false);
            HostingLog.Drained(logger, name, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            load = await LookAsync(load).ConfigureAwait(false);
            TellLost(load, Stopwatch.GetElapsedTime(start));
        }
        await DisposeAsync().ConfigureAwait(false);
    }

    protected abstract Task DrainCoreAsync(CancellationToken cancellationToken);

    protected abstract void TellLost(ExecutorLoad load, TimeSpan after);

    protected abstract Task<ExecutorLoad> LoadAsync(CancellationToken cancellationToken);

    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(3);

    /// <summary>What was last known, when it does not answer.</summary>
    async Task<ExecutorLoad> LookAsync(ExecutorLoad known)
    {
        using var limit = new CancellationTokenSource(s_answer);
        try
        {
            return await LoadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return known;
        }
    }

    public abstract ValueTask DisposeAsync();
}

/// <summary>How an executor is.</summary>
/// <param name="IsAlive">False: starting the process anew is the remedy.</param>
/// <param name="IsReady">It can take tasks.</param>
/// <param name="Text">A sentence.</param>
/// <param name="Load">What it has to do.</param>
internal sealed record HostedHealth(bool IsAlive, bool IsReady, string Text, ExecutorLoad Load);
