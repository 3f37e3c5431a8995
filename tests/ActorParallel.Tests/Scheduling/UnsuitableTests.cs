using ActorParallel.Scheduling;

namespace ActorParallel.Tests.Scheduling;

/// <summary>I3, J2: tasks that find that they can't run on their engine.</summary>
public sealed class UnsuitableTests
{
    static readonly TaskSpec s_once = new();

    [Fact]
    public void It_moves_at_once_and_never_to_the_same_engine_twice()
    {
        var rig = new Rig(Rig.Validated());
        for (var id = 0; id < 4; id++) rig.Join(id);
        rig.Submit(1, s_once);
        var been = new HashSet<int> { rig.EngineOf(1) };
        for (var i = 1; i < 4; i++)
        {
            var given = rig.Finish(1, TaskOutcome.Unsuitable);
            Assert.Equal((Reason.UnsuitableEngine, i), (given.One(InstructionKind.Requeued).Reason, given.One(InstructionKind.Requeued).Run));
            Assert.Equal(i + 1, given.One(InstructionKind.Assign).Run);
            Assert.True(been.Add(rig.EngineOf(1)));
        }
        rig.Finish(1).Ends(1, TaskState.Succeeded);
    }

    [Fact]
    public void When_every_engine_was_tried_it_ends_at_once()
    {
        var rig = new Rig(Rig.Validated());
        rig.Join(0);
        rig.Join(1);
        rig.Submit(1, new TaskSpec { Retries = 9 });
        rig.Finish(1, TaskOutcome.Unsuitable);
        var given = rig.Finish(1, TaskOutcome.Unsuitable);
        given.Ends(1, TaskState.Unschedulable, Reason.UnsuitableEngine);
        Assert.Equal(InstructionKind.Requeued, given[0].Kind);
        Assert.Equal(-1, given[^1].Source);
        Assert.Null(rig.Core.NextDeadline);
    }

    [Fact]
    public void It_waits_for_an_engine_that_is_busy_and_others_do_not_wait_for_it()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.Join(0);
        rig.Join(1);
        rig.Submit([1, 2]);
        var (here, there) = (rig.EngineOf(1), rig.EngineOf(2));
        rig.Submit(3);
        var given = rig.Finish(1, TaskOutcome.Unsuitable);
        given.Goes(3, here);
        Assert.Equal(TaskState.Ready, rig.StateOf(1));
        rig.Finish(2).Goes(1, there);
        Assert.Contains("found that it can't run there", rig.Core.Explain(1)!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_keeps_its_retries()
    {
        var rig = new Rig(Rig.Validated());
        for (var id = 0; id < 3; id++) rig.Join(id);
        rig.Submit(1, new TaskSpec { Retries = 1, BackoffBase = TimeSpan.Zero });
        rig.Finish(1, TaskOutcome.Unsuitable);
        var second = rig.EngineOf(1);
        rig.Finish(1, TaskOutcome.Failed);
        Assert.NotEqual(second, rig.EngineOf(1));
        // Two engines are left to it after the first, and it may come back to the one where it failed.
        rig.Finish(1, TaskOutcome.Unsuitable).Goes(1, second);
        rig.Finish(1, TaskOutcome.Failed).Ends(1, TaskState.Failed, Reason.Exception);
    }

    [Fact]
    public void What_it_asks_of_engines_still_holds()
    {
        var rig = new Rig(Rig.Validated());
        rig.Join(0, tags: ["gpu"]);
        rig.Join(1);
        rig.Join(2, tags: ["gpu"]);
        rig.Submit(1, new TaskSpec { Tags = ["gpu"] });
        var first = rig.EngineOf(1);
        rig.Finish(1, TaskOutcome.Unsuitable).Goes(1, 2 - first);
        rig.Finish(1, TaskOutcome.Unsuitable).Ends(1, TaskState.Unschedulable, Reason.UnsuitableEngine);
        rig.Submit(2, new TaskSpec { Targets = [1] });
        rig.Finish(2, TaskOutcome.Unsuitable).Ends(2, TaskState.Unschedulable, Reason.UnsuitableEngine);
    }

    [Fact]
    public void An_engine_that_may_come_back_is_waited_for_and_one_that_comes_gets_it()
    {
        var rig = new Rig(new SchedulerOptions { Validate = true, InfeasibleTimeout = TimeSpan.FromSeconds(2) });
        rig.Join(0);
        rig.Join(1);
        rig.Submit(1);
        var first = rig.EngineOf(1);
        rig.Lose(1 - first, null);
        Assert.Empty(rig.Finish(1, TaskOutcome.Unsuitable).Tasks(InstructionKind.Complete));
        Assert.Contains($"can't run on engine {first}", rig.Core.Explain(1)!.Because, StringComparison.Ordinal);
        // The one that refused comes again under its id: not there.
        rig.Lose(first, null);
        Assert.Empty(rig.Join(first).Tasks(InstructionKind.Assign));
        rig.Join(7).Goes(1, 7);
        rig.Finish(1).Ends(1, TaskState.Succeeded);
    }

    [Fact]
    public void A_copy_goes_on_where_the_other_was_refused()
    {
        var rig = new Rig(new SchedulerOptions { Validate = true, SpeculationFloor = TimeSpan.FromMilliseconds(1), SpeculationFactor = 1, SpeculationShare = 1 });
        for (var id = 0; id < 3; id++) rig.Join(id);
        var spec = new TaskSpec { Idempotent = true };
        for (var i = 10; i < 20; i++)
        {
            rig.Submit(i, spec);
            rig.Finish(i, run: 10);
        }
        rig.Submit(1, spec);
        var (first, attempt) = (rig.EngineOf(1), rig.AttemptOf(1));
        rig.Tick(SchedulerTime.Second);
        var second = rig.EngineOf(1);
        Assert.NotEqual(first, second);
        Assert.Empty(rig.Finish(first, 1, attempt, TaskOutcome.Unsuitable).Tasks(InstructionKind.Complete));
        Assert.Equal(second, rig.Core.Explain(1)!.EngineId);
        rig.Tick(10 * SchedulerTime.Second);
        Assert.NotEqual(first, rig.EngineOf(1));
        rig.Finish(1, TaskOutcome.Unsuitable);
        for (var left = 3; rig.StateOf(1) == TaskState.Running && left > 0; left--) rig.Finish(1, TaskOutcome.Unsuitable);
        Assert.Single(rig.All, i => i.Kind == InstructionKind.Complete && i.TaskId == 1 && i.State == TaskState.Unschedulable);
        Assert.Equal(3, rig.All.Where(i => i.Kind == InstructionKind.Assign && i.TaskId == 1).Select(i => i.EngineId).Distinct().Count());
        Assert.Equal(3, rig.All.Count(i => i.Kind == InstructionKind.Assign && i.TaskId == 1));
    }

    [Fact]
    public void A_cancelled_one_is_cancelled()
    {
        var rig = new Rig(Rig.Validated());
        rig.Join(0);
        rig.Join(1);
        rig.Submit(1);
        rig.Cancel(1);
        rig.Finish(1, TaskOutcome.Unsuitable).Ends(1, TaskState.Cancelled, Reason.Cancelled);
    }

    [Fact]
    public void Many_with_engines_of_their_own_leave_nothing()
    {
        var rig = new Rig(new SchedulerOptions());
        for (var id = 0; id < 20; id++) rig.Join(id);
        rig.Submit(Enumerable.Range(0, 2000).Select(i => (long)i));
        // Each runs on one engine alone.
        while (rig.Core.InFlight > 0)
        {
            foreach (var task in Enumerable.Range(0, 2000).Where(t => rig.StateOf(t) == TaskState.Running))
                rig.Finish(task, rig.EngineOf(task) == task % 20 ? TaskOutcome.Succeeded : TaskOutcome.Unsuitable);
        }
        Assert.Equal(2000, rig.Core.Counters.Succeeded);
        Assert.InRange(rig.Core.Kept.Classes, 0, 16);
    }
}
