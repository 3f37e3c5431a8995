using ActorParallel.Scheduling;
using static ActorParallel.Scheduling.InstructionKind;

namespace ActorParallel.Tests.Scheduling;

public sealed class AssigningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Four_tasks_on_four_idle_engines_start_on_four_engines(bool inOneBatch)
    {
        var rig = new Rig();
        for (var engine = 0; engine < 4; engine++)
            rig.Join(engine);
        if (inOneBatch)
            rig.Submit([1, 2, 3, 4]);
        else
            for (var id = 1; id <= 4; id++)
                rig.Submit(id);
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(1, 4).Select(id => rig.EngineOf(id)).Order());
        Assert.Equal(4, rig.Core.Counters.Running);
    }

    [Fact]
    public void A_free_worker_beats_a_queue_whatever_the_engines_sizes()
    {
        var rig = new Rig();
        rig.Join(0, workers: 1);
        rig.Join(1, workers: 7);
        rig.Submit(Enumerable.Range(1, 8).Select(i => (long)i));
        Assert.Equal((8, 0), (rig.Core.Counters.Running, rig.Core.Counters.Assigned));
    }

    [Fact]
    public void Engines_with_equal_load_take_turns()
    {
        var rig = new Rig();
        for (var engine = 0; engine < 3; engine++)
            rig.Join(engine);
        for (var id = 1; id <= 6; id++)
            rig.Submit(id);
        Assert.Equal([0, 1, 2, 0, 1, 2], Enumerable.Range(1, 6).Select(id => rig.EngineOf(id)));
    }

    [Fact]
    public void Of_idle_engines_the_last_to_have_worked_goes_first()
    {
        var rig = new Rig();
        for (var engine = 0; engine < 3; engine++)
            rig.Join(engine);
        rig.Submit(1);
        rig.Submit(2);
        Assert.Equal([0, 1], [rig.EngineOf(1), rig.EngineOf(2)]);
        rig.Finish(1);
        rig.Finish(2);
        rig.Submit(3);
        rig.Submit(4);
        Assert.Equal([1, 0], [rig.EngineOf(3), rig.EngineOf(4)]);
    }

    [Fact]
    public void Unmeasured_tasks_start_modestly()
    {
        var rig = new Rig();
        rig.Join(0, workers: 2);
        rig.Submit(Enumerable.Range(1, 100).Select(i => (long)i));
        Assert.Equal((2, 6, 92), (rig.Core.Counters.Running, rig.Core.Counters.Assigned, rig.Core.Counters.Ready));
    }

    [Fact]
    public void The_credit_of_short_tasks_doubles_with_each_round_of_results()
    {
        var rig = new Rig(new SchedulerOptions());
        rig.Join(0);
        rig.Submit(Enumerable.Range(1, 20_000).Select(i => (long)i));
        List<int> outstanding = [];
        for (var round = 0; round < 12; round++)
        {
            var held = rig.Core.Counters.Assigned + rig.Core.Counters.Running;
            outstanding.Add(held);
            foreach (var task in rig.All.Where(i => i.Kind == Assign).Select(i => i.TaskId).TakeLast(held).ToArray())
                rig.Finish(task, run: 10);
        }
        Assert.Equal([4, 8, 24], outstanding.Take(3));
        Assert.Equal(1 + SpecStats.MaxQueued, outstanding[^1]);
        Assert.All(outstanding.Zip(outstanding.Skip(1)), pair => Assert.True(pair.Second <= pair.First * 3 || pair.Second <= 8));
    }

    [Theory]
    [InlineData(100, 1)] // over 50 ms: nothing behind the running one
    [InlineData(10, 2)]
    [InlineData(1, 6)]
    public void Long_tasks_do_not_queue_behind_each_other(int milliseconds, int outstanding)
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(Enumerable.Range(1, 200).Select(i => (long)i));
        for (var id = 1; id <= 20; id++)
            rig.Finish(id, run: milliseconds * SchedulerTime.Millisecond);
        Assert.Equal(outstanding, rig.Core.Counters.Assigned + rig.Core.Counters.Running);
    }

    [Fact]
    public void A_high_water_mark_can_be_fixed()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 3));
        rig.Join(0, workers: 2);
        rig.Submit(Enumerable.Range(1, 50).Select(i => (long)i));
        for (var id = 1; id <= 20; id++)
            rig.Finish(id, run: 1);
        Assert.Equal(6, rig.Core.Counters.Assigned + rig.Core.Counters.Running);
    }

    [Fact]
    public void Higher_priorities_go_first_and_equal_ones_in_order()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        TaskSpec low = new() { Priority = -1 }, high = new() { Priority = 5 };
        rig.Submit(1, low);
        rig.Submit(2);
        rig.Submit(3, high);
        rig.Submit(4);
        rig.Submit(5, high);
        rig.Join(0);
        for (var ended = 0; ended < 5; ended++)
            rig.Finish(rig.All.Last(i => i.Kind == Assign).TaskId);
        Assert.Equal([3, 5, 2, 4, 1], rig.All.ToArray().Tasks(Assign));
    }

    [Fact]
    public void Tasks_behind_a_long_one_are_asked_back_for_an_idle_worker()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2, 3, 4]);
        rig.Now += 10 * SchedulerTime.Millisecond;
        Assert.Equal([4, 3], rig.Join(1).Tasks(Recall));
        rig.Finish(4, TaskOutcome.Returned);
        rig.Finish(3, TaskOutcome.Returned);
        Assert.Equal((1, 1), (rig.EngineOf(3), rig.EngineOf(4)));
        Assert.Equal(0, rig.EngineOf(2));
        rig.Finish(3);
        // The long one still runs: in the end nothing waits behind it.
        rig.Now += 10 * SchedulerTime.Millisecond;
        Assert.Equal([2], rig.Finish(4).Tasks(Recall));
        rig.Finish(2, TaskOutcome.Returned).Goes(2, 1);
    }

    [Fact]
    public void An_engine_that_makes_progress_is_left_alone_until_it_stalls()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2, 3]);
        Assert.Empty(rig.Join(1));
        Assert.Equal(rig.Now + SchedulerTime.Millisecond, rig.Core.NextDeadline);
        rig.Now += SchedulerTime.Millisecond / 2;
        Assert.Empty(rig.Finish(1).Tasks(Recall));
        Assert.Empty(rig.Tick(SchedulerTime.Millisecond / 2));
        Assert.Equal([3], rig.Tick(SchedulerTime.Millisecond / 2).Tasks(Recall));
    }

    [Fact]
    public void A_recall_that_comes_too_late_does_no_harm()
    {
        var rig = new Rig(Rig.Validated(recallAfter: TimeSpan.Zero));
        rig.Join(0);
        rig.Submit([1, 2]);
        Assert.Equal([2], rig.Join(1).Tasks(Recall));
        rig.Finish(1).Ends(1, TaskState.Succeeded);
        rig.Finish(2).Ends(2, TaskState.Succeeded);
        Assert.Equal(0, rig.Core.InFlight);
    }

    [Fact]
    public void A_late_recall_does_not_hide_the_tasks_behind_it()
    {
        var rig = new Rig(Rig.Validated(recallAfter: TimeSpan.Zero));
        rig.Join(0);
        rig.Submit([1, 2]);
        rig.Join(1);
        rig.Stop(1);
        rig.Finish(1);
        Assert.Equal(TaskState.Running, rig.StateOf(2));
        rig.Submit(3);
        Assert.Equal([3], rig.Join(2).Tasks(Recall));
    }

    [Fact]
    public void A_draining_engine_gives_back_what_it_has_not_started_and_gets_nothing_new()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2, 3]);
        Assert.Equal([3, 2], rig.Drain(0).Tasks(Recall));
        rig.Finish(3, TaskOutcome.Returned);
        rig.Finish(2, TaskOutcome.Returned);
        rig.Submit(4);
        Assert.Equal(3, rig.Core.Counters.Ready);
        Assert.Equal(0, rig.Finish(1).One(Drained).EngineId);
        rig.Stop(0);
        var given = rig.Join(1);
        Assert.Equal([2, 3, 4], given.Tasks(Assign));
    }

    [Fact]
    public void Round_robin_gives_to_each_in_turn_and_leaves_out_the_full()
    {
        var rig = new Rig(new SchedulerOptions { Validate = true, HighWaterMark = 2, Policy = static _ => new RoundRobinPolicy() });
        for (var engine = 0; engine < 3; engine++)
            rig.Join(engine);
        rig.Submit([1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Equal([0, 1, 2, 0, 1, 2], Enumerable.Range(1, 6).Select(id => rig.EngineOf(id)));
        rig.Finish(2).Goes(7, 1);
        rig.Finish(6).Goes(8, 2);
    }

    [Fact]
    public void A_task_that_is_in_flight_already_is_not_taken_twice()
    {
        var rig = new Rig();
        rig.Submit(1);
        rig.Submit(1);
        rig.Join(0);
        rig.Submit(1);
        Assert.Single(rig.All.ToArray().Tasks(Assign));
        Assert.Equal(2, rig.Core.Counters.DuplicateSubmissions);
    }
}
