namespace ActorParallel.ClusterTests;

/// <summary>H1–H6, J1, J16: which engine runs what, when, and how often.</summary>
[Collection(nameof(CalmCluster))]
public sealed class LoadBalancedTests(CalmCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task TasksRunOnWhicheverEngineIsFree()
    {
        using var gate = Signal.New();
        var tasks = Enumerable.Range(0, 4).Select(_ => Tasks.ApplyAsync(() => gate.Wait() ? TaskContext.Current!.EngineId : -1)).ToArray();
        await Until(() => gate.Entered == 4, "a task runs on each engine");
        gate.Set();
        var engines = new List<int>();
        foreach (var task in tasks) engines.Add(await Soon(task));
        Assert.Equal([0, 1, 2, 3], engines.Order());
        Assert.Equal(4, Tasks.Workers);
    }

    [Fact]
    public async Task TargetsRestrictWhereTasksRun()
    {
        var where = await Soon(Tasks.With(targets: [1, 3], chunkSize: 1).MapAsync(_ => TaskContext.Current!.EngineId, Enumerable.Range(0, 40)));
        Assert.All(where, id => Assert.True(id is 1 or 3));
        Assert.Throws<ArgumentException>(() => Tasks.With(targets: []));
        Assert.Throws<ArgumentException>(() => Tasks.With(targets: [-1]));
        var error = await Fails<UnschedulableException>(Tasks.With(targets: [77]).ApplyAsync(() => 1));
        Assert.Contains("77", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatNoEngineHasEndsAtOnceWithItsName()
    {
        var tagged = await Fails<UnschedulableException>(Tasks.With(tags: ["gpu"]).ApplyAsync(() => 1));
        Assert.Contains("'gpu'", tagged.Message, StringComparison.Ordinal);
        var resources = new Dictionary<string, double> { ["memory"] = 64 };
        var result = Tasks.With(resources: resources, label: "big").ApplyAsync(() => 1);
        Assert.Contains("'memory'", (await Fails<UnschedulableException>(result)).Message, StringComparison.Ordinal);
        Assert.Equal(TaskState.Unschedulable, result.State);
        Assert.Throws<ArgumentException>(() => Tasks.With(resources: new Dictionary<string, double> { ["memory"] = -1 }));
    }

    [Fact]
    public async Task AHigherPriorityStartsFirst()
    {
        using var gate = Signal.New();
        using var tally = Tally.New();
        var one = Tasks.With(targets: [0]);
        var first = one.ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "the engine is busy");
        var order = Enumerable.Range(0, 12).Select(i => one.With(priority: i % 3).ApplyAsync(() => tally.Add("ran") * 0 + tally.Count)).ToArray();
        gate.Set();
        var places = new List<(int Priority, int Place)>();
        for (var i = 0; i < order.Length; i++) places.Add((i % 3, await Soon(order[i])));
        await Ended(first);
        // What went ahead to the engine before the others came is no matter of priority: one task at most.
        var late = places.Where(p => p.Priority == 0).Select(p => p.Place).Order().Skip(1).Min();
        Assert.True(places.Where(p => p.Priority == 2).Max(p => p.Place) < late, string.Join(" ", places));
    }

    [Fact]
    public async Task TwoClientsShareFairly()
    {
        using var gate = Signal.New();
        await using var other = await Cluster.ConnectAsync(Cancelled);
        var first = Tasks.With(targets: [0]).ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "the engine is busy");
        using var tally = Tally.New();
        var many = Enumerable.Range(0, 60).Select(_ => Tasks.With(targets: [0]).ApplyAsync(() => tally.Add("many"))).ToArray();
        await Until(() => many[^1].State is TaskState.Ready or TaskState.Assigned, "the first client's tasks are there");
        await Client.QueueStatusAsync(Cancelled);
        var few = Enumerable.Range(0, 5).Select(_ => other.LoadBalancedView().With(targets: [0]).ApplyAsync(() => tally.CountOf("many"))).ToArray();
        await other.QueueStatusAsync(Cancelled);
        gate.Set();
        var seen = new List<int>();
        foreach (var result in few) seen.Add(await Soon(result));
        foreach (var result in many) await Ended(result);
        await Ended(first);
        Assert.True(seen.Max() < 40, $"the second client's tasks waited for {string.Join(", ", seen)} of the first one's 60");
    }

    [Fact]
    public async Task AFailingTaskIsRetriedAlsoWhereOneEngineAloneMayRunIt()
    {
        using var tally = Tally.New();
        var result = Tasks.With(retries: 5, targets: [2]).ApplyAsync(() => tally.Add("try") <= 4 ? throw new InvalidOperationException("again") : TaskContext.Current!.Attempt);
        Assert.Equal(5, await Soon(result));
        var hopeless = Tasks.With(retries: 3, targets: [2]).ApplyAsync(() => tally.Add("hopeless") > 0 ? throw new InvalidOperationException("never") : 1);
        Assert.Equal("never", (await Fails<InvalidOperationException>(hopeless)).Message);
        Assert.Equal((4, 4), (tally.CountOf("hopeless"), hopeless.Metadata.Attempt));
    }

    [Fact]
    public async Task AnotherEngineIsPreferredForARetry()
    {
        using var tally = Tally.New();
        var result = Tasks.With(retries: 1).ApplyAsync(() =>
        {
            tally.Add($"engine{TaskContext.Current!.EngineId}");
            return tally.Count == 1 ? throw new InvalidOperationException("again") : TaskContext.Current.EngineId;
        });
        await Ended(result);
        Assert.True(result.Successful);
        Assert.Equal(1, tally.CountOf($"engine{await Soon(result)}"));
    }

    [Fact]
    public async Task TheTimeoutBoundsRunningAndTheQueueTimeoutWaiting()
    {
        using var gate = Signal.New();
        var running = Tasks.With(timeout: TimeSpan.FromMilliseconds(50), targets: [0]).ApplyAsync(gate.Wait);
        await Fails<TimeoutException>(running);
        Assert.Equal((TaskState.TimedOut, CancellationStep.Token), (running.State, running.Metadata.Cancellation));
        var busy = Tasks.With(targets: [0]).ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 2, "the engine is busy");
        var waiting = Tasks.With(queueTimeout: TimeSpan.FromMilliseconds(50), targets: [0]).ApplyAsync(() => 1);
        Assert.Contains("queueTimeout", (await Fails<TimeoutException>(waiting)).Message, StringComparison.Ordinal);
        gate.Set();
        Assert.True(await Soon(busy));
    }

    [Fact]
    public async Task AStragglerThatIsIdempotentRunsASecondTime()
    {
        using var tally = Tally.New();
        using var gate = Signal.New();
        var tasks = Tasks.With(idempotent: true);
        // The same function as of the straggler, so that its like have a usual run time.
        Func<int, int> run = i => i < 0 && tally.Add("straggler") == 1 && gate.Wait() ? -1 : i;
        for (var i = 0; i < 20; i++) Assert.Equal(i, await Soon(tasks.ApplyAsync(run, i)));
        Assert.Equal(-7, await Soon(tasks.ApplyAsync(run, -7)));
        Assert.Equal(2, tally.CountOf("straggler"));
        gate.Set();
    }

    [Fact]
    public async Task CancellingStopsWhatWaitsAndWhatRuns()
    {
        using var gate = Signal.New();
        var view = Tasks.With(targets: [1]);
        var running = view.ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "it runs");
        var waiting = view.ApplyAsync(gate.Wait);
        var direct = Client[1].ApplyAsync(() => gate.Wait());
        await Until(() => gate.Entered == 2, "the direct call runs beside it");
        var behind = Client[1].ApplyAsync(() => 1);
        foreach (var result in new AsyncResult[] { waiting, behind, running, direct }) Assert.True(result.Cancel());
        foreach (var result in new AsyncResult[] { waiting, behind, running, direct })
        {
            await Fails<OperationCanceledException>(result);
            Assert.Equal(TaskState.Cancelled, result.State);
        }
        Assert.Equal(CancellationStep.BeforeStart, waiting.Metadata.Cancellation);
        Assert.Equal(CancellationStep.Token, running.Metadata.Cancellation);
        Assert.Equal(2, gate.Entered);
        Assert.Equal(1, await Soon(Client[1].ApplyAsync(() => 1)));
    }

    [Fact]
    public async Task EndlessInputIsTakenAsItCanBeWorkedOn()
    {
        var taken = 0;
        IEnumerable<int> Endless()
        {
            for (var i = 0;; i++)
            {
                Interlocked.Increment(ref taken);
                yield return i;
            }
        }

        var read = 0;
        await foreach (var value in Tasks.StreamAsync(x => x + 1, Endless(), maxInFlight: 32, cancellationToken: Cancelled))
        {
            Assert.Equal(++read, value);
            Assert.True(Volatile.Read(ref taken) <= read + 33);
            if (read == 500) break;
        }
    }
}
