using static ActorParallel.Tests.Pools.Waiting;

namespace ActorParallel.Tests.Pools;

/// <summary>Tasks that use their own pool never wait for themselves, even on one worker.</summary>
public sealed class NestingTests : IDisposable
{
    readonly ParallelPool _pool = new(new ParallelPoolOptions { Workers = 1, CancelGracePeriod = TimeSpan.FromMilliseconds(100) });

    public void Dispose() => _pool.Dispose();

    [Fact]
    public async Task AMapInAMapInAnApply() =>
        Assert.Equal(10 * 45 * 45, await Soon(_pool.ApplyAsync(() =>
            _pool.Map(x => _pool.Map(y => x * y, Enumerable.Range(0, 10).ToArray()).Sum(), Enumerable.Range(0, 10).ToArray()).Sum() * 10)));

    [Fact]
    public async Task ALazyMapInALazyMap() =>
        Assert.Equal(45 * 45, await Soon(_pool.ApplyAsync(() => _pool.Map(x => _pool.Map(y => x * y, Lazy(10)).Sum(), Lazy(10)).Sum())));

    [Fact]
    public async Task AsyncTasksThatAwaitTheirOwnPool() =>
        Assert.Equal(4, await Soon(_pool.ApplyAsync(async () =>
        {
            var one = await _pool.ApplyAsync(() => 1);
            var two = await _pool.ApplyAsync(async () => 1 + await _pool.ApplyAsync(() => 1));
            return one + two + (await _pool.MapAsync(x => x, [1])).Sum();
        })));

    [Fact]
    public async Task AsyncTasksThatBlockOnTheirOwnPoolAfterAnAwait() =>
        Assert.Equal(3, await Soon(_pool.ApplyAsync(async () =>
        {
            await Task.Delay(5);
            return _pool.Apply(() => 1) + _pool.Map(x => x, [2]).Sum();
        })));

    [Fact]
    public async Task WaitsForSeveral()
    {
        Assert.Equal(6, await Soon(_pool.ApplyAsync(async () => (await AsyncResult.WhenAll([_pool.ApplyAsync(() => 1), _pool.ApplyAsync(() => 2), _pool.ApplyAsync(() => 3)])).Sum())));
        Assert.Equal(3, await Soon(_pool.ApplyAsync(async () => (await AsyncResult.WhenAny([_pool.ApplyAsync(() => 3)])).Get())));
        Assert.Equal(6, await Soon(_pool.ApplyAsync(async () =>
        {
            var sum = 0;
            await foreach (var r in AsyncResult.AsCompleted([_pool.ApplyAsync(() => 1), _pool.ApplyAsync(() => 2), _pool.ApplyAsync(() => 3)])) sum += r.Get();
            return sum;
        })));
        Assert.Equal(3, await Soon(_pool.ApplyAsync(() => AsyncResult.WhenAll([_pool.ApplyAsync(() => 1), _pool.ApplyAsync(() => 2)]).GetAwaiter().GetResult().Sum())));
    }

    [Fact]
    public async Task StreamsInATask() =>
        Assert.Equal(45, await Soon(_pool.ApplyAsync(async () =>
        {
            var sum = 0;
            await foreach (var x in _pool.StreamAsync(x => x, Lazy(10))) sum += x;
            await foreach (var x in _pool.MapAsync(x => x, Lazy(10))) sum += x;
            return sum / 2;
        })));

    [Fact]
    public async Task ATaskThatWaitsWithATimeoutForATaskBehindIt() =>
        Assert.Equal(7, await Soon(_pool.ApplyAsync(() => _pool.ApplyAsync(() => 7).Get(Patience))));

    [Fact]
    public async Task ATaskThatAwaitsAResultSomebodyElseAwaitsToo()
    {
        using var gate = new ManualResetEventSlim();
        var first = _pool.ApplyAsync(gate.Wait);
        var low = _pool.With(priority: -1).ApplyAsync(() => 5);
        var outside = low.AsTask();
        var waits = _pool.ApplyAsync(async () => await low);
        gate.Set();
        Assert.Equal(5, await Soon(waits));
        Assert.Equal(5, await outside.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await Ended(first);
    }

    [Fact]
    public async Task ANestedTaskThatIgnoresItsTimeoutDoesNotKeepItsWaiter()
    {
        using var never = new ManualResetEventSlim();
        var outer = _pool.ApplyAsync(() =>
        {
            try
            {
                return _pool.With(timeout: TimeSpan.FromMilliseconds(50)).Apply(() => never.Wait(-1, CancellationToken.None));
            }
            catch (TimeoutException)
            {
                return false;
            }
        });
        Assert.False(await Soon(outer));
        never.Set();
    }

    [Fact]
    public async Task DeepRecursionAndManyNestedTasks()
    {
        Assert.Equal(610, await Soon(_pool.ApplyAsync(Fibonacci, 15)));
        Assert.Equal(1, _pool.Workers);
        Assert.Equal(300, await Soon(_pool.ApplyAsync(Depth, 300)));
    }

    int Fibonacci(int n)
    {
        if (n < 2) return n;
        var first = _pool.ApplyAsync(Fibonacci, n - 1);
        return _pool.Apply(Fibonacci, n - 2) + first.Get();
    }

    int Depth(int n) => n == 0 ? 0 : 1 + _pool.Apply(Depth, n - 1);

    static IEnumerable<int> Lazy(int count)
    {
        for (var i = 0; i < count; i++) yield return i;
    }
}
