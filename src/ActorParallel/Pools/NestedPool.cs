using ActorParallel.Engines;

namespace ActorParallel.Pools;

/// <summary>
/// What a pool becomes that travels into a task: a pool of threads in the engine's own process. So a task may map on its own pool,
/// and a pool of processes can't wait for itself.
/// </summary>
internal static class NestedPool
{
    static readonly Lazy<ParallelPool> s_pool = new(() => EngineProcess.System is { } system
        ? ParallelPool.Create(system, new ParallelPoolOptions { Workers = 1 })
        : new ParallelPool(1));

    public static ParallelPool Instance => s_pool.Value;

    public static PoolExecutor Executor => ((IParallelExecutor)Instance).Executor;
}
