using ActorParallel.Pools;

namespace ActorParallel.Hosting.Hosted;

/// <summary>Whatever executor there is at the moment of the call: it can be injected before that has started, and outlives a connection.</summary>
/// <param name="find">Finds it, or says in an exception why there is none.</param>
/// <param name="workers">How many tasks it runs at a time, as far as is known.</param>
/// <param name="options">The options of calls.</param>
internal sealed class LateExecutor(Func<PoolExecutor> find, Func<int> workers, TaskOptions options) : IParallelExecutor
{
    public TaskOptions Options => options;

    public int Workers => workers();

    PoolExecutor IParallelExecutor.Executor => find();

    public IParallelExecutor With(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new LateExecutor(find, workers, options);
    }
}
