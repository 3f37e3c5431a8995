using CsCheck;

namespace ActorParallel.TestKit.Tests.Simulation;

public sealed class ReplayTests
{
    /// <summary>A bit of everything.</summary>
    static readonly SimulatedClusterOptions Lively = new()
    {
        Engines = 12,
        WorkersPerEngine = 2,
        EngineSpeed = Draw.LogNormal(1, 0.4),
        EngineJoins = Draw.Uniform(0, 3),
        EngineFailures = Draw.Weibull(20, 0.8),
        EngineLeaves = Draw.Exponential(60),
        EngineReturns = Draw.Uniform(0.5, 2),
        LossNotice = Draw.Uniform(0, 0.2),
        MessageDelay = Draw.LogNormal(0.001, 0.001),
        Tasks = 3_000,
        Arrivals = Draw.Exponential(0.01),
        Work = Draw.BoundedPareto(0.01, 10, 1.1),
        TaskOptions = new() { Retries = 2, FailureRate = 0.05, Idempotent = true, Slowdown = Draw.Bimodal(1, 5, 0.02) },
        Workloads = [new() { Tasks = 500, Client = 1, Work = Draw.Exponential(0.2), Start = TimeSpan.FromSeconds(5) }],
        Policy = "two-choices",
        Seed = 42,
        KeepTasks = true,
        Validate = true,
    };

    [Fact]
    public void The_same_seed_gives_the_same_report()
    {
        var (first, second) = (SimulatedCluster.Run(Lively), SimulatedCluster.Run(Lively));
        TestContext.Current.TestOutputHelper!.WriteLine(first.ToString());
        first.ShouldEndEveryTaskExactlyOnce();
        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.Equal(first.ToString(), second.ToString());
        Assert.True(first is { EnginesDied: > 0, EnginesLeft: > 0, LostAttempts: > 0, FailedAttempts: > 0, SecondCopies: > 0 }, first.ToString());
    }

    [Fact]
    public void Another_seed_gives_another_run()
    {
        var (first, second) = (SimulatedCluster.Run(Lively), SimulatedCluster.Run(Lively with { Seed = 43 }));
        Assert.NotEqual(first.TraceHash, second.TraceHash);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Step_by_step_is_the_same_run()
    {
        var cluster = new SimulatedCluster(Lively);
        while (!cluster.AllEnded)
            cluster.RunFor(TimeSpan.FromMilliseconds(137));
        Assert.Equal(SimulatedCluster.Run(Lively).TraceHash, cluster.Report().TraceHash);
    }

    [Fact]
    public void Another_policy_meets_the_same_tasks()
    {
        var options = Lively with { Tasks = 200 };
        var (first, second) = (SimulatedCluster.Run(options), SimulatedCluster.Run(options with { Policy = "random" }));
        Assert.Equal(first.TaskReports.Select(t => (t.Work, t.SubmittedAt)), second.TaskReports.Select(t => (t.Work, t.SubmittedAt)));
        Assert.NotEqual(first.TraceHash, second.TraceHash);
    }

    [Fact]
    public void Whatever_happens_every_task_ends_once_and_the_scheduler_keeps_its_invariants()
    {
        var time = Gen.Double[0.001, 2];
        var options =
            from engines in Gen.Int[1, 8]
            from workers in Gen.Int[1, 3]
            from failures in Gen.OneOf(Gen.Const((Draw?)null), Gen.Double[0.5, 20].Select(m => (Draw?)Draw.Exponential(m)))
            from leaves in Gen.OneOf(Gen.Const((Draw?)null), Gen.Double[0.5, 20].Select(m => (Draw?)Draw.Exponential(m)))
            from delay in Gen.OneOf(Gen.Const(Draw.Constant(0)), Gen.Double[0.0001, 0.1].Select(Draw.Exponential))
            from notice in Gen.OneOf(Gen.Const(Draw.Constant(0)), Gen.Double[0.01, 3].Select(Draw.Exponential))
            from returns in time
            from tasks in Gen.Int[1, 200]
            from work in time
            from arrivals in Gen.OneOf(Gen.Const((Draw?)null), Gen.Double[0.001, 0.1].Select(m => (Draw?)Draw.Exponential(m)))
            from policy in Gen.Int[0, SimulatedClusterOptions.Policies.Count - 1].Select(i => SimulatedClusterOptions.Policies[i])
            from mark in Gen.OneOf(Gen.Const((int?)null), Gen.Int[1, 5].Select(m => (int?)m))
            from failing in Gen.Double[0, 0.3]
            from killing in Gen.Bool.Select(kills => kills ? 0.02 : 0)
            from idempotent in Gen.Bool
            from seed in Gen.Int
            select new SimulatedClusterOptions
            {
                Engines = engines,
                WorkersPerEngine = workers,
                EngineFailures = failures,
                EngineLeaves = leaves,
                EngineReturns = Draw.Exponential(returns),
                MessageDelay = delay,
                LossNotice = notice,
                Tasks = tasks,
                Arrivals = arrivals,
                Work = Draw.Exponential(work),
                Policy = policy,
                HighWaterMark = mark,
                TaskOptions = new() { Retries = 1, FailureRate = failing, KillerRate = killing, Idempotent = idempotent, Timeout = TimeSpan.FromSeconds(8) },
                Seed = seed,
                Validate = true,
                KeepTasks = true,
            };
        options.Sample(
            o =>
            {
                // Long enough for whatever ends at all.
                var report = SimulatedCluster.Run(o with { Until = TimeSpan.FromHours(10) });
                report.ShouldEndEveryTaskExactlyOnce();
                Assert.InRange(report.Utilisation, 0, 1 + 1e-9);
                Assert.InRange(report.Wasted, 0, 1 + 1e-9);
                Assert.All(report.Engines, e => Assert.InRange(e.Utilisation, 0, 1 + 1e-9));
                Assert.All(report.TaskReports, t => Assert.True(t.EndedAt >= t.SubmittedAt));
                Assert.Equal(report.Submitted, Enum.GetValues<TaskState>().Sum(report.Count));
                Assert.True(report.Attempts >= report.Succeeded);
            },
            iter: 150,
            threads: 1);
    }
}
