namespace ActorParallel.Contract.Tests;

public abstract class TaskContextContract(Executors executors) : Contract(executors)
{
    [Fact]
    public async Task OutsideATaskThereIsNone()
    {
        Assert.Null(TaskContext.Current);
        await Soon(Pool.ApplyAsync(() => 1));
        Assert.Null(TaskContext.Current);
        var seen = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Pool.ApplyAsync(() => 1).OnCompleted(_ => seen.SetResult(TaskContext.Current is null));
        Assert.True(await seen.Task.WaitAsync(Patience, Cancelled));
    }

    [Fact]
    public async Task InsideItTellsTheTask()
    {
        var result = Pool.ApplyAsync(() => (TaskContext.Current!.TaskId, TaskContext.Current.Attempt, TaskContext.Current.CancellationToken.CanBeCanceled));
        Assert.Equal((result.Id, 1, true), await Soon(result));
        Assert.Equal(new[] { true, true }, await Soon(Pool.MapAsync(_ => TaskContext.Current is not null, [1, 2])));
        Assert.Equal(new[] { true, true }, await Soon(Pool.MapAsync(_ => TaskContext.Current is not null, Lazy(2))));
    }

    [Fact]
    public async Task AnAsyncFunctionHasItAfterItsAwaits()
    {
        var result = Pool.ApplyAsync(async () =>
        {
            var before = TaskContext.Current!.TaskId;
            await Task.Delay(5);
            return before == TaskContext.Current!.TaskId ? before : "lost";
        });
        Assert.Equal(result.Id, await Soon(result));
    }

    [Fact]
    public async Task AnEnginesNamespaceOutlivesATask()
    {
        var pool = CreatePool(1);
        var name = $"n{Guid.NewGuid():N}";
        await Soon(pool.ApplyAsync(() => TaskContext.Current!.Namespace[name] = 5));
        Assert.Equal(6, await Soon(pool.ApplyAsync(() => (int)TaskContext.Current!.Namespace[name]! + 1)));
        Assert.Equal(5, await Soon(pool.ApplyAsync(() => TaskContext.Current!.Namespace.GetOrAdd(name, () => 9))));
        Assert.True(await Soon(pool.ApplyAsync(() => TaskContext.Current!.Namespace.Remove(name))));
        Assert.Contains(name, (await Refused<KeyNotFoundException>(() => pool.Apply(() => TaskContext.Current!.Namespace[name]))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public async Task ProgressOutsideItsRangeIsRefused(double fraction) =>
        await Refused<ArgumentOutOfRangeException>(() => Pool.Apply(f => TaskContext.Current!.Report(f), fraction));

    [Fact]
    public async Task WorkersAreNumberedFromZeroInTheirEngine()
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        using var tally = Tally.New();
        var results = Enumerable.Range(0, 2).Select(_ => pool.ApplyAsync(() =>
        {
            tally.Add("started");
            gate.Wait();
            return (TaskContext.Current!.EngineId, TaskContext.Current.WorkerId);
        })).ToArray();
        await Until(() => tally.Count == 2, "both workers run");
        gate.Set();
        var places = new[] { await Soon(results[0]), await Soon(results[1]) };
        Assert.Equal(2, places.Distinct().Count());
        Assert.All(places, place => Assert.InRange(place.WorkerId, 0, 1));
    }

    [Fact]
    public async Task ItemsOfAMapSeeTheWorkerThatRunsThem()
    {
        var pool = CreatePool(2);
        using var tally = Tally.New();
        var places = await Soon(pool.With(chunkSize: 1).MapAsync(
            x =>
            {
                tally.Add("started");
                while (tally.Count < 2) TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(5);
                return (TaskContext.Current!.EngineId, TaskContext.Current.WorkerId);
            },
            [0, 1]));
        Assert.Equal(2, places.Distinct().Count());
    }
}
