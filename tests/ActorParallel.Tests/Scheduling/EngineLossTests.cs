using ActorParallel.Scheduling;
using static ActorParallel.Scheduling.InstructionKind;

namespace ActorParallel.Tests.Scheduling;

public sealed class EngineLossTests
{
    static readonly TaskSpec NoDelay = new() { BackoffBase = TimeSpan.Zero };

    [Fact]
    public void Queued_tasks_go_to_the_front_in_their_order_and_only_the_running_one_is_charged()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2, 3, 4, 5, 6]);
        var given = rig.Lose(0);
        Assert.Equal([(4, Reason.Displaced), (3, Reason.Displaced), (2, Reason.Displaced), (1, Reason.EngineLost)], given.Where(i => i.Kind == Requeued).Select(i => (i.TaskId, i.Reason)));
        given = rig.Join(1);
        Assert.Equal([1, 2, 3, 4], given.Tasks(Assign));
        Assert.Equal([2, 1, 1, 1], given.Where(i => i.Kind == Assign).Select(i => i.Run));
    }

    [Fact]
    public void With_several_workers_the_oldest_are_suspected_unless_somebody_knows()
    {
        var rig = new Rig();
        rig.Join(0, workers: 2);
        rig.Submit([1, 2, 3], NoDelay);
        Assert.Equal([1, 2], Charged(rig.Lose(0)));

        rig.Join(1, workers: 2);
        Assert.Equal([3], Charged(rig.Lose(1, 3)));
        rig.Join(2, workers: 2);
        // None of those named is there: somebody is charged all the same, or it could go on for ever.
        Assert.Equal([1, 2], Charged(rig.Lose(2, 77)));

        static long[] Charged(Instruction[] given) =>
            given.Where(i => i.Kind == Requeued && i.Reason == Reason.EngineLost).Select(i => i.TaskId).Order().ToArray();
    }

    [Fact]
    public void An_engine_that_was_stopped_charges_nobody()
    {
        var rig = new Rig();
        rig.Submit(1, NoDelay);
        for (var engine = 0; engine < 20; engine++)
        {
            rig.Join(engine);
            Assert.Equal(Reason.Displaced, rig.Stop(engine).One(Requeued).Reason);
        }
        rig.Join(50);
        rig.Finish(1).Ends(1, TaskState.Succeeded);
    }

    [Fact]
    public void A_task_that_keeps_killing_engines_runs_alone_once_and_is_quarantined()
    {
        var rig = new Rig();
        for (var engine = 0; engine < 4; engine++)
            rig.Join(engine);
        rig.Submit(1, NoDelay);
        for (var loss = 1; loss <= 3; loss++)
        {
            rig.Lose(rig.EngineOf(1), 1);
            rig.Join(10 + loss);
        }
        var alone = rig.EngineOf(1);
        rig.Submit(Enumerable.Range(100, 200).Select(i => (long)i));
        Assert.Equal(1, rig.Core.Engines().Single(e => e.EngineId == alone).Outstanding);
        Assert.True(rig.Core.Counters.Ready > 0);
        rig.Lose(alone, 1).Ends(1, TaskState.Quarantined, Reason.KillsEngines);
        Assert.Equal(4, rig.All.Count(i => i.Kind == Assign && i.TaskId == 1));
    }

    [Fact]
    public void The_engine_for_a_run_alone_is_emptied_first_and_takes_work_again_after_it()
    {
        var rig = new Rig();
        rig.Submit(1, NoDelay);
        for (var engine = 0; engine < 3; engine++)
        {
            rig.Join(engine);
            rig.Submit(10 + engine);
            rig.Join(10);
            rig.Stop(10);
            if (engine < 2)
                rig.Lose(engine, 1);
        }
        rig.Join(3);
        rig.Submit([20, 21, 22, 23, 24, 25, 26]);
        rig.Lose(2, 1);
        Assert.Equal((TaskState.Ready, 1), (rig.StateOf(1), rig.Core.Counters.Isolated));
        Assert.Contains("runs alone", rig.Core.Explain(1)!.ToString(), StringComparison.Ordinal);
        while (rig.StateOf(1) == TaskState.Ready)
        {
            var load = Assert.Single(rig.Core.Engines());
            var oldest = rig.All.Where(i => i.Kind == Assign && i.EngineId == 3).Select(i => i.TaskId).First(id => rig.StateOf(id) == TaskState.Running);
            var given = rig.Finish(oldest);
            Assert.DoesNotContain(given, i => i.Kind == Assign && i.TaskId != 1);
            Assert.True(load.Outstanding > 0);
        }
        Assert.Equal(1, Assert.Single(rig.Core.Engines()).Outstanding);
        var after = rig.Finish(1);
        after.Ends(1, TaskState.Succeeded);
        Assert.NotEmpty(after.Tasks(Assign));
    }

    [Fact]
    public void Of_several_suspects_only_the_one_that_kills_alone_is_blamed()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 4));
        rig.Submit([1, 2], NoDelay);
        var ended = new Dictionary<long, TaskState>();
        for (var engine = 0; engine < 40 && ended.Count < 2; engine++)
        {
            rig.Join(engine, workers: 2);
            foreach (var load in rig.Core.Engines().ToArray())
            {
                // Task 1 kills whatever it runs on; task 2 is merely there, and ends well when it is left alone.
                var has = new[] { 1L, 2L }.Where(id => rig.StateOf(id) == TaskState.Running && rig.EngineOf(id) == load.EngineId).ToArray();
                var given = has.Contains(1) ? rig.Lose(load.EngineId, has) : has.Contains(2) ? rig.Finish(2) : [];
                foreach (var i in given.Where(i => i.Kind == Complete))
                    ended.Add(i.TaskId, i.State);
            }
        }
        Assert.Equal((TaskState.Quarantined, TaskState.Succeeded), (ended[1], ended[2]));
    }

    [Fact]
    public void A_task_that_must_not_run_twice_is_lost_with_its_engine()
    {
        var once = new TaskSpec { EngineLossRetries = 0 };
        var rig = new Rig();
        rig.Join(0);
        rig.Submit([1, 2], once);
        rig.Lose(0, 1).Ends(1, TaskState.Lost, Reason.EngineLost);
        Assert.Equal(TaskState.Ready, rig.StateOf(2));
        rig.Join(1);
        rig.Submit(3, once);
        var given = rig.Lose(1, null);
        given.Ends(2, TaskState.Lost, Reason.EngineLost);
        given.Ends(3, TaskState.Lost, Reason.EngineLost);
    }

    [Fact]
    public void When_no_engine_will_come_again_every_task_ends_lost()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1, new TaskSpec { Retries = 1 });
        rig.Finish(1, TaskOutcome.Failed);
        rig.Submit([2, 3, 4, 5, 6, 7]);
        rig.Exhaust();
        Assert.Equal(7, rig.Core.InFlight);
        var given = rig.Lose(0);
        for (var id = 1; id <= 7; id++)
            given.Ends(id, TaskState.Lost, Reason.NoEngines);
        rig.Submit(8).Ends(8, TaskState.Lost, Reason.NoEngines);
        Assert.Equal("the command isn't there", rig.Core.ExhaustedBecause);
        rig.Join(1);
        rig.Submit(9).Goes(9, 1);
    }

    [Fact]
    public void Waiting_for_a_first_engine_can_be_bounded()
    {
        var rig = new Rig(new SchedulerOptions { Validate = true, NoEnginesTimeout = TimeSpan.FromSeconds(2) });
        rig.Submit(1);
        Assert.Equal(2 * SchedulerTime.Second, rig.Core.NextDeadline);
        Assert.Empty(rig.Tick(SchedulerTime.Second));
        rig.Submit(2);
        var given = rig.Tick(SchedulerTime.Second);
        given.Ends(1, TaskState.Lost, Reason.NoEngines);
        given.Ends(2, TaskState.Lost, Reason.NoEngines);
        Assert.Null(rig.Core.NextDeadline);
    }
}
