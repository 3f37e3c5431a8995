namespace ActorParallel.TestKit.Tests.Simulation;

public sealed class StepTests
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    static SimulatedCluster Cluster(int engines = 2, Func<SimulatedClusterOptions, SimulatedClusterOptions>? change = null)
    {
        var options = new SimulatedClusterOptions { Engines = engines, EngineReturns = null, Validate = true };
        return new(change is null ? options : change(options));
    }

    [Fact]
    public void A_task_runs_and_ends()
    {
        var cluster = Cluster();
        var task = cluster.Submit(5 * Second);
        Assert.Equal(TaskState.Running, task.State);
        cluster.RunFor(4 * Second);
        Assert.False(task.HasEnded);
        Assert.Throws<ParallelAssertionException>(() => task.ShouldEndExactlyOnce());
        cluster.RunFor(Second);
        task.ShouldEndExactlyOnce(TaskState.Succeeded).ShouldEndWithin(5 * Second);
        Assert.Equal((TimeSpan.Zero, 5 * Second), (task.StartedAt, task.EndedAt));
        Assert.Throws<ParallelAssertionException>(() => task.ShouldEndWithin(4.9 * Second));
    }

    [Fact]
    public void A_fast_engine_takes_less_time()
    {
        var cluster = Cluster(engines: 0);
        cluster.AddEngine(speed: 4);
        cluster.Submit(8 * Second);
        cluster.RunToEnd().ShouldSucceed().ShouldEndWithin(2 * Second).ShouldBeBusy(1);
    }

    [Fact]
    public void A_task_whose_engine_is_killed_runs_again_elsewhere()
    {
        var cluster = Cluster();
        var task = cluster.Submit(5 * Second);
        var first = task.EngineId!.Value;
        cluster.RunFor(3 * Second);
        cluster.KillEngine(first);
        cluster.RunToEnd().ShouldLoseNothing();
        task.ShouldEndExactlyOnce(TaskState.Succeeded);
        Assert.Equal((8 * Second, 2), (task.EndedAt, task.Attempts));
        Assert.NotEqual(first, task.EngineId);
        Assert.Throws<ArgumentException>(() => cluster.KillEngine(first));
    }

    [Fact]
    public void A_loss_is_noticed_when_it_is_noticed()
    {
        var cluster = Cluster(change: o => o with { LossNotice = 2 });
        var task = cluster.Submit(5 * Second);
        cluster.KillEngine(task.EngineId!.Value);
        cluster.RunToEnd();
        Assert.Equal(7 * Second, task.EndedAt);
    }

    [Fact]
    public void A_task_that_kills_engines_is_quarantined()
    {
        var cluster = Cluster(engines: 6);
        var killer = cluster.Submit(Second, new() { KillerRate = 1 });
        cluster.Submit(20, 1);
        var report = cluster.RunToEnd();
        killer.ShouldEndExactlyOnce(TaskState.Quarantined);
        Assert.Equal((20, 4), (report.Succeeded, report.EnginesDied));
    }

    [Theory]
    [InlineData(3, TaskState.Quarantined)]
    [InlineData(0, TaskState.Lost)]
    public void Second_copies_do_not_save_a_task_that_kills_engines(int lossRetries, TaskState end)
    {
        var cluster = Cluster(engines: 8, o => o with { EngineReturns = 1 });
        cluster.Submit(20, 0.2, new() { Idempotent = true, KillerRate = 0 });
        var killer = cluster.Submit(5 * Second, new() { Idempotent = true, KillerRate = 1, EngineLossRetries = lossRetries });
        cluster.RunUntil(() => killer.HasEnded, TimeSpan.FromMinutes(10));
        killer.ShouldEndExactlyOnce(end);
        Assert.InRange(cluster.Report().EnginesDied, 1, lossRetries + 2);
    }

    [Fact]
    public void A_task_that_throws_is_retried_after_its_backoff()
    {
        var cluster = Cluster();
        var task = cluster.Submit(Second, new() { Retries = 2, FailedAttempts = 2, Backoff = Second });
        var hopeless = cluster.Submit(Second, new() { Retries = 1, FailedAttempts = 2, Backoff = TimeSpan.Zero });
        cluster.RunToEnd().ShouldLoseNothing();
        task.ShouldEndExactlyOnce(TaskState.Succeeded);
        hopeless.ShouldEndExactlyOnce(TaskState.Failed);
        Assert.Equal((3, 2), (task.Attempts, hopeless.Attempts));
        // Jitter takes up to half of each delay.
        Assert.InRange(task.EndedAt!.Value, 4.5 * Second, 6 * Second);
    }

    [Fact]
    public void A_draining_engine_gives_back_what_it_has_not_started()
    {
        var cluster = Cluster(engines: 1, o => o with { HighWaterMark = 3 });
        var tasks = cluster.Submit(3, 2);
        cluster.RunFor(Second);
        cluster.DrainEngine(0);
        var other = cluster.AddEngine();
        var report = cluster.RunToEnd().ShouldSucceed();
        Assert.Equal([0, other, other], tasks.Select(t => t.EngineId!.Value));
        Assert.Equal((1, 0), (report.EnginesLeft, report.EnginesDied));
        Assert.Equal([other], cluster.EngineIds);
    }

    [Fact]
    public void A_cut_engine_goes_on_and_tells_when_it_is_back()
    {
        var cluster = Cluster(engines: 1);
        var task = cluster.Submit(2 * Second);
        cluster.CutEngine(0);
        var later = cluster.Submit(Second);
        cluster.RunFor(10 * Second);
        Assert.False(task.HasEnded);
        Assert.Equal(TaskState.Ready, later.State);
        cluster.HealEngine(0);
        Assert.Equal(10 * Second, task.ShouldEndExactlyOnce(TaskState.Succeeded).EndedAt);
        cluster.RunToEnd().ShouldSucceed();
        Assert.Equal((1, 1), (task.Attempts, later.Attempts));
    }

    [Fact]
    public void Cancelling_and_time_limits_end_tasks()
    {
        var cluster = Cluster(engines: 1);
        var running = cluster.Submit(100 * Second);
        var queued = cluster.Submit(Second);
        var slow = cluster.Submit(10 * Second, new() { Timeout = 2 * Second });
        var late = cluster.Submit(Second, new() { QueueTimeout = Second });
        cluster.RunFor(3 * Second);
        late.ShouldEndExactlyOnce(TaskState.TimedOut);
        cluster.Cancel(queued);
        cluster.Cancel(running);
        Assert.Equal([TaskState.Cancelled, TaskState.Cancelled], new[] { running, queued }.Select(t => t.State));
        cluster.RunToEnd();
        Assert.Equal(5 * Second, slow.ShouldEndExactlyOnce(TaskState.TimedOut).EndedAt);
    }

    [Fact]
    public void A_task_comes_after_others()
    {
        var cluster = Cluster(engines: 4);
        var first = cluster.Submit(3 * Second);
        var second = cluster.Submit(Second, after: [first]);
        Assert.Equal(TaskState.Waiting, second.State);
        cluster.RunToEnd().ShouldSucceed();
        Assert.Equal(3 * Second, second.StartedAt);
    }

    [Fact]
    public void A_tag_decides_where_a_task_runs()
    {
        var cluster = Cluster();
        var gpu = cluster.AddEngine(1, 1, "gpu");
        var tasks = cluster.Submit(5, 1, new() { Tags = ["gpu"] });
        cluster.RunToEnd().ShouldSucceed();
        Assert.All(tasks, t => Assert.Equal(gpu, t.EngineId));
    }

    [Fact]
    public void A_second_copy_saves_a_task_from_a_slow_engine()
    {
        var cluster = Cluster(engines: 3);
        cluster.Submit(12, 1, new() { Idempotent = true });
        cluster.RunToEnd();
        var slow = cluster.AddEngine(speed: 0.01);
        foreach (var other in cluster.EngineIds.Where(id => id != slow))
            cluster.CutEngine(other);
        var task = cluster.Submit(Second, new() { Idempotent = true });
        Assert.Equal(slow, task.EngineId);
        foreach (var other in cluster.EngineIds.Where(id => id != slow))
            cluster.HealEngine(other);
        var report = cluster.RunToEnd().ShouldSucceed();
        Assert.Equal(1, report.SecondCopies);
        task.ShouldEndExactlyOnce().ShouldEndWithin(4 * Second);
    }

    [Fact]
    public void Messages_take_their_time()
    {
        var cluster = Cluster(change: o => o with { MessageDelay = 0.25 });
        var task = cluster.Submit(Second);
        cluster.RunToEnd();
        Assert.Equal((0.25 * Second, 1.5 * Second), (task.StartedAt, task.EndedAt));
    }

    [Fact]
    public void Waiting_for_what_never_comes_says_how_things_stand()
    {
        var cluster = Cluster(engines: 0);
        var task = cluster.Submit(Second);
        var never = Assert.Throws<ParallelAssertionException>(() => cluster.RunUntil(() => task.HasEnded, TimeSpan.FromHours(1)));
        Assert.Contains("nothing happens any more. Tasks: 1 ready", never.Message);
        Assert.Contains("there is no engine yet", cluster.Explain(task));
        cluster.AddEngine();
        cluster.Submit(5, 100);
        var late = Assert.Throws<ParallelAssertionException>(() => cluster.RunUntil(() => cluster.AllEnded, 10 * Second));
        Assert.Contains("10 s have passed", late.Message);
        cluster.RunUntil(() => cluster.AllEnded, TimeSpan.FromHours(1));
        cluster.Report().ShouldSucceed();
    }

    [Fact]
    public void Tasks_that_are_left_are_reported()
    {
        var report = SimulatedCluster.Run(new() { Engines = 1, Tasks = 10, Work = 1, Until = 3.5 * Second });
        Assert.Equal((3, 7), (report.Ended, report.Unfinished));
        Assert.Equal(10, Enum.GetValues<TaskState>().Sum(report.Count));
        var exception = Assert.Throws<ParallelAssertionException>(() => report.ShouldLoseNothing());
        Assert.StartsWith("Every task should have ended, and 7 of 10 haven't.", exception.Message);
        Assert.Contains("makespan", exception.Message);
    }

    [Fact]
    public void Clients_share_the_workers()
    {
        var report = SimulatedCluster.Run(new()
        {
            Engines = 4,
            Workloads =
            [
                new() { Client = 1, Tasks = 2_000, Work = Draw.Exponential(0.1) },
                new() { Client = 2, Tasks = 200, Work = Draw.Exponential(1) },
                new() { Client = 3, Tasks = 1_000, Work = 0.2 },
            ],
        });
        report.ShouldSucceed().ShouldBeFair(0.98);
        Assert.Equal([2_000, 200, 1_000], report.Clients.Select(c => c.Tasks));
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimulatedClusterOptions { Engines = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimulatedClusterOptions { SecondCopyShare = 2 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimulatedTaskOptions { FailureRate = -0.1 });
        Assert.Throws<ArgumentNullException>(() => new SimulatedClusterOptions { Work = null! });
        var policy = Assert.Throws<ArgumentException>(() => new SimulatedClusterOptions { Policy = "best" });
        Assert.Contains("least-load, round-robin", policy.Message);
        Assert.Throws<InvalidOperationException>(() => SimulatedCluster.Run(new() { EngineSpeed = 0, Tasks = 1 }));
    }
}
