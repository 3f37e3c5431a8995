using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Configuration;

namespace ActorParallel.ClusterTests;

/// <summary>F2, F4, J3, J15: engines that come, go and are ended.</summary>
[Collection(nameof(RestlessCluster))]
public sealed class LossTests(RestlessCluster shared) : ClusterTest(shared)
{
    async Task<int> PidOf(int engine) => await Soon(Client[engine].ApplyAsync(() => Environment.ProcessId));

    [Fact]
    public async Task CodeThatNeverEndsIsCancelledWithItsEngineAndTheOthersGoOn()
    {
        var (before, other) = (await PidOf(0), await PidOf(1));
        using var gate = Signal.New();
        // It must have begun: before that, a token is enough.
        var begun = Path.Combine(gate.Folder, "begun");
        var endless = Client[0].ExecuteAsync($"System.IO.File.WriteAllText(@\"{begun}\", \"\"); while (true) ;");
        await Until(() => File.Exists(begun), "the code runs");
        var beside = Client[1].ApplyAsync(() => gate.Wait());
        Assert.True(endless.Cancel());
        await Fails<OperationCanceledException>(endless);
        Assert.Equal((TaskState.Cancelled, CancellationStep.Forced), (endless.State, endless.Metadata.Cancellation));
        await Client.WaitForEnginesAsync(2, Patience, Cancelled);
        Assert.NotEqual(before, await PidOf(0));
        gate.Set();
        Assert.True(await Soon(beside));
        Assert.Equal(other, await PidOf(1));
    }

    [Fact]
    public async Task ACallThatOverrunsItsTimeoutTimesOut()
    {
        var late = Client[0].With(timeout: TimeSpan.FromMilliseconds(50)).ExecuteAsync("while (true) ;");
        await Fails<TimeoutException>(late);
        Assert.Equal(TaskState.TimedOut, late.State);
        await Client.WaitForEnginesAsync(2, Patience, Cancelled);
        await Soon(Client[0].ApplyAsync(() => 1));
    }

    [Fact]
    public async Task ALostEnginesTasksRunElsewhereAndItsDirectCallsAreLost()
    {
        using var gate = Signal.New();
        using var tally = Tally.New();
        var pid = await PidOf(0);
        var task = Tasks.ApplyAsync(() => tally.Add("ran") == 1 ? Environment.ProcessId == pid && gate.Wait() ? -1 : -2 : TaskContext.Current!.EngineId);
        var direct = Client[0].ApplyAsync(() => gate.Wait());
        await Until(() => gate.Entered >= 1, "they run");
        Process.GetProcessById(pid).Kill();
        var error = await Fails<EngineLostException>(direct);
        Assert.Contains("engine 0", error.Message, StringComparison.Ordinal);
        Assert.Equal(TaskState.Lost, direct.State);
        gate.Set();
        await Ended(task);
        await Client.WaitForEnginesAsync(2, Patience, Cancelled);
        Assert.NotEqual(pid, await PidOf(0));
    }

    [Fact]
    public async Task EnginesChangedTellsWhoLeftAndCameUntilTheHandlerIsRemoved()
    {
        var seen = new ConcurrentQueue<EnginesChange>();
        var removed = 0;
        void Note(object? sender, EnginesChange change)
        {
            Assert.Same(Client, sender);
            seen.Enqueue(change);
        }
        void Never(object? sender, EnginesChange change) => Interlocked.Increment(ref removed);
        Client.EnginesChanged += Note;
        Client.EnginesChanged += Never;
        Client.EnginesChanged -= Never;
        await Cluster.RestartEngineAsync(1, Cancelled);
        await Until(() => seen.Count >= 2, "it left and came");
        Assert.Equal([(1, false), (1, true)], seen.Take(2).Select(c => (c.Engine.Id, c.Joined)));
        Assert.Equal([0, 1], Client.Ids);
        Client.EnginesChanged -= Note;
        var count = seen.Count;
        await Cluster.RestartEngineAsync(1, Cancelled);
        await Client.WaitForEnginesAsync(2, Patience, Cancelled);
        await Soon(Client[1].ApplyAsync(() => 1));
        Assert.Equal((count, 0), (seen.Count, removed));
    }

    [Fact]
    public async Task ATaskThatKillsEnginesIsQuarantinedAndItsNeighbourIsNot()
    {
        using var gate = Signal.New();
        var innocent = Tasks.ApplyAsync(() => gate.Wait() ? 1 : 0);
        var poison = Tasks.With(label: "poison", engineLossRetries: 1).ApplyAsync(() => Die());
        var error = await Fails<TaskQuarantinedException>(poison);
        Assert.Equal((TaskState.Quarantined, poison.Id), (poison.State, error.TaskId));
        Assert.Contains("poison", error.Message, StringComparison.Ordinal);
        gate.Set();
        Assert.Equal(1, await Soon(innocent));
        await Client.WaitForEnginesAsync(2, Patience, Cancelled);
    }

    static int Die()
    {
        Process.GetCurrentProcess().Kill();
        return 1;
    }

    [Fact]
    public async Task ASignalEndsAnEngineAndAnotherTakesItsPlace()
    {
        if (OperatingSystem.IsWindows()) return;
        var pid = await PidOf(1);
        await Cluster.SignalAsync(9, [1], Cancelled);
        await Until(() => !Client.Ids.Contains(1) || Client.Engines.Single(e => e.Id == 1).ProcessId != pid, "it is gone");
        await Client.WaitForEnginesAsync(2, Patience, Cancelled);
        Assert.NotEqual(pid, await PidOf(1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Cluster.SignalAsync(9, [55], Cancelled));
    }

    [Fact]
    public async Task TheProfilesTagsResourcesAndPolicyCount()
    {
        var options = new ParallelClusterOptions
        {
            Engines = 1,
            WorkersPerEngine = 4,
            Config = "actor-parallel.cluster { tags = [fast], resources.gpu = 2, policy = round-robin, history-records = 2 }",
        };
        await using var cluster = await ParallelCluster.StartAsync(options, Cancelled);
        await using var client = await cluster.ConnectAsync(Cancelled);
        await client.WaitForEnginesAsync(1, Patience, Cancelled);
        Assert.Equal(["fast"], client.Engines[0].Tags);
        Assert.Equal(4, client.LoadBalancedView().Workers);
        using var gate = Signal.New();
        var view = client.LoadBalancedView().With(tags: ["fast"], resources: new Dictionary<string, double> { ["gpu"] = 1 });
        var tasks = Enumerable.Range(0, 4).Select(_ => view.ApplyAsync(gate.Wait)).ToArray();
        await Until(() => gate.Entered == 2, "two hold the resource");
        Assert.Equal(1, await Soon(client.LoadBalancedView().ApplyAsync(() => 1)));
        Assert.Contains("gpu", await client.ExplainAsync(tasks[3].Id, Cancelled), StringComparison.Ordinal);
        Assert.Equal(2, gate.Entered);
        Assert.Contains("3", (await Fails<UnschedulableException>(view.With(resources: new Dictionary<string, double> { ["gpu"] = 3 }).ApplyAsync(() => 1))).Message, StringComparison.Ordinal);
        gate.Set();
        foreach (var task in tasks) Assert.True(await Soon(task));
        Assert.Equal(2, await client.History.CountAsync(Cancelled));
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => ParallelCluster.StartAsync(options with { Config = "actor-parallel.cluster { policy = fastest }" }, Cancelled));
        Assert.Contains("fastest", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AViewOfAllLooksAgainARangeDoesNotAndNoEnginesAreSaid()
    {
        await using var cluster = await ParallelCluster.StartAsync(engines: 1, cancellationToken: Cancelled);
        await using var client = await cluster.ConnectAsync(Cancelled);
        await client.WaitForEnginesAsync(1, Patience, Cancelled);
        var all = client.DirectView();
        var frozen = client[..];
        using var tally = Tally.New();
        var retried = client.LoadBalancedView().With(retries: 3).ApplyAsync(() => tally.Add("try") < 3 ? throw new InvalidOperationException("again") : 3);
        Assert.Equal(3, await Soon(retried));
        await cluster.ScaleAsync(2, Cancelled);
        await client.WaitForEnginesAsync(2, Patience, Cancelled);
        Assert.Equal((2, 1), ((await Soon(all.ApplyAsync(() => 1))).Length, (await Soon(frozen.ApplyAsync(() => 1))).Length));
        await client.ShutdownAsync([0, 1], Cancelled);
        await Until(() => client.Ids.Count == 0, "both are gone");
        Assert.Throws<NoEnginesException>(() => all.ApplyAsync(() => 1));
        Assert.Throws<NoEnginesException>(() => client.BroadcastView().Execute("1;", Cancelled));
        Assert.Contains("none", Assert.Throws<ArgumentException>(() => frozen.ApplyAsync(() => 1)).Message, StringComparison.Ordinal);
        Assert.Contains("none", Assert.Throws<ArgumentException>(() => client[0].ApplyAsync(() => 1)).Message, StringComparison.Ordinal);
        var waits = client.LoadBalancedView().With(queueTimeout: TimeSpan.FromMilliseconds(100)).ApplyAsync(() => 1);
        await Fails<TimeoutException>(waits);
        var sent = client.LoadBalancedView().ApplyAsync(() => 1);
        await cluster.ScaleAsync(1, Cancelled);
        Assert.Equal(1, await Soon(sent));
        await client.ShutdownAsync(cancellationToken: Cancelled);
        await cluster.Ended.WaitAsync(Patience, Cancelled);
    }
}
