using ActorParallel.Scheduling;
using static ActorParallel.Scheduling.InstructionKind;

namespace ActorParallel.Tests.Scheduling;

public sealed class FairShareTests
{
    static long[] Numbers(int from, int count) => Enumerable.Range(from, count).Select(i => (long)i).ToArray();

    static long Next(Rig rig, long run = SchedulerTime.Millisecond) =>
        rig.Finish(rig.All.Last(i => i.Kind == Assign).TaskId, run: run).Tasks(Assign).Single();

    [Fact]
    public void A_client_with_much_queued_delays_anothers_first_task_by_one_at_most()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.Join(0);
        rig.SubmitFor(1, Numbers(0, 500));
        for (var i = 0; i < 100; i++)
            Next(rig);
        rig.SubmitFor(2, Numbers(1000, 10));
        Assert.InRange(Math.Max(Next(rig), Next(rig)), 1000, 1009);
    }

    [Fact]
    public void Equal_clients_take_turns_each_in_its_own_order()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        for (var client = 0; client < 4; client++)
            rig.SubmitFor(client, Numbers(100 * client, 20));
        rig.Join(0);
        List<long> order = [rig.All.Single(i => i.Kind == Assign).TaskId];
        for (var i = 1; i < 80; i++)
            order.Add(Next(rig));
        foreach (var round in order.Chunk(4))
            Assert.Equal([0, 1, 2, 3], round.Select(id => id / 100).Order());
        for (var client = 0; client < 4; client++)
            Assert.Equal(Numbers(100 * client, 20), order.Where(id => id / 100 == client));
    }

    [Fact]
    public void Turns_are_weighted_by_measured_run_time()
    {
        TaskSpec slow = new(), quick = new();
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.SubmitFor(1, Numbers(0, 1000), slow);
        rig.SubmitFor(2, Numbers(1000, 1000), quick);
        rig.Join(0);
        var time = new long[2];
        for (var i = 0; i < 700; i++)
        {
            var running = rig.All.Last(x => x.Kind == Assign).TaskId;
            var run = running < 1000 ? 9 * SchedulerTime.Millisecond : SchedulerTime.Millisecond;
            time[running / 1000] += run;
            Next(rig, run);
        }
        Assert.InRange((double)time[0] / time[1], 0.9, 1.1);
    }

    [Fact]
    public void A_task_that_took_longer_than_its_like_is_paid_for()
    {
        // Every task of client 1 is of a new kind, so nothing is known before it ends.
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        for (var id = 0; id < 300; id++)
            rig.SubmitFor(1, [id], new TaskSpec());
        rig.SubmitFor(2, Numbers(1000, 1000), new TaskSpec());
        rig.Join(0);
        var count = new int[2];
        for (var i = 0; i < 500; i++)
        {
            var running = rig.All.Last(x => x.Kind == Assign).TaskId;
            count[running / 1000]++;
            Next(rig, running < 1000 ? 20 * SchedulerTime.Millisecond : SchedulerTime.Millisecond);
        }
        Assert.InRange((double)count[1] / count[0], 15, 25);
    }

    [Fact]
    public void Shares_hold_across_what_tasks_ask_for()
    {
        var gpu = new TaskSpec { Tags = ["gpu"] };
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.SubmitFor(1, Numbers(0, 300));
        rig.SubmitFor(2, Numbers(1000, 300), gpu);
        rig.Join(0, 1, ["gpu"]);
        var order = Enumerable.Range(0, 200).Select(_ => Next(rig)).ToArray();
        Assert.InRange(order.Count(id => id >= 1000), 99, 101);
    }

    [Fact]
    public void Priorities_come_before_turns()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 1));
        rig.SubmitFor(1, Numbers(0, 10), new TaskSpec { Priority = 1 });
        rig.SubmitFor(2, Numbers(100, 10));
        rig.Join(0);
        Assert.All(Enumerable.Range(0, 9).Select(_ => Next(rig)), id => Assert.InRange(id, 0, 9));
        Assert.Equal(100, Next(rig));
    }

    [Fact]
    public void Clients_that_came_and_went_leave_nothing()
    {
        var rig = new Rig();
        rig.Join(0);
        for (var client = 0; client < 2000; client++)
        {
            rig.SubmitFor(client, [client], new TaskSpec { Priority = client % 300 });
            rig.Finish(client);
        }
        Assert.InRange(rig.Core.Kept.Accounts, 0, 3 * 65 * 8);
        var one = new Rig();
        one.Join(0);
        for (var client = 0; client < 2000; client++)
        {
            one.SubmitFor(client, [client]);
            one.Finish(client);
        }
        Assert.InRange(one.Core.Kept.Accounts, 0, 65);
    }

    [Fact]
    public void The_tasks_of_a_client_are_known()
    {
        var rig = new Rig();
        rig.SubmitFor(1, [1, 2]);
        rig.SubmitFor(2, [3]);
        rig.Cancel(1);
        Assert.Equal([2], rig.Core.TasksOf(1));
        Assert.Equal([3], rig.Core.TasksOf(2));
        Assert.Empty(rig.Core.TasksOf(3));
    }
}
