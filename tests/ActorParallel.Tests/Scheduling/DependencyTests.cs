using ActorParallel.Scheduling;
using static ActorParallel.Scheduling.InstructionKind;

namespace ActorParallel.Tests.Scheduling;

public sealed class DependencyTests
{
    static Rig Keeping() => new(new SchedulerOptions { Validate = true, KeepsEnded = true });

    static Dependencies After(params long[] ids) => new(new DependencyGroup(ids));

    static Dependencies Following(params long[] ids) => new(new DependencyGroup(ids, DependencyKind.Follow));

    static Dependencies AnyOf(params long[] ids) => new(new DependencyGroup(ids, all: false));

    [Fact]
    public void A_task_waits_until_all_have_succeeded()
    {
        var rig = new Rig();
        rig.Join(0, 2);
        rig.Submit([1, 2]);
        Assert.Empty(rig.Submit(3, After(1, 2, 1)));
        Assert.Equal((TaskState.Waiting, 1), (rig.StateOf(3), rig.Core.Counters.Waiting));
        Assert.Equal("Task 3 waits for all of the tasks 1, 2 to succeed.", rig.Core.Explain(3)!.ToString());
        rig.Finish(1);
        Assert.Equal("Task 3 waits for task 2 to succeed.", rig.Core.Explain(3)!.ToString());
        rig.Finish(2).Goes(3, 0);
        Assert.Equal(0, rig.Core.Counters.Waiting);
    }

    [Theory]
    [InlineData(true, false, nameof(TaskOutcome.Succeeded), true)]
    [InlineData(true, false, nameof(TaskOutcome.Failed), false)]
    [InlineData(false, true, nameof(TaskOutcome.Succeeded), false)]
    [InlineData(false, true, nameof(TaskOutcome.Failed), true)]
    [InlineData(false, true, nameof(TaskOutcome.TimedOut), true)]
    [InlineData(false, true, nameof(TaskOutcome.Cancelled), true)]
    [InlineData(true, true, nameof(TaskOutcome.Succeeded), true)]
    [InlineData(true, true, nameof(TaskOutcome.Failed), true)]
    public void How_a_task_must_have_ended_can_be_said(bool onSuccess, bool onFailure, string ended, bool goes)
    {
        var outcome = Enum.Parse<TaskOutcome>(ended);
        foreach (var before in new[] { false, true })
        {
            foreach (var all in new[] { false, true })
            {
                var rig = Keeping();
                rig.Join(0);
                rig.Submit(1);
                var dependencies = new Dependencies(new DependencyGroup([1], all: all, onSuccess: onSuccess, onFailure: onFailure));
                Instruction[] given;
                if (before)
                {
                    rig.Finish(1, outcome);
                    given = rig.Submit(2, dependencies);
                }
                else
                {
                    rig.Submit(2, dependencies);
                    given = rig.Finish(1, outcome);
                }
                if (goes)
                    given.Goes(2, 0);
                else
                    given.Ends(2, Reason.DependencyEnded, culprit: 1);
            }
        }
    }

    [Fact]
    public void Any_goes_with_the_first_and_gives_up_with_the_last()
    {
        var rig = new Rig();
        rig.Join(0, 4);
        rig.Submit([1, 2, 3]);
        rig.Submit(10, AnyOf(1, 2));
        rig.Submit(11, AnyOf(1, 3));
        Assert.Equal("Task 10 waits for one of the tasks 1, 2 to succeed.", rig.Core.Explain(10)!.ToString());
        Assert.Empty(rig.Finish(1, TaskOutcome.Failed).Tasks(Assign));
        rig.Finish(2).Goes(10, 0);
        rig.Finish(3, TaskOutcome.Failed).Ends(11, Reason.DependencyEnded, culprit: 3);
    }

    [Fact]
    public void Groups_must_all_be_met()
    {
        var rig = new Rig();
        rig.Join(0, 4);
        rig.Submit([1, 2, 3]);
        rig.Submit(10, new Dependencies(new DependencyGroup([1, 2], all: false), new DependencyGroup([3], onSuccess: false, onFailure: true), new DependencyGroup([])));
        Assert.Empty(rig.Finish(1).Tasks(Assign));
        rig.Finish(3, TaskOutcome.Failed).Goes(10, 0);
        Assert.Empty(rig.Finish(2).Tasks(Assign));
    }

    [Fact]
    public void Bad_dependencies_end_at_once_or_are_refused()
    {
        var rig = Keeping();
        rig.Join(0);
        rig.Submit(1, After(1)).Ends(1, Reason.DependsOnItself, culprit: 1);
        rig.Submit(2, After(77)).Ends(2, Reason.UnknownDependency, culprit: 77);
        rig.Submit(3, AnyOf(2, 78)).Ends(3, Reason.UnknownDependency, culprit: 78);
        Assert.Throws<ArgumentException>(() => new DependencyGroup([1], onSuccess: false));
        Assert.Throws<ArgumentNullException>(() => new DependencyGroup(null!));
        rig.Submit(4, new Dependencies()).Goes(4, 0);
        Assert.Equal(0, rig.Core.Counters.Waiting);
    }

    [Fact]
    public void Tasks_that_wait_for_each_other_end_at_once()
    {
        var rig = new Rig(Rig.Validated());
        var output = new InstructionList();
        // In one batch: the first names one that is not there yet, and the others come after it.
        static Dependencies After(long id) => new(new DependencyGroup([id]));
        TaskSubmitted[] cycle = [new(1, TaskSpec.Default, After(3)), new(2, TaskSpec.Default, After(1)), new(3, TaskSpec.Default, After(2))];
        rig.Core.Handle(cycle.AsSpan(), 0, output);
        var given = output.AsSpan().ToArray();
        foreach (var id in (long[])[1, 2, 3]) Assert.Equal(TaskState.Unschedulable, given.Single(i => i.Kind == InstructionKind.Complete && i.TaskId == id).State);
        Assert.Equal(Reason.UnknownDependency, given[0].Reason);
        Assert.Equal(0, rig.Core.InFlight);
    }

    [Fact]
    public void How_a_task_ended_is_known_until_it_is_released()
    {
        var rig = Keeping();
        rig.Join(4);
        rig.Submit([1, 2]);
        rig.Finish(1);
        Assert.Equal((TaskState.Succeeded, 4), rig.Core.Ended(1));
        rig.Submit(3, After(1)).Goes(3, 4);
        rig.Release(1, 2, 99);
        rig.Submit(5, After(1)).Ends(5, Reason.UnknownDependency, culprit: 1);
        // Released in flight: nothing is left of it, but those that wait for it already still learn how it ended.
        rig.Submit(6, After(2));
        rig.Finish(2).Goes(6, 4);
        Assert.Null(rig.Core.Ended(2));
        rig.Release(3, 5, 6);
        rig.Finish(3);
        rig.Finish(6);
        Assert.Equal((0, 0, 0), (rig.Core.Counters.KeptEnded, rig.Core.InFlight, rig.Core.Kept.Timers));
    }

    [Fact]
    public void A_pool_keeps_nothing()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1);
        rig.Finish(1);
        Assert.Equal(0, rig.Core.Counters.KeptEnded);
        rig.Submit(2, After(1)).Ends(2, Reason.UnknownDependency, culprit: 1);
    }

    [Fact]
    public void A_follower_runs_where_the_other_ran()
    {
        var rig = Keeping();
        for (var engine = 0; engine < 5; engine++)
            rig.Join(engine);
        rig.Submit(1, new TaskSpec { Targets = [3] });
        for (var id = 10; id < 13; id++)
            rig.Submit(id, Following(1));
        Assert.Contains("to run where they ran", rig.Core.Explain(10)!.ToString(), StringComparison.Ordinal);
        rig.Finish(1);
        rig.Submit(13, Following(1));
        Assert.All([10, 11, 12, 13], id => Assert.Equal(3, rig.EngineOf(id)));
    }

    [Fact]
    public void Nothing_can_follow_to_two_engines_nor_to_one_that_is_gone()
    {
        var rig = Keeping();
        for (var engine = 0; engine < 3; engine++)
            rig.Join(engine);
        rig.Submit([1, 2, 3]);
        rig.Submit(10, Following(1, 2));
        rig.Submit(11, new Dependencies(new DependencyGroup([1], DependencyKind.Follow), new DependencyGroup([2], DependencyKind.Follow)));
        rig.Submit(12, new Dependencies(new DependencyGroup([1, 2], DependencyKind.Follow, all: false)));
        rig.Submit(13, Following(1), new TaskSpec { Targets = [2] });
        var first = rig.Finish(1);
        first.Goes(12, rig.EngineOf(1));
        first.Ends(13, Reason.FollowsSeveralEngines, culprit: 1);
        var second = rig.Finish(2);
        second.Ends(10, Reason.FollowsSeveralEngines, culprit: 2);
        second.Ends(11, Reason.FollowsSeveralEngines, culprit: 2);
        rig.Finish(3);
        rig.Stop(rig.EngineOf(3));
        rig.Submit(14, Following(3)).Ends(14, Reason.FollowedEngineGone, culprit: 3);
        // It comes back with the same id: then it is there.
        rig.Join(rig.EngineOf(3));
        rig.Submit(15, Following(3)).Goes(15, rig.EngineOf(3));
    }

    [Fact]
    public void A_follower_ends_with_the_engine_it_waits_for()
    {
        var rig = new Rig(new SchedulerOptions { Validate = true, KeepsEnded = true, HighWaterMark = 1 });
        rig.Join(0);
        rig.Join(1);
        rig.Submit([1, 2]);
        rig.Finish(1);
        rig.Submit(3, new TaskSpec { Targets = [0] });
        rig.Submit(4, Following(1));
        Assert.Equal(TaskState.Ready, rig.StateOf(4));
        rig.Lose(0, 3).Ends(4, Reason.FollowedEngineGone, culprit: 1);
    }

    [Fact]
    public void Followers_of_one_that_ran_nowhere_cannot_run()
    {
        var rig = Keeping();
        rig.Submit(1);
        rig.Submit(2, new Dependencies(new DependencyGroup([1], DependencyKind.Follow, onSuccess: false, onFailure: true)));
        rig.Cancel(1).Ends(2, Reason.FollowedEngineGone, culprit: 1);
    }

    [Fact]
    public void Waiting_tasks_can_be_cancelled_and_time_out()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1);
        rig.Submit(2, After(1), new TaskSpec { QueueTimeout = TimeSpan.FromSeconds(1) });
        rig.Submit(3, After(1));
        rig.Submit(4, After(2));
        rig.Submit(5, After(3));
        var timedOut = rig.Tick(SchedulerTime.Second);
        timedOut.Ends(2, TaskState.TimedOut, Reason.QueueTimeout);
        timedOut.Ends(4, Reason.DependencyEnded, culprit: 2);
        var cancelled = rig.Cancel(3);
        cancelled.Ends(3, TaskState.Cancelled, Reason.Cancelled);
        cancelled.Ends(5, Reason.DependencyEnded, culprit: 3);
        rig.Finish(1);
        Assert.Equal(0, rig.Core.InFlight);
    }

    [Theory]
    [InlineData(nameof(TaskOutcome.Succeeded))]
    [InlineData(nameof(TaskOutcome.Failed))]
    public void A_long_chain_costs_no_stack(string ended)
    {
        var outcome = Enum.Parse<TaskOutcome>(ended);
        const int length = 100_000;
        var core = new SchedulerCore();
        var output = new InstructionList();
        core.Handle(new TaskSubmitted(0, TaskSpec.Default), 0, output);
        for (var id = 1; id < length; id++)
            core.Handle(new TaskSubmitted(id, TaskSpec.Default, After(id - 1)), 0, output);
        core.Handle(new EngineJoined(0, 1), 0, output);
        for (var at = 0; at < output.Count; at++)
        {
            if (output[at] is { Kind: Assign } assign)
                core.Handle(new TaskFinished(0, assign.TaskId, assign.Attempt, outcome), 0, output);
        }
        Assert.Equal(outcome == TaskOutcome.Succeeded ? (length, 0) : (0, length - 1), (core.Counters.Succeeded, core.Counters.Unschedulable));
        Assert.Equal(0, core.InFlight);
    }

    [Fact]
    public void A_wide_graph_costs_its_edges()
    {
        const int width = 300;
        var core = new SchedulerCore(new SchedulerOptions { HighWaterMark = width });
        var output = new InstructionList();
        core.Handle(new EngineJoined(0, 1), 0, output);
        var firsts = Enumerable.Range(0, width).Select(i => (long)i).ToArray();
        core.Handle(firsts.Select(id => new TaskSubmitted(id, TaskSpec.Default)).ToArray().AsSpan(), 0, output);
        for (var i = 0; i < width; i++)
            core.Handle(new TaskSubmitted(width + i, TaskSpec.Default, After(firsts)), 0, output);
        for (var at = 0; at < output.Count; at++)
        {
            if (output[at] is { Kind: Assign } assign)
                core.Handle(new TaskFinished(0, assign.TaskId, assign.Attempt, TaskOutcome.Succeeded), 0, output);
        }
        Assert.Equal(2 * width, core.Counters.Succeeded);
    }

    [Fact]
    public void Cancelled_waiters_do_not_pile_up_behind_a_long_task()
    {
        var dependents = new Dependents();
        var stays = new TaskWait(new TaskEntry(), After(0));
        dependents.Edges.Add((stays, 0));
        for (var i = 0; i < 10_000; i++)
        {
            var wait = new TaskWait(new TaskEntry(), After(0));
            dependents.Edges.Add((wait, 0));
            wait.Entry = null;
            dependents.OneDied();
            Assert.InRange(dependents.Edges.Count, 1, 40);
        }
        Assert.Contains((stays, 0), dependents.Edges);
    }
}
