namespace ActorParallel.Contract.Tests;

public abstract class CallbackContract(Executors executors) : Contract(executors)
{
    [Fact]
    public async Task ThirtyTwoBlockedCallbacksDelayNoResultNoCallbackAndNoTask()
    {
        var pool = CreatePool(2);
        using var release = new ManualResetEventSlim();
        var blocked = 0;
        try
        {
            for (var i = 0; i < 32; i++)
            {
                _ = pool.ApplyAsync(() => 1).OnCompleted(_ =>
                {
                    Interlocked.Increment(ref blocked);
                    release.Wait();
                });
            }
            Assert.Equal(2, await Soon(pool.ApplyAsync(() => 2)));
            Assert.Equal(Lazy(100), await Soon(pool.MapAsync(x => x, Lazy(100))));
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = pool.ApplyAsync(() => 1).OnCompleted(_ => told.SetResult());
            await told.Task.WaitAsync(Patience, Cancelled);
            await Until(() => Volatile.Read(ref blocked) == 32, "every callback was called");
        }
        finally
        {
            release.Set();
        }
    }

    [Fact]
    public async Task ACallbackThatThrowsHurtsNobody()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var result = Pool.ApplyAsync(() => 1);
        _ = result.OnCompleted(_ => throw new OrderException("callback", 1));
        _ = result.OnCompleted(_ => told.SetResult());
        await told.Task.WaitAsync(Patience, Cancelled);
        Assert.Equal(1, await Soon(result));
        Assert.Equal(2, await Soon(Pool.ApplyAsync(() => 2)));
    }

    [Fact]
    public async Task CallbacksMayUseThePool()
    {
        var told = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Pool.ApplyAsync(() => 20).OnCompleted((value, _) => told.SetResult(Pool.Apply(x => x + 1, value)));
        Assert.Equal(21, await told.Task.WaitAsync(Patience, Cancelled));
    }

    [Fact]
    public async Task ABlockedCallerDelaysNobody()
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        var slow = pool.ApplyAsync(gate.Wait);
        var callers = Enumerable.Range(0, 20).Select(_ => Call(() => slow.Get())).ToArray();
        Assert.Equal(Lazy(200), await AsyncResult.WhenAll(Lazy(200).Select(i => pool.ApplyAsync(x => x, i)), Cancelled).WaitAsync(Patience, Cancelled));
        gate.Set();
        Assert.All(await Task.WhenAll(callers), Assert.True);
    }

    [Fact]
    public async Task ASlowProgressReceiverDelaysNobody()
    {
        using var release = new ManualResetEventSlim();
        using var receiver = new Blocked(release);
        var map = Pool.With(chunkSize: 1).MapAsync(x => TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(20) || x >= 0, Enumerable.Range(0, 10).ToArray());
        _ = map.ReportTo(receiver, TimeSpan.FromMilliseconds(5));
        await Ended(map);
        Assert.Equal(1, await Soon(Pool.ApplyAsync(() => 1)));
        release.Set();
    }

    sealed class Blocked(ManualResetEventSlim release) : IProgress<TaskProgress>, IDisposable
    {
        public void Report(TaskProgress value) => release.Wait();

        public void Dispose() => release.Set();
    }
}
