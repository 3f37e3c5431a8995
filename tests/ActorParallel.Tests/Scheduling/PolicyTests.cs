using ActorParallel.Scheduling;
using static ActorParallel.Scheduling.InstructionKind;

namespace ActorParallel.Tests.Scheduling;

public sealed class PolicyTests
{
    public static TheoryData<string> Names => [.. SchedulingPolicy.Names];

    static Rig With(string name, int? mark = null, int seed = 1) =>
        new(new SchedulerOptions { Validate = true, HighWaterMark = mark, Policy = SchedulingPolicy.ByName(name) }, seed);

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones()
    {
        var e = Assert.Throws<ArgumentException>(() => SchedulingPolicy.ByName("LeastLoad"));
        foreach (var name in new[] { "least-load", "round-robin", "least-recently-used", "random", "two-choices", "weighted" })
        {
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
            Assert.NotNull(SchedulingPolicy.ByName(name));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_policy_uses_all_room_there_is_and_no_more(string name)
    {
        var rig = With(name, mark: 2);
        for (var engine = 0; engine < 7; engine++)
            rig.Join(engine, 1 + engine % 3);
        rig.Submit(Enumerable.Range(0, 100).Select(i => (long)i));
        Assert.All(rig.Core.Engines(), e => Assert.Equal(2 * e.Workers, e.Outstanding));
        for (var round = 0; round < 60; round++)
            rig.Finish(rig.All.Where(i => i.Kind == Assign).Select(i => i.TaskId).First(id => rig.StateOf(id) == TaskState.Running));
        Assert.Equal(26, rig.Core.Counters.Assigned + rig.Core.Counters.Running);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_policy_avoids_an_engine_only_if_another_does_as_well(string name)
    {
        var retry = new TaskSpec { Retries = 1, BackoffBase = TimeSpan.Zero };
        for (var seed = 0; seed < 20; seed++)
        {
            var rig = With(name, seed: seed);
            rig.Join(0);
            rig.Submit(1, retry);
            rig.Join(1);
            rig.Join(2);
            rig.Finish(1, TaskOutcome.Failed);
            Assert.NotEqual(0, rig.EngineOf(1));
            rig.Stop(1);
            rig.Stop(2);
            rig.Submit(2, retry);
            rig.Finish(2, TaskOutcome.Failed).Goes(2, 0);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_policy_goes_on_when_engines_come_and_go(string name)
    {
        var rig = With(name, mark: 3);
        var random = new Random(4);
        var ids = 0L;
        for (var step = 0; step < 600; step++)
        {
            var engine = random.Next(30);
            switch (random.Next(6))
            {
                case 0: rig.Join(engine, 1 + random.Next(3)); break;
                case 1: rig.Stop(engine); break;
                case 2: rig.Suspend(engine); break;
                case 3: rig.Resume(engine); break;
                default: rig.Submit([ids++, ids++]); break;
            }
            if (rig.All.Count > 0 && rig.All.Where(i => i.Kind == Assign).Select(i => i.TaskId).LastOrDefault(id => rig.StateOf(id) == TaskState.Running, -1) is >= 0 and var id)
                rig.Finish(id);
        }
        Assert.True(rig.Core.Counters.Succeeded > 100);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("two-choices")]
    [InlineData("weighted")]
    public void The_same_seed_gives_the_same_choices_and_another_gives_others(string name)
    {
        List<int> Choices(int seed)
        {
            var rig = With(name, mark: 100, seed: seed);
            for (var engine = 0; engine < 20; engine++)
                rig.Join(engine);
            rig.Submit(Enumerable.Range(0, 200).Select(i => (long)i));
            return [.. rig.All.Where(i => i.Kind == Assign).Select(i => i.EngineId)];
        }
        Assert.Equal(Choices(3), Choices(3));
        Assert.NotEqual(Choices(3), Choices(4));
    }

    [Fact]
    public void Two_choices_and_weights_are_more_even_than_chance()
    {
        int Most(string name)
        {
            var rig = new Rig(new SchedulerOptions { HighWaterMark = 1000, Policy = SchedulingPolicy.ByName(name) });
            for (var engine = 0; engine < 100; engine++)
                rig.Join(engine);
            rig.Submit(Enumerable.Range(0, 2000).Select(i => (long)i));
            return rig.Core.Engines().Max(e => e.Outstanding);
        }
        var (random, two, weighted, least) = (Most("random"), Most("two-choices"), Most("weighted"), Most("least-load"));
        Assert.Equal(20, least);
        Assert.InRange(two, 20, 24);
        Assert.InRange(weighted, 20, 24);
        Assert.InRange(random, 27, 60);
    }

    [Fact]
    public void Least_recently_used_takes_the_engine_that_has_been_idle_longest()
    {
        var rig = With("least-recently-used");
        for (var engine = 0; engine < 3; engine++)
            rig.Join(engine);
        rig.Submit([1, 2, 3]);
        rig.Finish(2);
        rig.Finish(1);
        rig.Finish(3);
        rig.Submit([4, 5, 6]);
        Assert.Equal([rig.EngineOf(2), rig.EngineOf(1), rig.EngineOf(3)], [rig.EngineOf(4), rig.EngineOf(5), rig.EngineOf(6)]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Ten_thousand_engines_are_no_burden(string name)
    {
        var core = new SchedulerCore(new SchedulerOptions { Policy = SchedulingPolicy.ByName(name), HighWaterMark = 2 });
        var output = new InstructionList();
        for (var engine = 0; engine < 10_000; engine++)
            core.Handle(new EngineJoined(engine, 1), 0, output);
        core.Handle(Enumerable.Range(0, 100_000).Select(i => new TaskSubmitted(i, TaskSpec.Default)).ToArray().AsSpan(), 0, output);
        // Looking at every engine for every task would be a thousand million looks.
        for (var at = 0; at < output.Count; at++)
        {
            if (output[at] is { Kind: Assign } assign)
                core.Handle(new TaskFinished(assign.EngineId, assign.TaskId, assign.Attempt, TaskOutcome.Succeeded, 1000), at, output);
            else if (output[at] is { Kind: Recall } recall)
                core.Handle(new TaskFinished(recall.EngineId, recall.TaskId, recall.Attempt, TaskOutcome.Returned), at, output);
        }
        Assert.Equal(100_000, core.Counters.Succeeded);
    }
}
