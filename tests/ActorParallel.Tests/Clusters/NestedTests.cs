using ActorParallel.Tests.Profiles;
using static ActorParallel.Tests.Clusters.Cluster;

namespace ActorParallel.Tests.Clusters;

/// <summary>H13: a task that calls the cluster it runs in.</summary>
public sealed class NestedTests
{
    [Fact]
    public async Task ItNeedsAnotherFreeWorkerAndItsQueueTimeoutEndsItsWait()
    {
        using var home = new Home();
        await using var cluster = await StartAsync(2, options: new ParallelClusterOptions { Home = home.Path, Profile = "here" });
        var file = home.Profile("here").ConnectionPath;
        var patience = TimeSpan.FromSeconds(60);
        Func<int, Task<int>> nested = async x =>
        {
            await using var inner = await ParallelClient.ConnectWithFileAsync(file);
            return await inner.LoadBalancedView().With(queueTimeout: patience).ApplyAsync(y => y + 1, x) + 10 * TaskContext.Current!.EngineId;
        };
        Assert.Equal(16, await End(cluster.Tasks.With(targets: [1]).ApplyAsync(nested, 5)));
        // Each holds its own worker: where all wait for others, nobody is left to run them, and nothing hangs.
        patience = TimeSpan.FromSeconds(2);
        var both = new[] { 0, 1 }.Select(id => cluster.Tasks.With(targets: [id]).ApplyAsync(nested, 5)).ToArray();
        foreach (var result in both) await result.WaitAsync(Cancel).WaitAsync(Limit, Cancel);
        Assert.All(both, r => Assert.True(r.Successful || r.Error is TimeoutException, $"{r.Error}"));
    }
}
