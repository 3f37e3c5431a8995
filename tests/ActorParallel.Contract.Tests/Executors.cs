namespace ActorParallel.Contract.Tests;

/// <summary>A kind of executor under test.</summary>
public abstract class Executors
{
    /// <summary>One with two workers, for tests that leave nothing behind.</summary>
    public abstract IParallelExecutor Shared { get; }

    /// <summary>One for a single test, and what ends it.</summary>
    public abstract (IParallelExecutor Executor, IAsyncDisposable End) Create(int workers, ParallelPoolOptions? options);
}

/// <summary>A kind of pool.</summary>
public sealed class PoolExecutors(Func<int, ParallelPoolOptions?, ParallelPool> create) : Executors, IDisposable
{
    readonly Lazy<ParallelPool> _shared = new(() => create(2, null));

    public ParallelPool SharedPool => _shared.Value;

    public override IParallelExecutor Shared => SharedPool;

    public ParallelPool CreatePool(int workers, ParallelPoolOptions? options) => create(workers, options);

    public override (IParallelExecutor Executor, IAsyncDisposable End) Create(int workers, ParallelPoolOptions? options)
    {
        var pool = create(workers, options);
        return (pool, pool);
    }

    public void Dispose()
    {
        if (_shared.IsValueCreated) _shared.Value.Dispose();
    }
}
