namespace ActorParallel.Contract.Tests;

public abstract class RetryContract(Executors executors) : Contract(executors)
{
    static ParallelPoolOptions Backoff(int milliseconds) => new() { RetryBackoff = TimeSpan.FromMilliseconds(milliseconds) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ATaskIsRunAgainUntilItSucceeds(bool async)
    {
        var pool = CreatePool(1, Backoff(2));
        var patient = pool.With(retries: 5);
        var result = async
            ? patient.ApplyAsync(async () =>
            {
                await Task.Yield();
                return ThirdTime();
            })
            : patient.ApplyAsync(ThirdTime);
        Assert.Equal(3, await Soon(result));
        Assert.Equal(3, result.Metadata.Attempt);
    }

    static int ThirdTime()
    {
        var attempt = TaskContext.Current!.Attempt;
        return attempt < 3 ? throw new OrderException("again", attempt) : attempt;
    }

    [Fact]
    public async Task WhenRetriesAreUsedUpTheLastErrorArrives()
    {
        var pool = CreatePool(1, Backoff(2));
        using var tally = Tally.New();
        var result = pool.With(retries: 2).ApplyAsync(() => Fail<int>(new OrderException("no", tally.Add("try"))));
        Assert.Equal(3, (await Assert.ThrowsAsync<OrderException>(() => Soon(result))).Code);
        Assert.Equal(3, tally.Count);
        Assert.Equal(3, result.Metadata.Attempt);
    }

    [Fact]
    public async Task WithoutRetriesATaskRunsOnce()
    {
        using var tally = Tally.New();
        await Refused<OrderException>(() => Pool.Apply(() => Fail<int>(new OrderException("no", tally.Add("try")))));
        Assert.Equal(1, tally.Count);
    }

    [Fact]
    public async Task AttemptsAreApartByTheBackoff()
    {
        var pool = CreatePool(1, Backoff(200));
        var result = pool.With(retries: 2).ApplyAsync(ThirdTime);
        await Ended(result);
        // Half of each wait is random: at least 100 and 200 ms.
        Assert.True(result.Elapsed >= TimeSpan.FromMilliseconds(300), $"{result.Elapsed}");
    }

    [Fact]
    public async Task AWaitingRetryHoldsNoWorker()
    {
        var pool = CreatePool(1, Backoff(60_000));
        var retried = pool.With(retries: 1).ApplyAsync(ThirdTime);
        await Until(() => retried.State == TaskState.Delayed, "the first attempt has failed");
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
        Assert.True(retried.Cancel());
        await Ended(retried);
        Assert.Equal(TaskState.Cancelled, retried.State);
    }

    [Fact]
    public async Task SerialTimeCountsEveryAttempt()
    {
        var pool = CreatePool(1, Backoff(2));
        var result = pool.With(retries: 2).ApplyAsync(() =>
        {
            TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(60);
            return ThirdTime();
        });
        await Soon(result);
        Assert.True(result.SerialTime >= TimeSpan.FromMilliseconds(3 * 55), $"{result.SerialTime}");
    }

    [Fact]
    public async Task ATaskThatSuitsNoEngineEndsAtOnceWithWhatIsMissing()
    {
        using var tally = Tally.New();
        var pool = CreatePool(2).With(retries: 5, label: "picky");
        var result = pool.ApplyAsync(() => tally.Add("ran") > 0 ? throw new UnsuitableEngineException("no such device here") : 1);
        await Ended(result);
        Assert.Equal(TaskState.Unschedulable, result.State);
        var error = Assert.IsType<UnschedulableException>(result.Error);
        Assert.Contains("no such device here", error.Message, StringComparison.Ordinal);
        Assert.Contains("(picky)", error.Message, StringComparison.Ordinal);
        Assert.IsType<UnsuitableEngineException>(error.InnerException);
        Assert.InRange(tally.Count, 1, 2);
        // The others of a map have their values.
        var map = pool.MapAsync(x => x % 10 == 3 ? throw new UnsuitableEngineException("no threes here") : x, Enumerable.Range(0, 40));
        await Ended(map);
        var failed = Assert.IsType<ParallelMapException<int>>(map.Error);
        Assert.Equal([3, 13, 23, 33], failed.Errors.Keys.Order());
        Assert.All(failed.Errors.Values, e => Assert.IsType<UnschedulableException>(e));
        Assert.Equal(780 - 72, failed.Values.Sum());
        var skipped = new List<int>();
        var seen = 0;
        await foreach (var value in pool.StreamAsync(x => x % 10 == 3 ? throw new UnsuitableEngineException("no threes here") : x, Lazy(40), onError: (i, _) => skipped.Add(i), cancellationToken: Cancelled)) seen += value;
        Assert.Equal([3, 13, 23, 33], skipped);
        Assert.Equal(780 - 72, seen);
    }

    [Fact]
    public async Task ItemsThatAreRunAgainKnowTheirAttempt()
    {
        var pool = CreatePool(2, Backoff(1)).With(retries: 3);
        Func<int, int> third = x => TaskContext.Current!.Attempt is var attempt && x % 7 == 0 && attempt < 3 ? throw new InvalidOperationException("again") : 10 * x + attempt;
        int[] expected = [.. Enumerable.Range(0, 30).Select(x => 10 * x + (x % 7 == 0 ? 3 : 1))];
        Assert.Equal(expected, await Soon(pool.MapAsync(third, Enumerable.Range(0, 30))));
        Assert.Equal(expected, await Soon(pool.With(chunkSize: 4).MapAsync(third, Lazy(30))));
        Assert.Equal(expected, await Soon(pool.MapAsync(async x =>
        {
            await Task.Yield();
            return TaskContext.Current!.Attempt is var attempt && x % 7 == 0 && attempt < 3 ? throw new InvalidOperationException("again") : 10 * x + attempt;
        }, Enumerable.Range(0, 30))));
        var values = new List<int>();
        await foreach (var value in pool.StreamAsync(third, Lazy(30), cancellationToken: Cancelled)) values.Add(value);
        Assert.Equal(expected, values);
    }

    [Fact]
    public async Task TimeoutsAreNotRetried()
    {
        var pool = CreatePool(1, Backoff(2));
        using var gate = Signal.New();
        var result = pool.With(retries: 3, timeout: TimeSpan.FromMilliseconds(100)).ApplyAsync(gate.Wait);
        await Assert.ThrowsAsync<TimeoutException>(() => Soon(result));
        Assert.Equal(1, result.Metadata.Attempt);
    }

    [Fact]
    public async Task HigherPrioritiesStartFirst()
    {
        var pool = CreatePool(1, new ParallelPoolOptions { HighWaterMark = 1 });
        using var gate = Signal.New();
        var first = pool.ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "the first task runs");
        int[] priorities = [0, -5, 10, 0, 3, -1, 10];
        var results = priorities.Select(p => pool.With(priority: p).ApplyAsync(() => 1)).ToArray();
        gate.Set();
        foreach (var result in results) await Ended(result);
        var started = Enumerable.Range(0, priorities.Length).OrderBy(i => results[i].Metadata.Started).ToArray();
        Assert.Equal([2, 6, 4, 0, 3, 5, 1], started);
    }
}
