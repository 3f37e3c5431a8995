using System.Diagnostics;

namespace ActorParallel.Tests;

public sealed class PoolSmokeTests
{
    [Fact]
    public async Task Smoke()
    {
        using var pool = new ParallelPool();
        int[] squares = pool.Map(x => x * x, [0, 1, 2, 3, 4]);
        Assert.Equal([0, 1, 4, 9, 16], squares);
        AsyncResult<int> one = pool.ApplyAsync(Square, 3);
        Assert.Equal(9, await one);
        Assert.Equal(9, pool.Apply(async x => { await Task.Yield(); return x * x; }, 3));
        Assert.Equal([5, 7], pool.Map((a, b) => a + b, [1, 2], [4, 5]));
        Assert.Equal([1, 4], pool.Map(async x => { await Task.Yield(); return x * x; }, [1, 2]));
        Assert.Equal(3L * 1000 * 999 / 6, pool.Map(x => (long)x, Lazy(1000)).Sum());
        var n = 0;
        await foreach (var r in pool.StreamAsync(x => x + 1, Lazy(1000))) n += r;
        Assert.Equal(500500, n);
        var nested = pool.Map(x => pool.Map(y => x * y, Enumerable.Range(0, 10).ToArray()).Sum(), Enumerable.Range(0, 100).ToArray());
        Assert.Equal(45 * 99, nested[99]);
        var e = Assert.Throws<ParallelMapException<int>>(() => pool.Map(x => 10 / x, [1, 0, 2]));
        Assert.Equal([10, 0, 5], e.Values);
        Assert.IsType<DivideByZeroException>(e.Errors[1]);
        var n2 = pool.With(timeout: TimeSpan.FromMilliseconds(100)).ApplyAsync(() => { TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(); TaskContext.Current.CancellationToken.ThrowIfCancellationRequested(); return 1; });
        Assert.Throws<TimeoutException>(() => n2.Get());
        for (var k = 0; k < 5; k++)
        {
            var sw = Stopwatch.GetTimestamp();
            var all = new AsyncResult<int>[1_000_000];
            for (var i = 0; i < all.Length; i++) all[i] = pool.ApplyAsync(s_f);
            await AsyncResult.WhenAll(all, TestContext.Current.CancellationToken);
            var us = Stopwatch.GetElapsedTime(sw).TotalNanoseconds / all.Length;
            sw = Stopwatch.GetTimestamp();
            var ts = new Task<int>[1_000_000];
            for (var i = 0; i < all.Length; i++) ts[i] = Task.Run(s_f, TestContext.Current.CancellationToken);
            await Task.WhenAll(ts);
            var them = Stopwatch.GetElapsedTime(sw).TotalNanoseconds / all.Length;
            var items = new int[10_000_000];
            sw = Stopwatch.GetTimestamp();
            var mapped = pool.Map(s_sq, items);
            var m = Stopwatch.GetElapsedTime(sw).TotalNanoseconds / items.Length;
            sw = Stopwatch.GetTimestamp();
            var o = new int[items.Length];
            Parallel.For(0, items.Length, i => o[i] = s_sq(items[i]));
            var pm = Stopwatch.GetElapsedTime(sw).TotalNanoseconds / items.Length;
            Console.WriteLine($"apply {us:F0} ns vs Task.Run {them:F0}; map {m:F2} vs {pm:F2}");
        }
    }

    static readonly Func<int> s_f = () => 1;
    static readonly Func<int, int> s_sq = x => x * x;

    static IEnumerable<int> Lazy(int n)
    {
        for (var i = 0; i < n; i++) yield return i;
    }

    static int Square(int x) => x * x;
}
