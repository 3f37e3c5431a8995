using ActorParallel.Scheduling;
using CsCheck;

namespace ActorParallel.Tests.Scheduling;

public sealed class SchedulerPropertyTests
{
    static readonly Gen<(int Kind, int Detail)[]> Steps = Gen.Select(Gen.Int[0, World.Kinds - 1], Gen.Int[0, 1000]).Array[0, 150];

    static readonly string[] Policies = [.. SchedulingPolicy.Names];

    static readonly Gen<SchedulerOptions> Options = Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Int[0, Policies.Length - 1], Gen.Bool).Select((mark, atOnce, policy, keeps) => new SchedulerOptions
    {
        Validate = true,
        HighWaterMark = mark == 0 ? null : mark,
        RecallAfter = atOnce ? TimeSpan.Zero : TimeSpan.FromMilliseconds(1),
        Policy = SchedulingPolicy.ByName(Policies[policy]),
        KeepsEnded = keeps,
        InfeasibleTimeout = TimeSpan.FromMilliseconds(keeps ? 4 : 20),
        SpeculationFloor = TimeSpan.FromMilliseconds(1),
        SpeculationFactor = 1,
        SpeculationShare = mark == 1 ? 1 : 0.1,
    });

    [Fact]
    public void Whatever_happens_the_invariants_hold_and_every_task_ends_exactly_once() =>
        Gen.Select(Options, Steps).Sample((options, steps) =>
        {
            var world = new World(options, seed: 5);
            foreach (var (kind, detail) in steps)
            {
                world.Step(kind, detail);
                Assert.True(world.Core.Explain(detail % 200) is null or { Because.Length: > 0 });
                Assert.All(world.Ends.Values, n => Assert.InRange(n, 0, 1));
            }
            world.Quiesce();
            Assert.All(world.Ends, end => Assert.Equal(1, end.Value));
            Assert.Equal(world.Ends.Count, world.Core.Counters.Ended);
            Assert.Equal((0, 0, 0, 0), (world.Core.Kept.Tasks, world.Core.Kept.Timers, world.Core.Counters.Retired, world.Core.Counters.Copies));
        }, iter: 2_000, threads: 2);

    [Fact]
    public void The_same_events_give_the_same_instructions() =>
        Gen.Select(Options, Steps).Sample((options, steps) =>
        {
            World first = new(options, seed: 7), second = new(options, seed: 7);
            foreach (var (kind, detail) in steps)
            {
                first.Step(kind, detail);
                second.Step(kind, detail);
            }
            Assert.Equal(first.Given, second.Given);
        }, iter: 300, threads: 2);

    [Fact]
    public void The_random_worlds_see_everything_there_is_to_see()
    {
        var random = new Random(3);
        var seen = new HashSet<(InstructionKind, Reason)>();
        var sum = new long[6];
        for (var run = 0; run < 400; run++)
        {
            var world = new World(
                new SchedulerOptions { HighWaterMark = 1 + run % 3, KeepsEnded = run % 2 == 0, SpeculationFloor = TimeSpan.FromMilliseconds(1), SpeculationFactor = 1, InfeasibleTimeout = TimeSpan.FromMilliseconds(5) },
                run);
            for (var step = 0; step < 150; step++)
                world.Step(random.Next(World.Kinds), random.Next(1000));
            world.Quiesce();
            seen.UnionWith(world.Given.Select(i => (i.Kind, i.Reason)));
            var c = world.Core.Counters;
            long[] now = [c.Speculations, c.Adoptions, c.StaleResults, c.Quarantined, c.TimedOut, c.Unschedulable];
            for (var i = 0; i < sum.Length; i++)
                sum[i] += now[i];
        }
        Assert.All(sum, n => Assert.True(n > 10, string.Join(' ', sum)));
        foreach (var reason in Enum.GetValues<Reason>().Except([Reason.None, Reason.Straggles, Reason.Beaten]))
            Assert.True(seen.Any(s => s.Item2 == reason), $"{reason} was never seen");
        foreach (var kind in Enum.GetValues<InstructionKind>())
            Assert.Contains(seen, s => s.Item1 == kind);
        Assert.Contains((InstructionKind.Assign, Reason.Straggles), seen);
        Assert.Contains((InstructionKind.CancelRunning, Reason.Beaten), seen);
    }
}
