using ActorParallel.Scheduling;
using static ActorParallel.Scheduling.InstructionKind;

namespace ActorParallel.Tests.Scheduling;

public sealed class StoppingTests
{
    [Fact]
    public void A_task_nobody_holds_is_cancelled_at_once()
    {
        var rig = new Rig();
        rig.Submit(1);
        rig.Cancel(1).Ends(1, TaskState.Cancelled, Reason.Cancelled);
        rig.Join(0);
        rig.Submit(2, new TaskSpec { Retries = 1 });
        rig.Finish(2, TaskOutcome.Failed);
        rig.Cancel(2).Ends(2, TaskState.Cancelled, Reason.Cancelled);
        Assert.Null(rig.Core.NextDeadline);
        Assert.Empty(rig.Cancel(99));
    }

    [Fact]
    public void A_task_at_an_engine_is_cancelled_there_once_whether_started_or_not()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2]);
        Assert.Equal(1, rig.Cancel(1).One(CancelRunning).TaskId);
        Assert.Equal(2, rig.Cancel(2).One(CancelRunning).TaskId);
        Assert.Empty(rig.Cancel(1));
        rig.Finish(2, TaskOutcome.Cancelled).Ends(2, TaskState.Cancelled, Reason.Cancelled);
        rig.Finish(1, TaskOutcome.Cancelled).Ends(1, TaskState.Cancelled, Reason.Cancelled);
    }

    [Fact]
    public void A_task_that_succeeds_before_the_cancel_arrives_succeeded()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1);
        rig.Cancel(1);
        rig.Finish(1).Ends(1, TaskState.Succeeded);
    }

    [Fact]
    public void A_cancelled_task_is_not_tried_again()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2, 3], new TaskSpec { Retries = 5 });
        for (var id = 1; id <= 3; id++)
            rig.Cancel(id);
        rig.Finish(1, TaskOutcome.Failed).Ends(1, TaskState.Cancelled, Reason.Cancelled);
        rig.Finish(3, TaskOutcome.Returned).Ends(3, TaskState.Cancelled, Reason.Cancelled);
        rig.Lose(0).Ends(2, TaskState.Cancelled, Reason.Cancelled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_task_that_ignores_its_token_ends_with_its_engine_and_charges_nobody(bool cancelled)
    {
        var (state, reason) = cancelled ? (TaskState.Cancelled, Reason.Cancelled) : (TaskState.TimedOut, Reason.RunTimeout);
        var rig = new Rig();
        rig.Join(0, workers: 2);
        rig.Submit([1, 2, 3]);
        if (cancelled)
            rig.Cancel(1);
        var end = rig.Overrun(1).One(EndEngine);
        Assert.Equal((0, reason), (end.EngineId, end.Reason));
        Assert.Empty(rig.Overrun(2));
        rig.Submit(4);
        Assert.Equal(TaskState.Ready, rig.StateOf(4));
        var given = rig.Lose(0, 1, 2);
        given.Ends(1, state, reason);
        given.Ends(2, TaskState.TimedOut, Reason.RunTimeout);
        Assert.Equal((3, Reason.Displaced), (given.One(Requeued).TaskId, given.One(Requeued).Reason));
    }

    [Fact]
    public void A_running_neighbour_of_one_that_overran_is_not_charged()
    {
        var rig = new Rig();
        rig.Submit(2, new TaskSpec { EngineLossRetries = 1 });
        for (var i = 0; i < 10; i++)
        {
            rig.Join(i, workers: 2);
            rig.Submit(100 + i);
            rig.Overrun(100 + i);
            Assert.Equal(Reason.Displaced, rig.Lose(i, 2, 100 + i).One(Requeued).Reason);
        }
        rig.Join(50);
        rig.Finish(2).Ends(2, TaskState.Succeeded);
    }

    [Fact]
    public void A_run_that_took_too_long_timed_out()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1, new TaskSpec { Retries = 2, RunTimeout = TimeSpan.FromSeconds(1) });
        rig.Finish(1, TaskOutcome.TimedOut).Ends(1, TaskState.TimedOut, Reason.RunTimeout);
    }

    static readonly TaskSpec Hasty = new() { QueueTimeout = TimeSpan.FromSeconds(1), Retries = 1, BackoffBase = TimeSpan.FromSeconds(5), Jitter = 0 };

    [Fact]
    public void A_task_that_waits_too_long_for_an_engine_times_out()
    {
        var rig = new Rig();
        rig.Submit(1, Hasty);
        Assert.Equal(SchedulerTime.Second, rig.Core.NextDeadline);
        Assert.Empty(rig.Tick(SchedulerTime.Second - 1));
        rig.Tick(1).Ends(1, TaskState.TimedOut, Reason.QueueTimeout);
        rig.Submit(2, Hasty);
        rig.Now += 2 * SchedulerTime.Second;
        // A late tick makes no difference.
        rig.Join(0).Ends(2, TaskState.TimedOut, Reason.QueueTimeout);
    }

    [Fact]
    public void The_queue_timeout_ends_with_the_first_start()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1, Hasty);
        Assert.Null(rig.Core.NextDeadline);
        rig.Finish(1, TaskOutcome.Failed);
        Assert.Equal(5 * SchedulerTime.Second, rig.Core.NextDeadline);
        rig.Tick(5 * SchedulerTime.Second).Goes(1, 0);
    }

    [Fact]
    public void Queued_at_an_engine_only_the_engine_knows_whether_it_started()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2, 3], Hasty);
        Assert.Equal([2, 3], rig.Tick(SchedulerTime.Second).Tasks(Recall));
        rig.Finish(3, TaskOutcome.Returned).Ends(3, TaskState.TimedOut, Reason.QueueTimeout);
        rig.Finish(1);
        rig.Finish(2).Ends(2, TaskState.Succeeded);
    }

    [Fact]
    public void A_task_told_or_known_to_have_started_keeps_no_queue_timer()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2, 3], Hasty);
        rig.Finish(1);
        Assert.Equal(TaskState.Running, rig.StateOf(2));
        rig.Start(3);
        Assert.Null(rig.Core.NextDeadline);
    }

    [Fact]
    public void A_queue_timeout_also_ends_what_its_lost_engine_never_started()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1);
        rig.Submit(2, Hasty);
        rig.Tick(SchedulerTime.Second);
        rig.Lose(0).Ends(2, TaskState.TimedOut, Reason.QueueTimeout);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TaskSpec { Retries = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TaskSpec { QueueTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TaskSpec { Jitter = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchedulerOptions { HighWaterMark = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchedulerOptions { RecallAfter = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchedulerOptions { NoEnginesTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rig().Join(1, workers: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rig().Join(-1));
    }
}
