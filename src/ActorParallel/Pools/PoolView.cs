namespace ActorParallel.Pools;

/// <summary>A pool with options of its own for its calls.</summary>
internal sealed class PoolView(PoolExecutor executor, TaskOptions options) : IParallelExecutor
{
    public TaskOptions Options => options;

    public int Workers => executor.Workers;

    PoolExecutor IParallelExecutor.Executor => executor;

    public IParallelExecutor With(TaskOptions newOptions)
    {
        ArgumentNullException.ThrowIfNull(newOptions);
        return new PoolView(executor, newOptions);
    }
}
