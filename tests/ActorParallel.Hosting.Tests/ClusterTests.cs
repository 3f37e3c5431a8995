using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorParallel.Hosting.Tests;

public sealed class ClusterTests : IDisposable
{
    readonly string _home = Directory.CreateTempSubdirectory("ap-home-").FullName;

    public void Dispose()
    {
        try
        {
            Directory.Delete(_home, recursive: true);
        }
        catch (IOException)
        {
            // A log is written to still.
        }
    }

    Task<ParallelCluster> StartClusterAsync() =>
        ParallelCluster.StartAsync(new ParallelClusterOptions { Engines = 1, Profile = "night", Home = _home }, TestContext.Current.CancellationToken);

    Task<TestHost> StartHostAsync() => TestHost.StartAsync(
        s => s.AddActorParallel(o => o.Home = _home).AddHealthChecks().AddActorParallel(),
        ("ActorParallel:RunOn", "Cluster"), ("ActorParallel:Profile", "night"));

    static async Task<HealthReportEntry> ReadinessAsync(TestHost host) => (await host.HealthAsync("ready")).Entries["actor-parallel-ready"];

    [Fact]
    public async Task The_same_service_runs_on_a_cluster_whenever_there_is_one()
    {
        await using var host = await StartHostAsync();
        var before = await ReadinessAsync(host);
        Assert.Equal(HealthStatus.Unhealthy, before.Status);
        Assert.Contains("There is no connection to the cluster in profile night", before.Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Healthy, (await host.HealthAsync("live")).Status);
        Assert.True(host.Log.Has("NotConnected"));
        await using (await StartClusterAsync())
        {
            await Soon.Until(async () => (await ReadinessAsync(host)).Status == HealthStatus.Healthy, "the service has found the cluster");
            Assert.NotEqual(Environment.ProcessId, await host.Executor.ApplyAsync(() => Environment.ProcessId).AsTask().WaitAsync(Soon.Patience));
            Assert.Single(host.Services.GetRequiredService<ParallelClient>().Ids);
            var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<ParallelPool>());
            Assert.Contains("inject IParallelExecutor", error.Message, StringComparison.Ordinal);
            using var gate = Signal.New();
            var runs = host.Executor.ApplyAsync(gate.Wait);
            await Soon.Until(() => gate.Entered == 1, "it runs");
            var stopping = host.StopAsync();
            await Soon.Until(() => host.Log.Has("Draining"), "the executor drains");
            gate.Set();
            await stopping;
            Assert.True(runs.Successful);
            Assert.True(host.Log.Has("Drained"));
        }
    }

    [Fact]
    public async Task What_does_not_end_in_time_goes_on_in_the_cluster()
    {
        await using var cluster = await StartClusterAsync();
        await using var host = await StartHostAsync();
        using var gate = Signal.New();
        var runs = host.Executor.ApplyAsync(gate.Wait);
        await Soon.Until(() => gate.Entered == 1, "it runs");
        await host.StopAsync(TimeSpan.FromMilliseconds(100));
        Assert.Contains("with 1 tasks running and 0 waiting: they go on", host.Log.Of("LeftBehind"), StringComparison.Ordinal);
        Assert.Equal(TaskState.Cancelled, runs.State);
        await using var client = await cluster.ConnectAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, (await client.QueueStatusAsync(TestContext.Current.CancellationToken)).Engines[0].Running);
        gate.Set();
    }

    [Fact]
    public async Task A_call_without_a_cluster_says_so_in_time()
    {
        await using var host = await TestHost.StartAsync(s => s.AddActorParallel(o =>
        {
            o.Home = _home;
            o.RunOn = ParallelPlace.Cluster;
            o.ConnectTimeout = TimeSpan.FromMilliseconds(100);
        }));
        var error = Assert.Throws<ClusterConnectionException>(() => host.Executor.ApplyAsync(() => 1));
        Assert.Contains("There is no connection to the cluster in profile default: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, host.Executor.Workers);
    }
}
