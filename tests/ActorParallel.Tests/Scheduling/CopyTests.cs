using ActorParallel.Scheduling;
using static ActorParallel.Scheduling.InstructionKind;

namespace ActorParallel.Tests.Scheduling;

public sealed class CopyTests
{
    const long Usual = 100 * SchedulerTime.Millisecond;

    static readonly TaskSpec Twice = new() { Idempotent = true, Retries = 1, BackoffBase = TimeSpan.Zero };

    /// <summary>Task 1 has been running for twice as long as its like, on engine 0; its copy runs on engine 1.</summary>
    static Rig Straggling(TaskSpec? spec = null, SchedulerOptions? options = null)
    {
        var rig = new Rig(options ?? new SchedulerOptions { Validate = true, HighWaterMark = 1 });
        rig.Join(0);
        Measure(rig, spec ?? Twice);
        rig.Submit(1, spec ?? Twice);
        rig.Join(1);
        Assert.Equal(rig.Now + 2 * Usual, rig.Core.NextDeadline);
        Assert.Empty(rig.Tick(2 * Usual - 1));
        var copy = rig.Tick(1).One(Assign);
        Assert.Equal((1, 1, 2, 2, Reason.Straggles), (copy.TaskId, copy.EngineId, copy.Attempt, copy.Run, copy.Reason));
        return rig;
    }

    static void Measure(Rig rig, TaskSpec spec)
    {
        for (var id = 1000; id < 1003; id++)
        {
            rig.Submit(id, spec);
            rig.Finish(id, run: Usual);
        }
    }

    [Fact]
    public void The_copy_that_ends_first_decides_and_the_other_is_called_off()
    {
        var rig = Straggling();
        Assert.Equal("Task 1 runs on engine 0 (attempt 1); a second copy (attempt 2) runs on engine 1.", rig.Core.Explain(1)!.ToString());
        var given = rig.Finish(1, 1, 2);
        given.Ends(1, TaskState.Succeeded);
        var called = given.One(CancelRunning);
        Assert.Equal((0, 1, Reason.Beaten), (called.EngineId, called.Attempt, called.Reason));
        // Its worker is busy until it says otherwise, and what it says is stale.
        Assert.Equal((1, 1), (rig.Core.Counters.FreeWorkers, rig.Core.Counters.Retired));
        var stale = rig.Core.Counters.StaleResults;
        Assert.Empty(rig.Finish(0, 1, 1));
        Assert.Equal((stale + 1, 2, 0), (rig.Core.Counters.StaleResults, rig.Core.Counters.FreeWorkers, rig.Core.Counters.Retired));
        Assert.Equal(4, rig.Core.Counters.Succeeded);
    }

    [Fact]
    public void The_first_copy_may_win_too()
    {
        var rig = Straggling();
        var given = rig.Finish(0, 1, 1);
        given.Ends(1, TaskState.Succeeded);
        Assert.Equal((1, 2), (given.One(CancelRunning).EngineId, given.One(CancelRunning).Attempt));
        Assert.Empty(rig.Finish(1, 1, 2, TaskOutcome.Cancelled));
        Assert.Equal(2, rig.Core.Counters.FreeWorkers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_loss_of_one_copy_leaves_the_other(int engine)
    {
        var rig = Straggling();
        var given = rig.Lose(engine, 1);
        Assert.Equal((TaskState.Running, Reason.EngineLost), (given.One(Requeued).State, given.One(Requeued).Reason));
        Assert.Empty(given.Tasks(Assign));
        Assert.Equal((TaskState.Running, 1 - engine), (rig.StateOf(1), rig.Core.Explain(1)!.EngineId));
        // And now the other: it runs again, with a number never used.
        rig.Lose(1 - engine, 1);
        rig.Join(5);
        Assert.Equal((5, 3), (rig.EngineOf(1), rig.AttemptOf(1)));
        Assert.Empty(rig.Finish(engine, 1, engine + 1));
        rig.Finish(5, 1, 3).Ends(1, TaskState.Succeeded);
    }

    [Fact]
    public void A_copy_that_fails_uses_up_a_retry_and_the_other_goes_on()
    {
        var rig = Straggling();
        var given = rig.Finish(1, 1, 2, TaskOutcome.Failed);
        Assert.Equal(TaskState.Running, given.One(Requeued).State);
        Assert.Empty(given.Tasks(Complete));
        rig.Finish(0, 1, 1, TaskOutcome.Failed).Ends(1, TaskState.Failed, Reason.Exception);
    }

    [Fact]
    public void Without_a_retry_left_the_first_failure_decides()
    {
        var rig = Straggling(new TaskSpec { Idempotent = true });
        var given = rig.Finish(1, 1, 2, TaskOutcome.Failed);
        given.Ends(1, TaskState.Failed, Reason.Exception);
        Assert.Equal(0, given.One(CancelRunning).EngineId);
    }

    [Fact]
    public void Cancelling_stops_both()
    {
        var rig = Straggling();
        Assert.Equal([0, 1], rig.Cancel(1).Where(i => i.Kind == CancelRunning).Select(i => i.EngineId).Order());
        var given = rig.Finish(1, 1, 2, TaskOutcome.Cancelled);
        given.Ends(1, TaskState.Cancelled, Reason.Cancelled);
        Assert.Empty(given.Tasks(CancelRunning));
        rig.Finish(0, 1, 1, TaskOutcome.Cancelled);
        Assert.Equal(2, rig.Core.Counters.FreeWorkers);
    }

    [Fact]
    public void One_that_does_not_stop_when_called_off_ends_with_its_engine()
    {
        var rig = Straggling();
        rig.Finish(1, 1, 2);
        rig.Overrun(0, 1, 1).One(EndEngine);
        rig.Lose(0, 1);
        Assert.Equal((0, 0), (rig.Core.Counters.Retired, rig.Core.InFlight));
    }

    [Fact]
    public void Only_idempotent_tasks_get_a_copy_and_only_one()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.Join(0);
        var once = new TaskSpec();
        Measure(rig, once);
        rig.Submit(1, once);
        rig.Join(1);
        Assert.Null(rig.Core.NextDeadline);
        var straggling = Straggling();
        straggling.Join(2);
        Assert.Empty(straggling.Tick(100 * Usual).Tasks(Assign));
    }

    [Fact]
    public void Copies_wait_for_idle_workers_and_use_a_tenth_of_them()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.Join(100);
        Measure(rig, Twice);
        rig.Submit(Enumerable.Range(1, 20).Select(i => (long)i), Twice);
        for (var engine = 0; engine < 19; engine++)
            rig.Join(engine);
        Assert.Equal(20, rig.Core.Counters.Running);
        Assert.Empty(rig.Tick(4 * Usual).Tasks(Assign));
        Assert.EndsWith("a second copy waits for an idle worker.", rig.Core.Explain(7)!.ToString(), StringComparison.Ordinal);
        for (var engine = 20; engine < 30; engine++)
            rig.Join(engine);
        Assert.Equal(3, rig.Core.Counters.Copies);
    }

    [Fact]
    public void Short_tasks_are_left_alone_and_so_are_unmeasured_ones()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.Join(0);
        rig.Join(1);
        rig.Submit(1, Twice);
        rig.Tick(SchedulerTime.Second);
        for (var i = 0; i < 20; i++)
            Assert.Empty(rig.Tick(SchedulerTime.Second).Tasks(Assign));
        Assert.Equal(1, rig.Core.Counters.Running);
        rig.Finish(1, run: 1);
        for (var id = 10; id < 13; id++)
        {
            rig.Submit(id, Twice);
            rig.Finish(id, run: 1);
        }
        for (var id = 20; id < 200; id++)
        {
            rig.Submit(id, Twice);
            rig.Finish(id, run: 1);
        }
        rig.Submit(300, Twice);
        Assert.Empty(rig.Tick(99 * SchedulerTime.Millisecond));
    }

    [Fact]
    public void A_copy_needs_what_the_task_needs()
    {
        var gpu = new TaskSpec { Idempotent = true, Tags = ["gpu"], Resources = new Dictionary<string, double> { ["card"] = 1 } };
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.Join(0, 1, ["gpu"], ("card", 1));
        Measure(rig, gpu);
        rig.Submit(1, gpu);
        rig.Join(1);
        Assert.Empty(rig.Tick(10 * Usual).Tasks(Assign));
        rig.Join(2, 1, ["gpu"], ("card", 1));
        rig.Tick(10 * Usual).Goes(1, 2);
        rig.Finish(2, 1, 2).Ends(1, TaskState.Succeeded);
        Assert.Equal(0, rig.Core.Load(0)!.Value.Resources.Single().Free);
        rig.Finish(0, 1, 1, TaskOutcome.Cancelled);
        Assert.Equal([1, 1], rig.Core.Engines().SelectMany(e => e.Resources).Select(r => r.Free));
    }

    [Fact]
    public void Copies_can_be_turned_off()
    {
        var rig = new Rig(new SchedulerOptions { Validate = true, SpeculationShare = 0 });
        rig.Join(0);
        Measure(rig, Twice);
        rig.Submit(1, Twice);
        rig.Join(1);
        Assert.Null(rig.Core.NextDeadline);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchedulerOptions { SpeculationShare = 1.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchedulerOptions { SpeculationFactor = 0.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchedulerOptions { SpeculationFloor = TimeSpan.Zero });
    }
}
