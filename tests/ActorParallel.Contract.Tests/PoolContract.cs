namespace ActorParallel.Contract.Tests;

/// <summary>What pools promise beyond what every executor does: their owner resizes, closes and ends them.</summary>
public abstract class PoolContract(PoolExecutors executors) : Contract(executors)
{
    /// <summary>A pool of the test's own, which it disposes.</summary>
    protected new ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => executors.CreatePool(workers, options);

    /// <inheritdoc cref="Contract.Pool" />
    protected new ParallelPool Pool => executors.SharedPool;
}
