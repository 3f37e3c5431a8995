namespace ActorParallel.ClusterTests;

/// <summary>J17: engines that are to go finish what they run.</summary>
public sealed class DrainTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    static async Task<(ParallelCluster Cluster, ParallelClient Client)> StartAsync(int engines, string config)
    {
        var cluster = await ParallelCluster.StartAsync(new ParallelClusterOptions { Engines = engines, Config = $"actor-parallel.cluster {{ {config} }}" }, Cancelled);
        var client = await cluster.ConnectAsync(Cancelled);
        await client.WaitForEnginesAsync(engines, s_patience, Cancelled);
        return (cluster, client);
    }

    static async Task Until(Func<bool> condition, string what)
    {
        for (var waited = 0; !condition(); waited++)
        {
            Assert.True(waited < 6000, $"Not in time: {what}");
            await Task.Delay(10, Cancelled);
        }
    }

    static Task<T> Soon<T>(AsyncResult<T> result) => result.AsTask().WaitAsync(s_patience, Cancelled);

    [Fact]
    public async Task AnEngineThatIsToGoFinishesWhatItRunsAndGetsNothingNew()
    {
        var (cluster, client) = await StartAsync(2, "drain-timeout = 60 s");
        await using var ends = cluster;
        await using var leaves = client;
        using var gate = Signal.New();
        // One that must not run twice.
        var view = client.LoadBalancedView().With(engineLossRetries: 0);
        var running = view.With(targets: [1]).ApplyAsync(() => gate.Wait() ? TaskContext.Current!.Attempt : 0);
        var direct = client[1].ApplyAsync(() => gate.Wait());
        await Until(() => gate.Entered == 2, "they run");
        var scaled = cluster.ScaleAsync(1, Cancelled);
        var others = Enumerable.Range(0, 20).Select(_ => view.ApplyAsync(() => TaskContext.Current!.EngineId)).ToArray();
        foreach (var other in others) Assert.Equal(0, await Soon(other));
        Assert.False(scaled.IsCompleted);
        Assert.Equal([0, 1], client.Ids);
        gate.Set();
        Assert.Equal(1, await Soon(running));
        Assert.Equal(1, running.Metadata.EngineId);
        Assert.True(await Soon(direct));
        await scaled.WaitAsync(s_patience, Cancelled);
        await Until(() => client.Ids is [0], "it has gone");
    }

    [Fact]
    public async Task WhatDoesNotEndInTimeRunsElsewhereAndStoppingTheClusterWaitsForNothing()
    {
        var (cluster, client) = await StartAsync(2, "drain-timeout = 200 ms");
        await using var leaves = client;
        using var gate = Signal.New();
        var running = client.LoadBalancedView().With(targets: [0, 1], priority: 1).ApplyAsync(() => gate.Wait() ? TaskContext.Current!.EngineId : -1);
        var second = client.LoadBalancedView().ApplyAsync(() => gate.Wait() ? TaskContext.Current!.EngineId : -1);
        await Until(() => gate.Entered == 2, "both engines are busy");
        await client.ShutdownAsync([1], Cancelled).WaitAsync(s_patience, Cancelled);
        gate.Set();
        Assert.Equal((0, 0), (await Soon(running), await Soon(second)));
        using var never = Signal.New();
        var blocked = client[0].ApplyAsync(() => never.Wait());
        await Until(() => never.Entered == 1, "it runs");
        await cluster.DisposeAsync().AsTask().WaitAsync(s_patience, Cancelled);
        await blocked.WaitAsync(Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.False(blocked.Successful);
    }
}
