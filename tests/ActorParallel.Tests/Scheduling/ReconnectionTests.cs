using ActorParallel.Scheduling;
using static ActorParallel.Scheduling.InstructionKind;

namespace ActorParallel.Tests.Scheduling;

public sealed class ReconnectionTests
{
    [Fact]
    public void A_suspended_engine_gets_nothing_new_and_keeps_what_it_holds()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2]);
        Assert.Empty(rig.Suspend(0));
        rig.Submit(3);
        Assert.Equal((TaskState.Running, TaskState.Assigned, TaskState.Ready), (rig.StateOf(1), rig.StateOf(2), rig.StateOf(3)));
        Assert.Equal("Task 1 runs on engine 0 (attempt 1), which is cut off.", rig.Core.Explain(1)!.ToString());
        Assert.EndsWith("and 1 are cut off.", rig.Core.Explain(3)!.ToString(), StringComparison.Ordinal);
        Assert.Equal((1, true), (rig.Core.Counters.SuspendedEngines, rig.Core.Load(0)!.Value.Suspended));
        // What is stuck there is not asked for: nobody would hear.
        Assert.Equal([3], rig.Join(1).Tasks(Assign));
        rig.Finish(3);
        Assert.Empty(rig.Tick(SchedulerTime.Second));
        rig.Finish(1).Ends(1, TaskState.Succeeded);
        Assert.Equal([2], rig.Resume(0).Concat(rig.Finish(2)).Where(i => i.Kind == Complete).Select(i => i.TaskId));
        Assert.Empty(rig.Resume(0));
        Assert.Empty(rig.Suspend(77));
    }

    [Fact]
    public void The_loss_of_a_suspended_engine_is_a_loss()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1);
        rig.Suspend(0);
        rig.Lose(0, 1);
        Assert.Equal(0, rig.Core.Counters.SuspendedEngines);
        rig.Join(1);
        Assert.Equal((1, 2), (rig.EngineOf(1), rig.AttemptOf(1)));
    }

    [Fact]
    public void What_was_decided_meanwhile_is_told_when_the_engine_is_back()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2]);
        rig.Submit(3, new TaskSpec { QueueTimeout = TimeSpan.FromSeconds(1) });
        rig.Suspend(0);
        Assert.Empty(rig.Cancel(1));
        Assert.Empty(rig.Tick(SchedulerTime.Second));
        Assert.Empty(rig.Drain(0));
        var told = rig.Resume(0);
        Assert.Equal([1], told.Tasks(CancelRunning));
        Assert.Equal([2, 3], told.Tasks(Recall).Order());
        rig.Finish(3, TaskOutcome.Returned).Ends(3, TaskState.TimedOut, Reason.QueueTimeout);
        rig.Finish(2, TaskOutcome.Returned);
        rig.Finish(1, TaskOutcome.Cancelled).One(Drained);
    }

    [Fact]
    public void An_assignment_lost_on_the_way_goes_elsewhere_when_the_engine_says_so()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1);
        rig.Suspend(0);
        rig.Join(1);
        rig.Resume(0);
        rig.Finish(1, TaskOutcome.Returned).Goes(1, 1);
    }

    [Fact]
    public void A_new_controller_takes_over_what_an_engine_runs()
    {
        var rig = new Rig();
        Assert.Empty(rig.JoinWith(4, 2, new TaskAdopted(1, TaskSpec.Default, 4, 7), new TaskAdopted(2, TaskSpec.Default, 4, 1)));
        Assert.Equal((TaskState.Running, 0, 2L), (rig.StateOf(1), rig.Core.Counters.FreeWorkers, rig.Core.Counters.Adoptions));
        Assert.Empty(rig.Finish(4, 1, 6));
        rig.Finish(4, 1, 7).Ends(1, TaskState.Succeeded);
        rig.Lose(4, 2);
        rig.Join(5);
        Assert.Equal((5, 2), (rig.EngineOf(2), rig.AttemptOf(2)));
    }

    [Fact]
    public void Later_attempts_are_numbered_above_the_adopted_one()
    {
        var rig = new Rig();
        rig.JoinWith(0, 1, new TaskAdopted(1, new TaskSpec { Retries = 1, BackoffBase = TimeSpan.Zero }, 0, 41));
        rig.Finish(0, 1, 41, TaskOutcome.Failed);
        Assert.Equal(42, rig.AttemptOf(1));
        // The engine is not there: an arrival like any other, but for the numbers.
        rig.Adopt(2, engine: 9, attempt: 5);
        rig.Finish(0, 1, 42);
        Assert.Equal((0, 6), (rig.EngineOf(2), rig.AttemptOf(2)));
    }

    [Theory]
    [InlineData("ready")]
    [InlineData("delayed")]
    [InlineData("waiting")]
    public void A_task_that_is_in_flight_but_at_no_engine_is_adopted_from_there(string state)
    {
        var rig = new Rig();
        rig.Submit(9);
        if (state == "waiting")
        {
            rig.Submit(1, new Dependencies(new DependencyGroup([9])));
        }
        else if (state == "ready")
        {
            rig.Submit(1, new TaskSpec { QueueTimeout = TimeSpan.FromSeconds(5) });
        }
        else
        {
            rig.Cancel(9);
            rig.Join(0);
            rig.Submit(1, new TaskSpec { Retries = 1 });
            rig.Finish(1, TaskOutcome.Failed);
            rig.Stop(0);
        }
        rig.JoinWith(3, 1, new TaskAdopted(1, TaskSpec.Default, 3, 2));
        Assert.Equal((TaskState.Running, 3), (rig.StateOf(1), rig.Core.Explain(1)!.EngineId));
        rig.Finish(3, 1, 2).Ends(1, TaskState.Succeeded);
        Assert.Equal(0, rig.Core.Kept.Timers);
    }

    [Fact]
    public void An_attempt_that_comes_too_late_to_be_adopted_is_called_off()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1);
        rig.Join(1);
        var given = rig.Adopt(1, engine: 1, attempt: 3);
        var called = given.One(CancelRunning);
        Assert.Equal((1, 3, Reason.Beaten), (called.EngineId, called.Attempt, called.Reason));
        Assert.Equal((1, 1), (rig.Core.Counters.Retired, rig.Core.Counters.Running));
        Assert.Empty(rig.Adopt(1, engine: 1, attempt: 3));
        Assert.Empty(rig.Adopt(1, engine: 0, attempt: 1));
        Assert.Empty(rig.Finish(1, 1, 3));
        Assert.Equal(0, rig.Core.Counters.Retired);
        rig.Lose(0, 1);
        Assert.Equal((1, 4), (rig.EngineOf(1), rig.AttemptOf(1)));
    }

    [Fact]
    public void Bad_adoptions_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rig().Adopt(1, 0, attempt: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rig().Adopt(-1, 0, attempt: 1));
        var core = new SchedulerCore();
        Assert.Throws<ArgumentNullException>(() => core.Handle(new TaskAdopted(1, null!, 0, 1), 0, new InstructionList()));
        Assert.Throws<ArgumentNullException>(() => core.Handle(new TaskSubmitted(1, null!), 0, new InstructionList()));
        Assert.Equal(0, core.InFlight);
    }
}
