namespace ActorParallel.Pools;

/// <summary>A pool with options of its own for its calls.</summary>
internal sealed class PoolView : IParallelExecutor
{
    readonly PoolExecutor _executor;

    PoolView(PoolExecutor executor, TaskOptions options) => (_executor, Options) = (executor, options);

    /// <exception cref="NotSupportedException">An option is for clusters.</exception>
    public static PoolView Of(PoolExecutor executor, TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ClusterOnly is { } option)
            throw new NotSupportedException($"A pool's workers are all alike, so it can't honour {option}: leave it out, or take the LoadBalancedView of a cluster.");
        return new PoolView(executor, options);
    }

    public TaskOptions Options { get; }

    public int Workers => _executor.Workers;

    PoolExecutor IParallelExecutor.Executor => _executor;

    public IParallelExecutor With(TaskOptions options) => Of(_executor, options);
}
