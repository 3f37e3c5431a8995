using ActorParallel.Pools;

namespace ActorParallel;

/// <summary>
/// What runs tasks: a pool of threads or of processes. The calls themselves — <c>Apply</c>, <c>Map</c>, <c>ForEach</c>,
/// <c>StreamAsync</c> and their asynchronous forms — are in <see cref="ParallelExecutorExtensions"/>, written once for all executors.
/// Implemented by this library alone. Thread-safe.
/// </summary>
public interface IParallelExecutor
{
    /// <summary>The options of calls made through this executor.</summary>
    TaskOptions Options { get; }

    /// <summary>How many tasks it runs at the same time.</summary>
    int Workers { get; }

    /// <summary>The same executor with other options for its calls. Cheap; nothing is started.</summary>
    /// <param name="options">The options.</param>
    /// <returns>An executor that shares everything but the options.</returns>
    IParallelExecutor With(TaskOptions options);

    internal PoolExecutor Executor { get; }
}
