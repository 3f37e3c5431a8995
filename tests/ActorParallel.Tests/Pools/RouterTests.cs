using Akka.Configuration;
using static ActorParallel.Tests.Pools.Waiting;

namespace ActorParallel.Tests.Pools;

public sealed class RouterTests
{
    public static TheoryData<string> Routers => ["least-loaded", "round-robin", "smallest-mailbox"];

    static ParallelPool Make(string router, int workers, ParallelPoolOptions? options = null) =>
        new(options, ConfigurationFactory.ParseString($"actor-parallel.pool {{ router = {router}, workers = {workers} }}"));

    [Fact]
    public async Task UnderLeastLoadedFourLongTasksOnFourWorkersStartOnFour()
    {
        using var pool = Make("least-loaded", 4);
        for (var round = 0; round < 20; round++)
        {
            using var gate = new ManualResetEventSlim();
            var started = 0;
            var results = Enumerable.Range(0, 4).Select(_ => pool.ApplyAsync(() =>
            {
                Interlocked.Increment(ref started);
                gate.Wait();
                return TaskContext.Current!.WorkerId;
            })).ToArray();
            await Until(() => Volatile.Read(ref started) == 4, "four long tasks run at once");
            gate.Set();
            foreach (var result in results) await Ended(result);
            Assert.Equal(4, results.Select(r => r.Get()).Distinct().Count());
        }
    }

    [Fact]
    public async Task UnderLeastLoadedAShortTaskNeverWaitsBehindALongOne()
    {
        using var pool = Make("least-loaded", 2);
        for (var round = 0; round < 200; round++)
        {
            using var gate = new ManualResetEventSlim();
            var slow = pool.ApplyAsync(gate.Wait);
            for (var i = 0; i < 5; i++) Assert.Equal(i, await Soon(pool.ApplyAsync(x => x, i)));
            gate.Set();
            await Ended(slow);
        }
    }

    [Theory]
    [MemberData(nameof(Routers))]
    public async Task EveryRouterLosesNothingAndDrains(string router)
    {
        using var pool = Make(router, 3, new ParallelPoolOptions { RetryBackoff = TimeSpan.FromMilliseconds(1) });
        var results = new List<AsyncResult<int>>();
        for (var i = 0; i < 500; i++)
        {
            results.Add(pool.ApplyAsync(x => x, i));
            results.Add(pool.With(priority: i % 3 - 1).ApplyAsync(x => x, i));
            results.Add(pool.ApplyAsync(async x => { await Task.Yield(); return x; }, i));
            results.Add(pool.ApplyAsync(x => pool.Apply(y => y, x), i));
            results.Add(pool.With(retries: 1).ApplyAsync(x => TaskContext.Current!.Attempt == 1 ? throw new InvalidDataException() : x, i));
        }
        var map = pool.MapAsync(x => x, Enumerable.Range(0, 1000).ToArray());
        pool.Close();
        Assert.True(await Call(() => pool.Join(Patience)), "the pool drains after Close");
        for (var i = 0; i < results.Count; i++) Assert.Equal(i / 5, results[i].Get());
        Assert.Equal(Enumerable.Range(0, 1000), map.Get());
    }

    [Theory]
    [MemberData(nameof(Routers))]
    public async Task EveryRouterLosesNothingWhileThePoolIsResized(string router)
    {
        using var pool = Make(router, 2);
        var results = new List<AsyncResult<int>>();
        int[] sizes = [5, 1, 4, 1, 3, 2, 6, 1];
        foreach (var size in sizes)
        {
            for (var i = 0; i < 200; i++) results.Add(pool.ApplyAsync(x => x, results.Count));
            pool.Resize(size);
        }
        Assert.Equal(Enumerable.Range(0, 1600), await AsyncResult.WhenAll(results, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Routers))]
    public async Task EveryRouterLosesNothingWhileWorkersAreReplaced(string router)
    {
        using var pool = Make(router, 2, new ParallelPoolOptions { MaxTasksPerWorker = 3 });
        var results = Enumerable.Range(0, 600).Select(i => pool.ApplyAsync(x => x, i)).ToArray();
        Assert.Equal(Enumerable.Range(0, 600), await AsyncResult.WhenAll(results, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Routers))]
    public async Task EveryRouterLosesNothingBehindAWorkerThatIsStuck(string router)
    {
        using var never = new ManualResetEventSlim();
        using var pool = Make(router, 2, new ParallelPoolOptions { CancelGracePeriod = TimeSpan.FromMilliseconds(50) });
        for (var round = 0; round < 5; round++)
        {
            var stuck = pool.With(timeout: TimeSpan.FromMilliseconds(50)).ApplyAsync(() => never.Wait(-1, CancellationToken.None));
            var results = Enumerable.Range(0, 100).Select(i => pool.ApplyAsync(x => x, i)).ToArray();
            Assert.Equal(Enumerable.Range(0, 100), await AsyncResult.WhenAll(results, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken));
            await Assert.ThrowsAsync<TimeoutException>(() => Soon(stuck));
        }
        never.Set();
    }

    [Theory]
    [MemberData(nameof(Routers))]
    public async Task APriorityTaskIsTakenByWhicheverWorkerIsFree(string router)
    {
        using var pool = Make(router, 2);
        using var gate = new ManualResetEventSlim();
        var slow = pool.ApplyAsync(gate.Wait);
        await Until(() => slow.State == TaskState.Running, "one worker is busy");
        for (var i = 0; i < 20; i++) Assert.Equal(i, await Soon(pool.With(priority: 5).ApplyAsync(x => x, i)));
        gate.Set();
        await Ended(slow);
    }

    [Fact]
    public async Task RoundRobinTakesTurns()
    {
        using var pool = Make("round-robin", 4);
        await Soon(pool.ApplyAsync(() => 1));
        await Task.Delay(50, TestContext.Current.CancellationToken);
        var workers = new List<int>();
        for (var i = 0; i < 40; i++) workers.Add(await Soon(pool.ApplyAsync(() => TaskContext.Current!.WorkerId)));
        Assert.Equal([10, 10, 10, 10], workers.CountBy(w => w).Select(w => w.Value));
    }
}
