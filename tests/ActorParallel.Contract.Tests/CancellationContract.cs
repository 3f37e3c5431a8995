namespace ActorParallel.Contract.Tests;

public abstract class CancellationContract(Executors executors) : Contract(executors)
{
    static readonly ParallelPoolOptions s_short = new() { CancelGracePeriod = TimeSpan.FromMilliseconds(150) };

    [Fact]
    public async Task AWaitingTaskIsCancelledAtOnceAndNeverRuns()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        using var tally = Tally.New();
        var first = pool.ApplyAsync(gate.Wait);
        var second = pool.ApplyAsync(() => tally.Add("ran"));
        await Until(() => gate.Entered == 1, "the first task runs");
        Assert.True(second.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() => second.Get(Patience));
        Assert.Equal(TaskState.Cancelled, second.State);
        Assert.False(second.Successful);
        Assert.Equal(CancellationStep.BeforeStart, second.Metadata.Cancellation);
        gate.Set();
        Assert.True(await Soon(first));
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
        Assert.Equal(0, tally.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARunningTaskSeesItsToken(bool async)
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var result = async
            ? pool.ApplyAsync(async () =>
            {
                gate.Enter();
                await Task.Delay(Timeout.InfiniteTimeSpan, TaskContext.Current!.CancellationToken);
                return true;
            })
            : pool.ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "the task runs");
        Assert.True(result.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon(result));
        Assert.Equal(TaskState.Cancelled, result.State);
        Assert.Equal(CancellationStep.Token, result.Metadata.Cancellation);
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
    }

    [Fact]
    public async Task ATaskThatIgnoresItsTokenIsGivenUpAfterTheGracePeriodAndThePoolGoesOn()
    {
        var pool = CreatePool(1, s_short);
        for (var i = 0; i < 3; i++)
        {
            using var gate = Signal.New();
            var result = pool.ApplyAsync(gate.WaitStubbornly);
            await Until(() => gate.Entered == 1, "the task runs");
            Assert.True(result.Cancel());
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon(result));
            Assert.Equal(TaskState.Cancelled, result.State);
            Assert.Equal(CancellationStep.Forced, result.Metadata.Cancellation);
            Assert.Equal(i, await Soon(pool.ApplyAsync(x => x, i)));
        }
    }

    [Fact]
    public async Task ATaskThatIsGivenUpStaysCancelledWhenItReturnsAfterAll()
    {
        using var gate = Signal.New();
        var pool = CreatePool(1, s_short);
        var result = pool.ApplyAsync(gate.WaitStubbornly);
        await Until(() => gate.Entered == 1, "the task runs");
        result.Cancel();
        await Ended(result);
        var before = result.Metadata;
        gate.Set();
        for (var i = 0; i < 20; i++) await Soon(pool.ApplyAsync(() => 1));
        await Task.Delay(50, Cancelled);
        Assert.Equal(before, result.Metadata);
    }

    [Fact]
    public async Task WhatHasEndedCannotBeCancelled()
    {
        var result = Pool.ApplyAsync(() => 1);
        Assert.Equal(1, await Soon(result));
        Assert.False(result.Cancel());
        Assert.Equal(1, result.Get());
        Assert.Equal(CancellationStep.None, result.Metadata.Cancellation);
    }

    [Fact]
    public async Task CancellingTwiceIsCancellingOnce()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var result = pool.ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "the task runs");
        result.Cancel();
        result.Cancel();
        await Ended(result);
        Assert.Equal(CancellationStep.Token, result.Metadata.Cancellation);
    }

    [Fact]
    public async Task TheCallersTokenCancelsTheTask()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        using var stop = new CancellationTokenSource();
        var running = pool.ApplyAsync(gate.Wait, stop.Token);
        var waiting = pool.ApplyAsync(() => 1, stop.Token);
        var map = pool.MapAsync(x => x, [1, 2], stop.Token);
        var lazy = pool.MapAsync(x => x, Naturals(), stop.Token);
        await Until(() => gate.Entered == 1, "the task runs");
        await stop.CancelAsync();
        foreach (var result in new AsyncResult[] { running, waiting, map, lazy })
        {
            await Ended(result);
            Assert.Equal(TaskState.Cancelled, result.State);
            Assert.IsType<OperationCanceledException>(result.Error, exactMatch: false);
        }
        Assert.ThrowsAny<OperationCanceledException>(() => pool.ApplyAsync(() => 1, stop.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => pool.MapAsync(x => x, [1], stop.Token));
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1, Cancelled)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACancelledMapIsCancelledEvenWhenItsLastItemsSawTheToken(bool lazy)
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        using var tally = Tally.New();
        var items = lazy ? Lazy(2) : [.. Lazy(2)];
        var map = pool.With(chunkSize: 1).MapAsync(x => tally.Add("started") > 0 && gate.Wait(), items);
        await Until(() => tally.Count == 2, "both items run");
        Assert.True(map.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon(map));
        Assert.Equal(TaskState.Cancelled, map.State);
        Assert.Equal(new[] { 1, 2 }, await Soon(pool.MapAsync(x => x + 1, [0, 1])));
    }

    [Fact]
    public async Task ACancelledMapStartsNoFurtherItem()
    {
        var pool = CreatePool(1);
        using var tally = Tally.New();
        var map = pool.With(chunkSize: 50).MapAsync(
            x =>
            {
                tally.Add("started");
                return TaskContext.Current!.CancellationToken.WaitHandle.WaitOne();
            },
            Enumerable.Range(0, 100).ToArray());
        await Until(() => tally.Count == 1, "the first item runs");
        Assert.True(map.Cancel());
        await Ended(map);
        Assert.Equal(TaskState.Cancelled, map.State);
        await Soon(pool.ApplyAsync(() => 1));
        // A few may start between two looks at the token.
        Assert.InRange(tally.Count, 1, 5);
    }

    [Fact]
    public async Task AMapWhoseItemsIgnoreTheTokenIsGivenUp()
    {
        using var gate = Signal.New();
        var pool = CreatePool(2, s_short);
        var map = pool.With(chunkSize: 1).MapAsync(_ => gate.WaitStubbornly(), Enumerable.Range(0, 10).ToArray());
        await Until(() => gate.Entered > 0, "the map runs");
        map.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon(map));
        Assert.Equal(new[] { 0, 1 }, await Soon(pool.MapAsync(x => x, [0, 1])));
    }

    [Fact]
    public async Task CancelledResultsAreCancelledTasks()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var first = pool.ApplyAsync(gate.Wait);
        var second = pool.ApplyAsync(() => 1);
        var task = second.AsTask();
        await Until(() => gate.Entered == 1, "the first task runs");
        second.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Patience));
        Assert.True(task.IsCanceled);
        gate.Set();
        await Ended(first);
    }
}
