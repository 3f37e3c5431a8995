using ActorParallel.Tests.Engines;
using ActorParallel.Tests.Transport;

namespace ActorParallel.Tests.Processes;

/// <summary>P9 on pools of processes: users' code that blocks the whole .NET thread pool.</summary>
[Collection(nameof(BlockedPoolTests))]
public sealed class ProcessPoolBlockedTests
{
    [Fact]
    public async Task BlockedThreadPoolStopsNeitherTasksNorPlainValues()
    {
        await using var pool = ParallelPool.Processes(1);
        await pool.ApplyAsync(() => 1);
        await BlockedThreadPool.While(() =>
        {
            for (var i = 0; i < 50; i++) Assert.Equal(i, pool.ApplyAsync(x => x, i).Get(TimeSpan.FromSeconds(20)));
        });
    }
}
