using System.Collections.Concurrent;
using System.Diagnostics;

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
        var endless = Client[0].ExecuteAsync("while (true) ;");
        await Until(() => Client.QueueStatusAsync(Cancelled).Result.Engines[0].Direct == 1, "the engine has it");
        using var gate = Signal.New();
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
