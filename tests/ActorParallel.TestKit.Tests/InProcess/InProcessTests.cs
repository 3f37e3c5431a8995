namespace ActorParallel.TestKit.Tests.InProcess;

public sealed class InProcessTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static int Square(int n) => n * n;

    [Fact]
    public async Task Tasks_run_on_real_engines_and_are_seen()
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 3, Cancel);
        Assert.Equal([0, 1, 2], cluster.Engines);
        var squares = await cluster.Client.LoadBalancedView().MapAsync(Square, Enumerable.Range(0, 1_000)).ShouldSucceedWithin(Limit);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(Square), squares.Get());
        int[] ids = await cluster.Client.DirectView().ApplyAsync(() => TaskContext.Current!.EngineId);
        Assert.Equal([0, 1, 2], ids);
        cluster.ShouldLoseNothing();
        Assert.NotEmpty(cluster.Tasks);
        // Some are asked back for an idle engine before they have started.
        Assert.All(cluster.Tasks, t => Assert.Equal((true, 1, TaskState.Succeeded), (t.Attempts == t.Engines.Count && t.Attempts > 0, t.Ends, t.State)));
        Assert.Contains(cluster.Faults.Messages, m => m.To == Party.Engine(1) && m.Entries.Contains("Task"));
        Assert.DoesNotContain(cluster.Faults.Messages, m => m.Dropped);
    }

    public static TheoryData<FaultPoint, bool> Kills =>
        [.. from point in Enum.GetValues<FaultPoint>() from controller in new[] { false, true } select (point, controller)];

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task Whoever_is_killed_wherever_a_task_is_it_ends_once(FaultPoint point, bool controller)
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 2, Cancel);
        var gate = new Gate();
        Task killed = controller ? cluster.Faults.KillControllerAt(point) : cluster.Faults.KillEngineAt(point);
        // Code that runs when its engine is killed goes on: until the kill for those that are to be killed running.
        var result = cluster.Client.LoadBalancedView().ApplyAsync(point == FaultPoint.AfterStart ? gate.Pass : gate.Free, 7);
        await killed.WaitAsync(Limit, Cancel);
        gate.Open();
        await result.ShouldSucceedWithin(Limit);
        Assert.Equal(49, result.Get());
        var task = cluster.ShouldEndExactlyOnce(result);
        TestContext.Current.TestOutputHelper!.WriteLine(task.ToString());
        await cluster.Client.WaitForEnginesAsync(2, Limit, Cancel);
        cluster.ShouldLoseNothing();
    }

    [Fact]
    public async Task An_engine_killed_with_a_result_nobody_acknowledged_does_not_run_the_task_again()
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 2, Cancel);
        var killed = cluster.Faults.KillEngineAt(FaultPoint.AfterResultBeforeAck);
        var result = cluster.Client.LoadBalancedView().ApplyAsync(Square, 6);
        Assert.Equal(36, (await result.ShouldSucceedWithin(Limit)).Get());
        Assert.Equal(await killed.WaitAsync(Limit, Cancel), Assert.Single(cluster.ShouldEndExactlyOnce(result).Engines));
    }

    [Fact]
    public async Task A_killed_engine_is_started_again_and_its_task_runs_elsewhere()
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 2, Cancel);
        var gate = new Gate();
        var result = cluster.Client.LoadBalancedView().ApplyAsync(gate.Pass, 3);
        await cluster.Faults.WaitForAsync(m => m.Entries.Contains("Started"), Limit);
        var engine = cluster.Tasks.Single().Engines.Single();
        await cluster.KillEngineAsync(engine);
        gate.Open();
        Assert.Equal(9, (await result.ShouldSucceedWithin(Limit)).Get());
        Assert.Equal([engine, 1 - engine], cluster.ShouldEndExactlyOnce(result).Engines);
        await cluster.Client.WaitForEnginesAsync(2, Limit, Cancel);
    }

    [Fact]
    public async Task Messages_that_are_lost_are_sent_again()
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 1, Cancel);
        using var results = cluster.Faults.Drop(Party.Engines, Party.Controller, count: 1, entry: "Finished");
        using var tasks = cluster.Faults.Drop(Party.Controller, Party.Engine(0), count: 1, entry: "Task");
        var result = await cluster.Client.LoadBalancedView().ApplyAsync(Square, 5).ShouldSucceedWithin(Limit);
        Assert.Equal(25, result.Get());
        Assert.Equal(2, cluster.Faults.Messages.Count(m => m.Dropped));
        Assert.Equal(1, cluster.ShouldEndExactlyOnce(result).Attempts);
    }

    [Fact]
    public async Task Messages_come_late_and_in_order()
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 2, Cancel);
        using (cluster.Faults.Delay(Party.Controller, Party.Clients, TimeSpan.FromMilliseconds(30)))
        {
            var squares = await cluster.Client.LoadBalancedView().MapAsync(Square, Enumerable.Range(0, 100)).ShouldSucceedWithin(Limit);
            Assert.Equal(Enumerable.Range(0, 100).Select(Square), squares.Get());
        }
        cluster.ShouldEndEveryTaskExactlyOnce();
    }

    [Fact]
    public async Task Large_values_are_seen_as_well()
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 1, Cancel);
        var result = await cluster.Client.LoadBalancedView().ApplyAsync(Reverse, new byte[3 << 20]).ShouldSucceedWithin(Limit);
        Assert.Equal(3 << 20, result.Get().Length);
        Assert.Equal(16, (await cluster.Client.LoadBalancedView().ApplyAsync(Square, 4).ShouldSucceedWithin(Limit)).Get());
        cluster.ShouldLoseNothing();
        Assert.Equal(2, cluster.Tasks.Count);
    }

    static byte[] Reverse(byte[] bytes) => [.. bytes.Reverse()];

    [Fact]
    public async Task A_cut_connection_heals()
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 1, Cancel);
        var cut = cluster.Faults.Cut(Party.Controller, Party.Clients);
        var result = cluster.Client.LoadBalancedView().ApplyAsync(Square, 4);
        await cluster.Faults.WaitForAsync(m => m.Dropped, Limit);
        Assert.False(result.Ready);
        cut.Dispose();
        Assert.Equal(16, (await result.ShouldSucceedWithin(Limit)).Get());
        cluster.ShouldLoseNothing();
    }

    [Fact]
    public async Task Assertions_say_what_is_not_so()
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 1, Cancel);
        var gate = new Gate();
        var result = cluster.Client.LoadBalancedView().With(label: "slow").ApplyAsync(gate.Pass, 3);
        var late = await Assert.ThrowsAsync<ParallelAssertionException>(() => result.ShouldEndWithin(TimeSpan.FromMilliseconds(50)));
        Assert.Matches("^Task .* \\('slow'\\) should have ended within 50 ms, and is ", late.Message);
        var open = Assert.Throws<ParallelAssertionException>(() => cluster.ShouldEndEveryTaskExactlyOnce());
        Assert.StartsWith("Every task should have ended, and 1 of 1 haven't: task ", open.Message);
        gate.Open();
        await result.ShouldEndWithin(Limit);
        var failed = cluster.Client.LoadBalancedView().ApplyAsync(Fail, 1);
        var error = await Assert.ThrowsAsync<ParallelAssertionException>(() => failed.ShouldSucceedWithin(Limit));
        Assert.Contains("ended Failed: no good", error.Message);
        var none = await Assert.ThrowsAsync<ParallelAssertionException>(() => cluster.Faults.WaitForAsync(_ => false, TimeSpan.FromMilliseconds(10)));
        Assert.Contains("The last ones:", none.Message);
        Assert.Throws<ArgumentException>(() => { _ = cluster.KillEngineAsync(9); });
    }

    static int Fail(int n) => throw new InvalidOperationException("no good");

    /// <summary>What tasks wait for; in this process, by number, because the tasks' code gets a copy of what it captures.</summary>
    sealed class Gate
    {
        static readonly System.Collections.Concurrent.ConcurrentDictionary<int, TaskCompletionSource> s_gates = new();
        static int s_numbers;
        readonly int _number = Interlocked.Increment(ref s_numbers);

        public Gate() => s_gates[_number] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public Func<int, Task<int>> Pass
        {
            get
            {
                var number = _number;
                return async n =>
                {
                    await s_gates[number].Task;
                    return n * n;
                };
            }
        }

        public Func<int, Task<int>> Free => static n => Task.FromResult(n * n);

        public void Open() => s_gates[_number].TrySetResult();
    }
}
