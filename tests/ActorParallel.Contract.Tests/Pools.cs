[assembly: AssemblyFixture(typeof(ActorParallel.Contract.Tests.Pools))]

namespace ActorParallel.Contract.Tests;

/// <summary>The executors under test; the shared ones end with the last test.</summary>
public sealed class Pools : IAsyncDisposable
{
    public static PoolExecutors Threads { get; } =
        new((workers, options) => new ParallelPool((options ?? new ParallelPoolOptions()) with { Workers = workers }));

    public static PoolExecutors Processes { get; } = new((workers, options) => ParallelPool.Processes(workers, options));

    public static Clusters Clusters { get; } = new();

    public async ValueTask DisposeAsync()
    {
        Threads.Dispose();
        Processes.Dispose();
        await Clusters.DisposeAsync();
    }
}
