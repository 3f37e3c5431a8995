namespace ActorParallel.ClusterTests;

/// <summary>I1–I5: what comes after what, and where.</summary>
[Collection(nameof(CalmCluster))]
public sealed class DependencyTests(CalmCluster shared) : ClusterTest(shared)
{
    static int Broken() => throw new InvalidOperationException("broken");

    [Fact]
    public async Task ATaskRunsAfterOthersHaveSucceeded()
    {
        using var gate = Signal.New();
        using var tally = Tally.New();
        var first = Tasks.ApplyAsync(() => gate.Wait() && tally.Add("first") > 0);
        var second = Tasks.ApplyAsync(() => tally.Add("second"));
        var third = Tasks.With(after: [first, second]).ApplyAsync(() => (tally.CountOf("first"), tally.CountOf("second")));
        await Ended(second);
        await Until(() => third.State == TaskState.Waiting, "it waits");
        Assert.Contains("wait", await Client.ExplainAsync(third.Id, Cancelled), StringComparison.OrdinalIgnoreCase);
        gate.Set();
        Assert.Equal((1, 1), await Soon(third));
    }

    [Fact]
    public async Task ALongChainOfShortTasksRunsInItsOrder()
    {
        using var tally = Tally.New();
        AsyncResult<int>? last = null;
        for (var i = 0; i < 200; i++)
        {
            var expected = i;
            last = (last is null ? Tasks : Tasks.With(after: [last])).ApplyAsync(() => tally.Count == expected ? tally.Add("step") : throw new InvalidOperationException($"{tally.Count} steps before step {expected}"));
        }
        Assert.Equal(200, await Soon(last!));
    }

    [Fact]
    public async Task WhatComesAfterAFailureIsNotRun()
    {
        using var gate = Signal.New();
        using var tally = Tally.New();
        var broken = Tasks.ApplyAsync(() => gate.Wait() ? Broken() : 0);
        var dependent = Tasks.With(after: [broken]).ApplyAsync(() => tally.Add("ran"));
        var onIt = Tasks.With(after: [dependent]).ApplyAsync(() => tally.Add("ran"));
        gate.Set();
        Assert.Contains(broken.Id, (await Fails<UnschedulableException>(dependent)).Message, StringComparison.Ordinal);
        await Fails<UnschedulableException>(onIt);
        await Ended(broken);
        var late = Tasks.With(after: [broken]).ApplyAsync(() => tally.Add("ran"));
        Assert.IsType<InvalidOperationException>((await Fails<UnschedulableException>(late)).InnerException);
        Assert.Equal(TaskState.Unschedulable, late.State);
        Assert.Equal(0, tally.Count);
    }

    [Fact]
    public async Task AConditionMayBeFailureOrAnyOfSeveral()
    {
        var broken = Tasks.ApplyAsync(() => Broken());
        var fine = Tasks.ApplyAsync(() => 1);
        var cleanup = Tasks.With(Tasks.Options with { Dependencies = [TaskDependency.After([broken], onSuccess: false, onFailure: true)] }).ApplyAsync(() => "cleaned");
        var either = Tasks.With(Tasks.Options with { Dependencies = [TaskDependency.After([broken, fine], onFailure: true)] }).ApplyAsync(() => "either");
        var any = Tasks.With(Tasks.Options with { Dependencies = [TaskDependency.After([broken, fine], all: false)] }).ApplyAsync(() => "any");
        Assert.Equal("cleaned", await Soon(cleanup));
        Assert.Equal("either", await Soon(either));
        Assert.Equal("any", await Soon(any));
        var noFailure = Tasks.With(Tasks.Options with { Dependencies = [TaskDependency.After([fine], onSuccess: false, onFailure: true)] }).ApplyAsync(() => 1);
        await Fails<UnschedulableException>(noFailure);
        Assert.Throws<ArgumentException>(() => TaskDependency.After([fine], onSuccess: false));
        Assert.Throws<ArgumentException>(() => TaskDependency.After([null!]));
    }

    [Fact]
    public async Task FollowingRunsWhereTheOtherRan()
    {
        for (var i = 0; i < 4; i++)
        {
            var first = Tasks.With(targets: [i]).ApplyAsync(() => TaskContext.Current!.EngineId);
            var open = Tasks.With(follow: [first]).ApplyAsync(() => TaskContext.Current!.EngineId);
            Assert.Equal(i, await Soon(open));
            Assert.Equal(i, await Soon(Tasks.With(follow: [first]).ApplyAsync(() => TaskContext.Current!.EngineId)));
        }
        var zero = Tasks.With(targets: [0]).ApplyAsync(() => 0);
        var one = Tasks.With(targets: [1]).ApplyAsync(() => 1);
        await Fails<UnschedulableException>(Tasks.With(follow: [zero, one]).ApplyAsync(() => 1));
        await Ended(zero);
        await Ended(one);
        await Fails<UnschedulableException>(Tasks.With(follow: [zero, one]).ApplyAsync(() => 1));
        await Fails<UnschedulableException>(Tasks.With(follow: [zero], targets: [1]).ApplyAsync(() => 1));
        Assert.Equal(0, await Soon(Tasks.With(follow: [zero], targets: [1, 0]).ApplyAsync(() => TaskContext.Current!.EngineId)));
    }

    [Fact]
    public async Task ATaskMayComeAfterMapsDirectCallsAndOtherPrograms()
    {
        using var gate = Signal.New();
        using var tally = Tally.New();
        await using var other = await Cluster.ConnectAsync(Cancelled);
        var foreign = other.LoadBalancedView().ApplyAsync(() => gate.Wait() && tally.Add("foreign") > 0);
        await other.QueueStatusAsync(Cancelled);
        var map = Tasks.With(chunkSize: 1).MapAsync(i => tally.Add("map"), Enumerable.Range(0, 5));
        var direct = All.ApplyAsync(() => tally.Add("direct"));
        var single = Client[1].ApplyAsync(() => tally.Add("single"));
        var byId = Client.GetResult<bool>(foreign.Id);
        var last = Tasks.With(after: [map, direct, single, byId]).ApplyAsync(() => tally.Count);
        var onLast = Tasks.With(after: [last]).ApplyAsync(() => tally.Count);
        Assert.Equal(TaskState.Waiting, last.State);
        gate.Set();
        Assert.Equal(11, await Soon(last));
        Assert.Equal(11, await Soon(onLast));
    }

    [Fact]
    public async Task WhatTheCallerChangesAfterTheCallIsNotTheTasks()
    {
        using var gate = Signal.New();
        var values = new[] { 1, 2, 3 };
        var map = Tasks.MapAsync(_ => gate.Wait(), [1]);
        var sum = Tasks.With(after: [map]).ApplyAsync(v => v.Sum(), values);
        values[0] = 100;
        gate.Set();
        Assert.Equal(6, await Soon(sum));
    }

    [Fact]
    public async Task AWaitingTaskIsCancelledWhereverItWaits()
    {
        using var gate = Signal.New();
        using var tally = Tally.New();
        var first = Tasks.ApplyAsync(gate.Wait);
        var map = Tasks.MapAsync(_ => gate.Wait(), [1]);
        var there = Tasks.With(after: [first]).ApplyAsync(() => tally.Add("ran"));
        var here = Tasks.With(after: [map]).ApplyAsync(() => tally.Add("ran"));
        await Until(() => there.State == TaskState.Waiting && here.State == TaskState.Waiting, "both wait");
        there.Cancel();
        here.Cancel();
        foreach (var result in new AsyncResult[] { there, here })
        {
            await Fails<OperationCanceledException>(result);
            Assert.Equal(CancellationStep.BeforeStart, result.Metadata.Cancellation);
        }
        gate.Set();
        Assert.True(await Soon(first));
        await Ended(map);
        Assert.Equal(1, await Soon(Tasks.ApplyAsync(() => 1)));
        Assert.Equal(0, tally.Count);
    }

    [Fact]
    public async Task WhatWasForgottenCannotBeComeAfter()
    {
        var unknown = Client.GetResult<int>("3ffffe-1");
        await Fails<KeyNotFoundException>(unknown);
        Assert.IsType<KeyNotFoundException>((await Fails<UnschedulableException>(Tasks.With(after: [unknown]).ApplyAsync(() => 1))).InnerException);
    }

    [Fact]
    public async Task AGraphOfResultsRunsAsItsValuesCome()
    {
        var leaves = Enumerable.Range(0, 8).Select(i => Tasks.ApplyAsync(x => x, i)).ToArray();
        for (; leaves.Length > 1; leaves = [.. leaves.Chunk(2).Select(pair => Tasks.ApplyAsync((a, b) => a + b, pair[0], pair[1]))])
        {
        }
        Assert.Equal(28, await Soon(leaves[0]));
    }
}
