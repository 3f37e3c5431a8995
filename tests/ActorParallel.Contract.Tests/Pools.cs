[assembly: AssemblyFixture(typeof(ActorParallel.Contract.Tests.Pools))]

namespace ActorParallel.Contract.Tests;

/// <summary>The executors under test, and one pool of each for all tests that leave nothing behind.</summary>
public sealed class Pools : IDisposable
{
    static readonly Lazy<ParallelPool> s_threads = new(() => Threads(2));

    static readonly Lazy<ParallelPool> s_processes = new(() => Processes(2));

    public static ParallelPool SharedThreads => s_threads.Value;

    public static ParallelPool SharedProcesses => s_processes.Value;

    public static ParallelPool Threads(int workers, ParallelPoolOptions? options = null) =>
        new((options ?? new ParallelPoolOptions()) with { Workers = workers });

    public static ParallelPool Processes(int workers, ParallelPoolOptions? options = null) => ParallelPool.Processes(workers, options);

    public void Dispose()
    {
        if (s_processes.IsValueCreated) s_processes.Value.Dispose();
        if (s_threads.IsValueCreated) s_threads.Value.Dispose();
    }
}
