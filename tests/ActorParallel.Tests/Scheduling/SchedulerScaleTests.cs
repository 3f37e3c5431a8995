using System.Diagnostics;
using ActorParallel.Scheduling;

namespace ActorParallel.Tests.Scheduling;

public sealed class SchedulerScaleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ten_thousand_engines_do_two_hundred_thousand_tasks_in_virtual_time(bool roundRobin)
    {
        const int engines = 10_000, tasks = 200_000;
        var core = new SchedulerCore(new SchedulerOptions { Policy = roundRobin ? static _ => new RoundRobinPolicy() : static _ => new LeastLoadPolicy() });
        var simulation = new Simulation(core, engines, seed: 11);
        simulation.Submit(tasks, new TaskSpec { QueueTimeout = TimeSpan.FromHours(1) });
        simulation.Run();
        Assert.Equal(tasks, core.Counters.Succeeded);
        Assert.Equal(0, core.InFlight);
        // 20 tasks an engine of 1 to 20 ms, one in a thousand of 300 ms: near the ideal makespan, with nothing stuck behind a long one.
        Assert.InRange(simulation.Now / SchedulerTime.Millisecond, 190, 700);
    }

    [Fact]
    public void Ended_tasks_leave_nothing_behind()
    {
        var core = new SchedulerCore();
        var output = new InstructionList();
        for (var engine = 0; engine < 4; engine++)
            core.Handle(new EngineJoined(engine, 1), 0, output);
        var runner = new Runner(core, output);
        var limits = TaskSpec.Default;
        for (var burst = 0; burst < 50; burst++)
            runner.Run(20_000, batch: 20_000, new TaskSpec { QueueTimeout = TimeSpan.FromDays(1), Priority = burst % 3 });
        Assert.Equal(1_000_000, core.Counters.Succeeded);
        runner.Run(10_000, batch: 1, limits);
        var kept = core.Kept;
        Assert.Equal((0, 0), (kept.Tasks, kept.Timers));
        Assert.InRange(kept.TaskCapacity, 0, 20_000);
        Assert.InRange(kept.Pooled, 0, 4096);
        Assert.InRange(kept.TimerCapacity, 0, 1024);
        Assert.InRange(kept.Specs, 0, 257);

        // And nothing is allocated for a task once the pool is warm.
        runner.Run(2_000, batch: 500, limits);
        var before = GC.GetAllocatedBytesForCurrentThread();
        runner.Run(50_000, batch: 500, limits);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_past_burst_is_not_paid_for_ever()
    {
        var core = new SchedulerCore();
        var output = new InstructionList();
        core.Handle(new EngineJoined(0, 4), 0, output);
        var runner = new Runner(core, output);
        runner.Run(300_000, batch: 300_000, new TaskSpec { QueueTimeout = TimeSpan.FromDays(1) });
        runner.Run(10_000, batch: 10, TaskSpec.Default);
        var kept = core.Kept;
        Assert.InRange(kept.TaskCapacity, 0, 40_000);
        Assert.InRange(kept.Pooled, 0, 4096);
        Assert.InRange(kept.TimerCapacity, 0, 1024);
    }

    /// <summary>Run it with <c>-explicit only</c>, built for Release; it prints and asserts nothing about time.</summary>
    [Theory(Explicit = true)]
    [InlineData(4, 500)]
    [InlineData(4, 100_000)]
    [InlineData(1_000, 50_000)]
    public void Tasks_per_second(int engines, int batch)
    {
        var core = new SchedulerCore();
        var output = new InstructionList();
        for (var engine = 0; engine < engines; engine++)
            core.Handle(new EngineJoined(engine, 1), 0, output);
        var runner = new Runner(core, output);
        runner.Run(500_000, batch, TaskSpec.Default);
        const int tasks = 3_000_000;
        var started = Stopwatch.GetTimestamp();
        var cpu = Environment.CpuUsage.TotalTime;
        runner.Run(tasks, batch, TaskSpec.Default);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        var took = Stopwatch.GetElapsedTime(started);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{engines} engines, batches of {batch}: {tasks / took.TotalSeconds / 1e6:0.00} million tasks/s (submit, assign, finish), {cpu.TotalNanoseconds / tasks:0} ns of processor time a task");
        Assert.Equal(0, core.InFlight);
    }

    /// <summary>Engines that finish everything they are given at once, in batches.</summary>
    sealed class Runner(SchedulerCore core, InstructionList output)
    {
        readonly TaskSubmitted[] _submitted = new TaskSubmitted[500];
        readonly TaskFinished[] _finished = new TaskFinished[500];
        InstructionList _spare = new();
        long _id;
        long _now;

        public void Run(int tasks, int batch, TaskSpec spec)
        {
            for (var done = 0; done < tasks; done += batch)
            {
                for (var left = Math.Min(batch, tasks - done); left > 0;)
                {
                    var some = Math.Min(left, _submitted.Length);
                    for (var i = 0; i < some; i++)
                        _submitted[i] = new TaskSubmitted(_id++, spec);
                    core.Handle(_submitted.AsSpan(0, some), _now++, output);
                    left -= some;
                }
                while (core.InFlight > 0)
                    FinishAssigned();
                output.Clear();
            }
        }

        // Reads behind what it writes: the list is cleared when all of it was carried out.
        void FinishAssigned()
        {
            var n = 0;
            var upTo = output.Count;
            for (var i = 0; i < upTo; i++)
            {
                var instruction = output[i];
                if (instruction.Kind != InstructionKind.Assign)
                    continue;
                _finished[n++] = new TaskFinished(instruction.EngineId, instruction.TaskId, instruction.Attempt, TaskOutcome.Succeeded, 50);
                if (n == _finished.Length)
                {
                    Deliver(n);
                    n = 0;
                }
            }
            Deliver(n);
            (output, _spare) = (_spare, output);
            _spare.Clear();
        }

        void Deliver(int count)
        {
            if (count > 0)
                core.Handle(_finished.AsSpan(0, count), _now++, _spare);
        }
    }
}
