namespace ActorParallel.Contract.Tests;

public abstract class ResultContract(Executors executors) : Contract(executors)
{
    [Fact]
    public async Task AResultIsNotReadyBeforeItsTaskHasEnded()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var result = pool.ApplyAsync(gate.Wait);
        Assert.False(result.Ready);
        Assert.Null(result.Error);
        Assert.Throws<InvalidOperationException>(() => result.Successful);
        await Until(() => gate.Entered == 1, "the task runs");
        Assert.False(result.Ready);
        // Processes tell a beginning when a task has run for a while.
        await Until(() => result.State == TaskState.Running, "the task is known to run");
        gate.Set();
        Assert.True(await Soon(result));
        Assert.True(result.Ready);
        Assert.True(result.Successful);
        Assert.Equal(TaskState.Succeeded, result.State);
    }

    [Fact]
    public async Task GetWithATimeoutThrowsAndTheTaskGoesOn()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var result = pool.ApplyAsync(gate.Wait);
        var e = Assert.Throws<TimeoutException>(() => result.Get(TimeSpan.FromMilliseconds(20)));
        Assert.Contains(result.Id, e.Message, StringComparison.Ordinal);
        Assert.False(result.Wait(TimeSpan.Zero));
        Assert.False(result.Ready);
        gate.Set();
        Assert.True(await Call(() => result.Get(Patience)));
        Assert.True(result.Wait(TimeSpan.Zero));
    }

    [Fact]
    public async Task WaitingNeverThrowsWhatTheTaskThrew()
    {
        var result = Pool.ApplyAsync(() => Fail<int>(new OrderException("no", 1)));
        await Call(result.Wait);
        await result.WaitAsync(Cancelled);
        Assert.Equal(1, Assert.IsType<OrderException>(result.Error).Code);
        await Refused<OrderException>(() => result.Get());
        await Assert.ThrowsAsync<OrderException>(() => result.AsTask());
    }

    [Fact]
    public async Task WaitsCanBeGivenUp()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        using var stop = new CancellationTokenSource();
        var result = pool.ApplyAsync(gate.Wait);
        var waiting = result.WaitAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(result.Ready);
        gate.Set();
        Assert.True(await Soon(result));
    }

    [Fact]
    public async Task CallbacksComeOnceBeforeAndAfterTheEnd()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var before = new TaskCompletionSource<(bool, Exception?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var after = new TaskCompletionSource<(bool, Exception?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var bare = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var result = pool.ApplyAsync(gate.Wait).OnCompleted((value, error) => before.SetResult((value, error)));
        _ = result.OnCompleted(error => bare.SetResult(error));
        Assert.False(before.Task.IsCompleted);
        gate.Set();
        Assert.Equal((true, null), await before.Task.WaitAsync(Patience, Cancelled));
        Assert.Null(await bare.Task.WaitAsync(Patience, Cancelled));
        _ = result.OnCompleted((value, error) => after.SetResult((value, error)));
        Assert.Equal((true, null), await after.Task.WaitAsync(Patience, Cancelled));
    }

    [Fact]
    public async Task CallbacksGetTheError()
    {
        var told = new TaskCompletionSource<(int, Exception?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Pool.ApplyAsync(() => Fail<int>(new OrderException("no", 5))).OnCompleted((value, error) => told.SetResult((value, error)));
        var (value, error) = await told.Task.WaitAsync(Patience, Cancelled);
        Assert.Equal(0, value);
        Assert.Equal(5, Assert.IsType<OrderException>(error).Code);
    }

    [Fact]
    public async Task MetadataTellsWhenAndWhere()
    {
        var result = Pool.With(label: "report").ApplyAsync(() => (TaskContext.Current!.EngineId, TaskContext.Current.WorkerId, TaskContext.Current.Attempt));
        var (engine, worker, attempt) = await Soon(result);
        var m = result.Metadata;
        Assert.Equal(("report", TaskState.Succeeded, result.Id), (m.Label, m.State, m.TaskId));
        Assert.Equal((engine, worker, attempt), (m.EngineId!.Value, m.WorkerId!.Value, m.Attempt));
        Assert.Equal(1, m.Attempt);
        Assert.Equal(0, m.EngineLosses);
        Assert.Equal(CancellationStep.None, m.Cancellation);
        Assert.True(m.Submitted <= m.Started, $"submitted {m.Submitted:O}, started {m.Started:O}");
        Assert.True(m.Started <= m.Completed, $"started {m.Started:O}, completed {m.Completed:O}");
        Assert.True(m.Completed <= m.Received, $"completed {m.Completed:O}, received {m.Received:O}");
        Assert.True(DateTimeOffset.UtcNow - m.Submitted < TimeSpan.FromMinutes(5), "the times are of today");
    }

    [Fact]
    public async Task BeforeATaskRunsItsMetadataHasNoTimesOfARun()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var first = pool.ApplyAsync(gate.Wait);
        var second = pool.ApplyAsync(() => 1);
        await Until(() => gate.Entered == 1, "the first task runs");
        var m = second.Metadata;
        Assert.Equal((null, null, null, null, null), (m.Started, m.Completed, m.Received, m.EngineId, m.WorkerId));
        gate.Set();
        await Ended(second);
    }

    [Fact]
    public async Task TimesStandStillWhenTheResultIsThere()
    {
        var result = Pool.ApplyAsync(() => TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(30));
        await Ended(result);
        var (elapsed, wall, serial) = (result.Elapsed, result.WallTime, result.SerialTime);
        Assert.InRange(serial, TimeSpan.FromMilliseconds(25), wall);
        Assert.Equal(elapsed, wall);
        await Task.Delay(5, Cancelled);
        Assert.Equal(elapsed, result.Elapsed);
        Assert.Equal(serial, result.SerialTime);
    }

    [Fact]
    public async Task SerialTimeOfAMapIsTheSumOfItsItems()
    {
        var pool = CreatePool(4);
        // Warm: starting processes is no part of it.
        for (var i = 0; i < 3; i++) await Ended(pool.With(chunkSize: 1).MapAsync(_ => TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(50), Enumerable.Range(0, 8).ToArray()));
        var map = pool.With(chunkSize: 1).MapAsync(_ => TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(50), Enumerable.Range(0, 8).ToArray());
        await Ended(map);
        Assert.True(map.SerialTime >= TimeSpan.FromMilliseconds(8 * 45), $"{map.SerialTime} for 8 items of 50 ms");
        Assert.True(map.SerialTime > map.WallTime, $"four workers: {map.SerialTime} of work in {map.WallTime}");
    }

    [Fact]
    public async Task IdsAreUnique()
    {
        var results = Enumerable.Range(0, 100).Select(_ => Pool.ApplyAsync(() => 1)).ToArray();
        await AsyncResult.WhenAll(results, Cancelled).WaitAsync(Patience, Cancelled);
        Assert.Equal(100, results.Select(r => r.Id).Distinct().Count());
    }
}
