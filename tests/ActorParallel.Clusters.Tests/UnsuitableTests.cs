namespace ActorParallel.ClusterTests;

/// <summary>I3, J2: tasks that find out on the engine whether it is one for them.</summary>
[Collection(nameof(CalmCluster))]
public sealed class UnsuitableTests(CalmCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task ATaskMovesUntilAnEngineSuits()
    {
        using var tally = Tally.New();
        var result = Tasks.ApplyAsync(() =>
        {
            tally.Add($"engine{TaskContext.Current!.EngineId}");
            return TaskContext.Current.EngineId == 2 ? TaskContext.Current.Attempt : throw new UnsuitableEngineException("only engine 2 has it");
        });
        var attempt = await Soon(result);
        Assert.Equal(2, result.Metadata.EngineId);
        Assert.Equal(attempt, tally.Count);
        Assert.InRange(attempt, 1, 4);
        // Never twice at the same.
        for (var id = 0; id < 4; id++) Assert.InRange(tally.CountOf($"engine{id}"), 0, 1);
    }

    [Fact]
    public async Task WhatIsRequiredIsAskedBeforeTheFunctionRuns()
    {
        using var tally = Tally.New();
        var wanted = 3;
        var picky = Tasks.With(requires: () => TaskContext.Current!.EngineId == wanted);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal((3, i), await Soon(picky.ApplyAsync(x => (TaskContext.Current!.EngineId + 0 * tally.Add("ran"), x), i)));
            Assert.Equal(3, await Soon(picky.ApplyAsync(async () =>
            {
                await Task.Yield();
                return TaskContext.Current!.EngineId;
            })));
        }
        Assert.Equal(6, tally.Count);
        var where = await Soon(picky.With(chunkSize: 3).MapAsync(_ => TaskContext.Current!.EngineId, Enumerable.Range(0, 20)));
        Assert.All(where, id => Assert.Equal(3, id));
    }

    [Fact]
    public async Task WhenNoEngineSuitsItIsSaidOfEach()
    {
        var result = Tasks.With(retries: 50, requires: () => false).ApplyAsync(() => 1);
        var error = await Fails<UnschedulableException>(result);
        for (var id = 0; id < 4; id++) Assert.Contains($"engine {id}: what it requires", error.Message, StringComparison.Ordinal);
        var restricted = await Fails<UnschedulableException>(Tasks.With(targets: [1, 2]).ApplyAsync(() => throw new UnsuitableEngineException($"engine {TaskContext.Current!.EngineId} has no disk")));
        Assert.Contains("engine 1 has no disk", restricted.Message, StringComparison.Ordinal);
        Assert.Contains("engine 2 has no disk", restricted.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("engine 3", restricted.Message, StringComparison.Ordinal);
        // What is asked may fail like any function.
        Assert.Equal("asked", (await Fails<InvalidOperationException>(Tasks.With(requires: () => throw new InvalidOperationException("asked")).ApplyAsync(() => 1))).Message);
        Assert.Contains("UnsuitableEngine", (await Client.History.Where(t => t.Id == result.Id).ToListAsync(Cancelled))[0].ErrorType, StringComparison.Ordinal);
    }

    static int Unsuited() => throw new UnsuitableEngineException("not here");

    [Fact]
    public async Task OnAnEngineByNameItIsAnExceptionLikeAnyOther()
    {
        Assert.Equal("not here", (await Fails<UnsuitableEngineException>(Client[1].ApplyAsync(() => Unsuited()))).Message);
        var map = await Fails<ParallelMapException<int>>(All.MapAsync(x => x == 0 ? throw new UnsuitableEngineException("not here") : x, Enumerable.Range(0, 8)));
        Assert.Equal([0], map.Errors.Keys);
    }
}
