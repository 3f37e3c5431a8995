using ActorParallel.Scheduling;
using static ActorParallel.Scheduling.InstructionKind;

namespace ActorParallel.Tests.Scheduling;

public sealed class ConstraintTests
{
    static readonly TaskSpec Gpu = new() { Tags = ["gpu"] };
    static readonly TaskSpec TwoCards = new() { Resources = new Dictionary<string, double> { ["card"] = 2 } };

    static TaskSpec On(params int[] engines) => new() { Targets = engines };

    [Fact]
    public void A_task_goes_where_all_its_tags_are()
    {
        var rig = new Rig();
        rig.Join(0, tags: ["gpu"]);
        rig.Join(1, tags: ["big", "gpu"]);
        rig.Join(2, tags: ["big"]);
        var both = new TaskSpec { Tags = ["gpu", "big"] };
        for (var id = 1; id <= 3; id++)
            rig.Submit(id, both);
        Assert.All([1, 2, 3], id => Assert.Equal(1, rig.EngineOf(id)));
    }

    [Fact]
    public void A_task_goes_to_one_of_its_targets()
    {
        var rig = new Rig();
        for (var engine = 0; engine < 4; engine++)
            rig.Join(engine);
        rig.Submit([1, 2], On(3, 1));
        Assert.Equal([1, 3], new[] { rig.EngineOf(1), rig.EngineOf(2) }.Order());
    }

    [Fact]
    public void Resources_are_held_while_a_task_is_at_the_engine()
    {
        var rig = new Rig();
        rig.Join(0, 4, null, ("card", 3));
        rig.Submit([1, 2], TwoCards);
        Assert.Equal((TaskState.Running, TaskState.Ready), (rig.StateOf(1), rig.StateOf(2)));
        Assert.Equal("Task 2 is ready: it needs 2 of the resource 'card', and other tasks hold it on each of the 1 engines that suit it.", rig.Core.Explain(2)!.ToString());
        Assert.Equal(1, rig.Core.Load(0)!.Value.Resources.Single().Free);
        var one = new TaskSpec { Resources = new Dictionary<string, double> { ["card"] = 0.5 } };
        rig.Submit([3, 4, 5], one);
        Assert.Equal((TaskState.Running, TaskState.Running, TaskState.Ready), (rig.StateOf(3), rig.StateOf(4), rig.StateOf(5)));
        rig.Finish(1).Goes(2, 0);
        rig.Finish(3).Goes(5, 0);
        foreach (var id in new[] { 2, 4, 5 })
            rig.Finish(id);
        Assert.Equal(3, rig.Core.Load(0)!.Value.Resources.Single().Free);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Resources_come_back_when_a_task_fails_or_is_given_back(bool fails)
    {
        var rig = new Rig();
        rig.Join(0, 1, null, ("card", 2));
        rig.Submit([1, 2], TwoCards);
        rig.Finish(1, fails ? TaskOutcome.Failed : TaskOutcome.Cancelled).Goes(2, 0);
    }

    [Fact]
    public void Tasks_that_cannot_go_hold_nobody_up_and_keep_their_order_among_themselves()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.Join(0, 1, ["gpu"]);
        rig.Join(1);
        rig.Submit([1, 2, 3], Gpu);
        rig.Submit(4).Goes(4, 1);
        Assert.Equal("Task 2 is ready: no engine with the tag 'gpu' has room.", rig.Core.Explain(2)!.ToString());
        rig.Submit(5);
        rig.Finish(1).Goes(2, 0);
        rig.Finish(2).Goes(3, 0);
        rig.Finish(3).Goes(5, 0);
    }

    [Fact]
    public void Priority_counts_across_what_tasks_ask_for()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.Join(0, 1, ["gpu"]);
        rig.Submit(1);
        rig.Submit(2, new TaskSpec { Priority = 1 });
        rig.Submit(3, new TaskSpec { Priority = 2, Tags = ["gpu"] });
        rig.Submit(4, Gpu);
        rig.Submit(5);
        List<long> order = [];
        for (var i = 0; i < 4; i++)
            order.AddRange(rig.Finish(rig.All.Last(x => x.Kind == Assign).TaskId).Tasks(Assign));
        Assert.Equal([3, 2, 4, 5], order);
    }

    [Theory]
    [InlineData("tag", nameof(Reason.NoSuchTag), "no engine has the tag 'fpga'")]
    [InlineData("none", nameof(Reason.NoSuchResource), "no engine has the resource 'license'")]
    [InlineData("much", nameof(Reason.NoSuchResource), "no engine has 5 of the resource 'card' (the most is 2)")]
    [InlineData("target", nameof(Reason.NoSuchEngine), "no engine with the id 7 or 9 is there")]
    [InlineData("both", nameof(Reason.NoSuchCombination), "no engine has all that it asks for at once")]
    public void What_no_engine_can_ever_run_ends_at_once(string what, string reason, string words)
    {
        var rig = new Rig();
        rig.Join(0, 1, ["gpu"], ("card", 1));
        rig.Join(1, 1, null, ("card", 2));
        rig.Join(2, 1, ["fpga"]);
        rig.Drain(2);
        var spec = what switch
        {
            "tag" => new TaskSpec { Tags = ["fpga", "gpu"] },
            "none" => new TaskSpec { Resources = new Dictionary<string, double> { ["license"] = 1 } },
            "much" => new TaskSpec { Resources = new Dictionary<string, double> { ["card"] = 5 } },
            "target" => On(9, 7),
            _ => new TaskSpec { Tags = ["gpu"], Resources = new Dictionary<string, double> { ["card"] = 2 } },
        };
        rig.Submit(1, spec).Ends(1, TaskState.Unschedulable, Enum.Parse<Reason>(reason));
        Assert.Equal(words, rig.Core.WhyInfeasible(spec));
        Assert.Null(rig.Core.WhyInfeasible(Gpu));
        Assert.Null(rig.Core.WhyInfeasible(TaskSpec.Default));
    }

    [Fact]
    public void Before_the_first_engine_everything_waits_and_then_only_for_a_while()
    {
        var rig = new Rig();
        rig.Submit(1, Gpu);
        rig.Submit(2, On(1));
        rig.Join(0);
        Assert.Equal((TaskState.Ready, TaskState.Ready), (rig.StateOf(1), rig.StateOf(2)));
        Assert.Equal("Task 1 is ready: no engine has the tag 'gpu', and it waits 10.0 s more for one.", rig.Core.Explain(1)!.ToString());
        rig.Join(1).Goes(2, 1);
        Assert.Equal(10 * SchedulerTime.Second, rig.Core.NextDeadline);
        rig.Tick(10 * SchedulerTime.Second).Ends(1, TaskState.Unschedulable, Reason.NoSuchTag);
    }

    [Fact]
    public void When_the_last_engine_that_suits_goes_tasks_wait_for_it_to_come_back()
    {
        var rig = new Rig(new SchedulerOptions { Validate = true, InfeasibleTimeout = TimeSpan.FromSeconds(3), HighWaterMark = 1 });
        rig.Join(0);
        rig.Join(1, 1, ["gpu"]);
        rig.Submit([1, 2], Gpu);
        rig.Lose(1, 1);
        Assert.Equal((TaskState.Ready, TaskState.Ready), (rig.StateOf(1), rig.StateOf(2)));
        // Also what comes while it is away waits for it.
        rig.Submit(3, On(1));
        rig.Now += SchedulerTime.Second;
        Assert.Equal([1], rig.Join(1, 1, ["gpu"]).Tasks(Assign));
        rig.Lose(1, 1);
        rig.Tick(2 * SchedulerTime.Second);
        rig.Submit(4, Gpu);
        var given = rig.Tick(SchedulerTime.Second);
        foreach (var id in new[] { 1, 2, 4 })
            given.Ends(id, TaskState.Unschedulable, Reason.NoSuchTag);
        given.Ends(3, TaskState.Unschedulable, Reason.NoSuchEngine);
        rig.Submit(5, Gpu).Ends(5, TaskState.Unschedulable, Reason.NoSuchTag);
        Assert.Null(rig.Core.NextDeadline);
    }

    [Fact]
    public void A_task_that_runs_alone_gets_an_engine_that_suits()
    {
        var kills = new TaskSpec { Tags = ["gpu"], EngineLossRetries = 1, BackoffBase = TimeSpan.Zero };
        var rig = new Rig();
        rig.Join(0, 2);
        rig.Join(1, 2, ["gpu"]);
        rig.Submit(1, kills);
        rig.Lose(1, 1);
        Assert.Equal(1, rig.Core.Counters.Isolated);
        rig.Join(2, 2, ["gpu"]).Goes(1, 2);
        rig.Lose(2, 1).Ends(1, TaskState.Quarantined, Reason.KillsEngines);
    }

    [Fact]
    public void What_only_one_engine_can_run_is_not_asked_back_for_others()
    {
        var rig = new Rig();
        rig.Join(0, 1, ["gpu"]);
        rig.Join(1);
        rig.Submit([1, 2, 3], Gpu);
        for (var i = 0; i < 20; i++)
            Assert.Empty(rig.Tick(5 * SchedulerTime.Millisecond));
        Assert.Null(rig.Core.NextDeadline);
        Assert.Equal([3], rig.Join(2, 1, ["gpu"]).Tasks(Recall).Concat(rig.Tick(5 * SchedulerTime.Millisecond).Tasks(Recall)));
    }

    [Fact]
    public void Many_blocked_tasks_cost_the_others_nothing()
    {
        var core = new SchedulerCore(new SchedulerOptions { HighWaterMark = 1 });
        var output = new InstructionList();
        core.Handle(new EngineJoined(0, 1), 0, output);
        core.Handle(new EngineJoined(1, 1, ["gpu"]), 0, output);
        core.Handle(Enumerable.Range(0, 200_000).Select(i => new TaskSubmitted(i, Gpu)).ToArray().AsSpan(), 0, output);
        output.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var engines = 0;
        // Looking at each blocked task for each of these would be 40 thousand million looks.
        for (var i = 0; i < 200_000; i++)
        {
            core.Handle(new TaskSubmitted(1_000_000 + i, TaskSpec.Default), i, output);
            engines += output[0].EngineId;
            core.Handle(new TaskFinished(0, 1_000_000 + i, 1, TaskOutcome.Succeeded, 1), i, output);
            output.Clear();
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Equal((0, 199_999), (engines, core.Counters.Ready));
    }

    [Fact]
    public void Classes_come_and_go()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Join(1);
        for (var id = 0; id < 200; id++)
        {
            rig.Submit(id, new TaskSpec { Targets = [0, 1, 2 + id] });
            rig.Finish(id);
        }
        Assert.InRange(rig.Core.Kept.Classes, 0, 16);
    }

    [Fact]
    public void Bad_constraints_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new TaskSpec { Tags = ["gpu", " "] });
        Assert.Throws<ArgumentException>(() => new TaskSpec { Targets = [] });
        Assert.Throws<ArgumentException>(() => new TaskSpec { Targets = [-1] });
        foreach (var amount in new[] { 0, -1, double.NaN, double.PositiveInfinity, 1e-9 })
            Assert.Throws<ArgumentOutOfRangeException>(() => new TaskSpec { Resources = new Dictionary<string, double> { ["card"] = amount } });
        Assert.Throws<ArgumentException>(() => new TaskSpec { Resources = new Dictionary<string, double> { [""] = 1 } });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rig().Join(0, 1, null, ("card", -1)));
        Assert.Throws<ArgumentException>(() => new Rig().Join(0, 1, [""]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchedulerOptions { InfeasibleTimeout = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rig().Submit(-1));
    }
}
