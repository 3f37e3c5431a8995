namespace ActorParallel.Contract.Tests;

public abstract class TimeoutContract(Executors executors) : Contract(executors)
{
    static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(150);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ATaskThatRunsTooLongTimesOut(bool async)
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var limited = pool.With(timeout: s_short);
        var result = async
            ? limited.ApplyAsync(async () =>
            {
                gate.Enter();
                await Task.Delay(Timeout.InfiniteTimeSpan, TaskContext.Current!.CancellationToken);
                return true;
            })
            : limited.ApplyAsync(gate.Wait);
        var e = await Assert.ThrowsAsync<TimeoutException>(() => Soon(result));
        Assert.Contains(result.Id, e.Message, StringComparison.Ordinal);
        Assert.Equal(TaskState.TimedOut, result.State);
        Assert.Equal(CancellationStep.Token, result.Metadata.Cancellation);
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
    }

    [Fact]
    public async Task ATaskThatIgnoresItsTimeoutIsGivenUpAfterTheGracePeriod()
    {
        using var gate = Signal.New();
        var pool = CreatePool(1, new ParallelPoolOptions { CancelGracePeriod = s_short });
        var result = pool.With(timeout: s_short).ApplyAsync(gate.WaitStubbornly);
        await Assert.ThrowsAsync<TimeoutException>(() => Soon(result));
        Assert.Equal(TaskState.TimedOut, result.State);
        Assert.Equal(CancellationStep.Forced, result.Metadata.Cancellation);
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
    }

    [Fact]
    public async Task ATaskThatReturnsAfterItsTimeIsTooLate()
    {
        var pool = CreatePool(1);
        var result = pool.With(timeout: s_short).ApplyAsync(() => TaskContext.Current!.CancellationToken.WaitHandle.WaitOne());
        await Assert.ThrowsAsync<TimeoutException>(() => Soon(result));
        Assert.Equal(TaskState.TimedOut, result.State);
    }

    [Fact]
    public async Task TimeoutDoesNotBoundWaiting()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var first = pool.ApplyAsync(gate.Wait);
        var second = pool.With(timeout: TimeSpan.FromSeconds(1)).ApplyAsync(() => 2);
        await Task.Delay(1200, Cancelled);
        Assert.False(second.Ready);
        gate.Set();
        await Ended(first);
        Assert.Equal(2, await Soon(second));
    }

    [Fact]
    public async Task QueueTimeoutBoundsWaitingAndTheTaskNeverRuns()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        using var tally = Tally.New();
        var first = pool.ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "the first task runs");
        var second = pool.With(queueTimeout: s_short).ApplyAsync(() => tally.Add("ran"));
        var e = await Assert.ThrowsAsync<TimeoutException>(() => Soon(second));
        Assert.Contains("queueTimeout", e.Message, StringComparison.Ordinal);
        Assert.Equal(TaskState.TimedOut, second.State);
        Assert.Equal(CancellationStep.BeforeStart, second.Metadata.Cancellation);
        gate.Set();
        await Ended(first);
        await Soon(pool.ApplyAsync(() => 1));
        Assert.Equal(0, tally.Count);
    }

    [Fact]
    public async Task QueueTimeoutDoesNotBoundRunning()
    {
        var pool = CreatePool(1);
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
        var result = pool.With(queueTimeout: TimeSpan.FromMilliseconds(700)).ApplyAsync(() => TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(1000));
        Assert.False(await Soon(result));
    }

    [Fact]
    public async Task OnlyTheSlowItemsOfAMapTimeOut()
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        var map = pool.With(timeout: TimeSpan.FromMilliseconds(500)).MapAsync(x => x == 3 && gate.Wait() ? -1 : x, Enumerable.Range(0, 6).ToArray());
        var e = await Assert.ThrowsAsync<ParallelMapException<int>>(() => Soon(map));
        Assert.Equal([3], e.Errors.Keys);
        Assert.IsType<TimeoutException>(e.Errors[3]);
        Assert.Equal([0, 1, 2, 0, 4, 5], e.Values);
    }

    [Fact]
    public async Task QueueTimeoutEndsAMapThatFindsNoWorker()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var first = pool.ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "the first task runs");
        var map = pool.With(queueTimeout: s_short).MapAsync(x => x, [1, 2]);
        var e = await Assert.ThrowsAsync<ParallelMapException<int>>(() => Soon(map));
        Assert.All(e.Errors.Values, error => Assert.IsType<TimeoutException>(error));
        gate.Set();
        await Ended(first);
    }
}
