using System.Diagnostics;
using static ActorParallel.Tests.Pools.Waiting;

namespace ActorParallel.Tests.Pools;

/// <summary>Runs alone: it counts memory, threads and seconds.</summary>
[CollectionDefinition(nameof(StressTests), DisableParallelization = true)]
[Collection(nameof(StressTests))]
public sealed class StressTests
{
    [Fact]
    public async Task WorkSubmittedWhileThePoolStartsIsNotForgotten()
    {
        for (var i = 0; i < 100; i++)
        {
            using var pool = new ParallelPool(2);
            var results = Enumerable.Range(0, 5).Select(x => pool.ApplyAsync(y => y, x)).ToArray();
            Assert.Equal(Enumerable.Range(0, 5), await AsyncResult.WhenAll(results, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken));
            Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
        }
    }

    [Fact]
    public async Task OneTaskAtATimeIsNeverForgotten()
    {
        using var pool = new ParallelPool(2);
        for (var i = 0; i < 20_000; i++) Assert.Equal(i, await Soon(pool.ApplyAsync(x => x, i)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task TasksThatMeetAreAllStartedWhileOneWorkerLooksForWorkAndTheOthersSleep(int workers)
    {
        using var pool = new ParallelPool(workers);
        using var met = new Barrier(workers);
        Func<bool> meet = () => met.SignalAndWait(Patience);
        for (var i = 0; i < 2_000; i++)
        {
            var results = Enumerable.Range(0, workers).Select(_ => pool.ApplyAsync(meet)).ToArray();
            foreach (var result in results) Assert.True(await Soon(result), $"The tasks of round {i} did not run at the same time.");
        }
    }

    [Fact]
    public void AHundredPoolsStartAndStopEachInBoundedTime()
    {
        for (var i = 0; i < 100; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using (var pool = new ParallelPool(2)) Assert.Equal(i, pool.Apply(x => x, i));
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2), $"pool {i} took {Stopwatch.GetElapsedTime(start)}");
        }
    }

    [Fact]
    public async Task DisposedPoolsLeaveNoThreads()
    {
        for (var i = 0; i < 5; i++) UseOne();
        var before = Threads();
        for (var i = 0; i < 50; i++) UseOne();
        // Threads of .NET's own pool come and go.
        await Until(() => Threads() <= before + 15, $"threads went from {before} to {Threads()}");

        static void UseOne()
        {
            using var pool = new ParallelPool(4);
            Assert.Equal(100, pool.Map(x => x, Enumerable.Range(0, 100).ToArray()).Length);
        }

        static int Threads()
        {
            using var self = Process.GetCurrentProcess();
            return self.Threads.Count;
        }
    }

    [Fact]
    public async Task AMillionTasksLeaveMemoryWhereItWas()
    {
        using var pool = new ParallelPool(2);
        long after100K = 0;
        for (var round = 0; round < 20; round++)
        {
            await Round(pool);
            if (round == 1) after100K = GC.GetTotalMemory(true);
        }
        var growth = GC.GetTotalMemory(true) - after100K;
        Assert.True(growth < 10 << 20, $"grew by {growth >> 10} KiB");

        static async Task Round(ParallelPool pool)
        {
            var results = new AsyncResult<int>[50_000];
            for (var i = 0; i < results.Length; i++) results[i] = pool.ApplyAsync(static x => x, i);
            var values = await AsyncResult.WhenAll(results, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.Equal(49_999, values[^1]);
        }
    }

    [Fact]
    public async Task ALongStreamHoldsABoundedNumberOfItems()
    {
        using var pool = new ParallelPool(2);
        long first = 0, most = 0;
        var count = 0;
        await foreach (var bytes in pool.StreamAsync(_ => new byte[10_000], Naturals(), maxInFlight: 100, cancellationToken: TestContext.Current.CancellationToken))
        {
            Assert.Equal(10_000, bytes.Length);
            if (++count % 5000 != 0) continue;
            var now = GC.GetTotalMemory(true);
            if (first == 0) first = now;
            most = Math.Max(most, now);
            if (count == 50_000) break;
        }
        Assert.True(most - first < 10 << 20, $"grew by {(most - first) >> 10} KiB");

        static IEnumerable<int> Naturals()
        {
            for (var i = 0;; i++) yield return i;
        }
    }

    [Fact]
    public async Task CancelledTimedOutAndRetriedTasksLeaveMemoryWhereItWas()
    {
        using var pool = new ParallelPool(new ParallelPoolOptions { Workers = 2, RetryBackoff = TimeSpan.FromMilliseconds(1) });
        using var never = new CancellationTokenSource();
        long early = 0;
        for (var round = 0; round < 12; round++)
        {
            var results = new AsyncResult<int>[3000];
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = (i % 3) switch
                {
                    0 => pool.With(timeout: TimeSpan.FromMinutes(1), queueTimeout: TimeSpan.FromMinutes(1)).ApplyAsync(static x => x, i, never.Token),
                    1 => pool.With(retries: 1).ApplyAsync(static x => TaskContext.Current!.Attempt == 1 ? throw new InvalidDataException() : x, i),
                    _ => pool.ApplyAsync(static x => x, i),
                };
                if (i % 9 == 2) results[i].Cancel();
            }
            foreach (var result in results) await Ended(result);
            if (round == 2) early = GC.GetTotalMemory(true);
        }
        var growth = GC.GetTotalMemory(true) - early;
        Assert.True(growth < 5 << 20, $"grew by {growth >> 10} KiB");
    }
}
