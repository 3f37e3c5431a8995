namespace ActorParallel.Contract.Tests;

/// <summary>Resizing, initializers and recycling.</summary>
public abstract class WorkersContract(PoolExecutors executors) : PoolContract(executors)
{
    [Fact]
    public async Task APoolThatGrowsRunsMoreAtOnce()
    {
        using var pool = CreatePool(1);
        using var gate = Signal.New();
        using var tally = Tally.New();
        var results = Enumerable.Range(0, 3).Select(_ => pool.ApplyAsync(() => tally.Add("started") > 0 && gate.Wait())).ToArray();
        await Until(() => tally.Count == 1, "one task runs");
        pool.Resize(3);
        Assert.Equal(3, pool.Workers);
        await Until(() => tally.Count == 3, "three tasks run");
        gate.Set();
        foreach (var result in results) Assert.True(await Soon(result));
    }

    [Fact]
    public async Task APoolThatShrinksRunsLessAtOnceAndLosesNothing()
    {
        using var pool = CreatePool(3);
        using var gate = Signal.New();
        using var tally = Tally.New();
        var busy = Enumerable.Range(0, 3).Select(_ => pool.ApplyAsync(() => tally.Add("started") > 0 && gate.Wait())).ToArray();
        await Until(() => tally.Count == 3, "three tasks run");
        var waiting = Enumerable.Range(0, 20).Select(i => pool.ApplyAsync(x => x, i)).ToArray();
        pool.Resize(1);
        Assert.Equal(1, pool.Workers);
        gate.Set();
        foreach (var result in busy) Assert.True(await Soon(result));
        for (var i = 0; i < 20; i++) Assert.Equal(i, await Soon(waiting[i]));
        var overlaps = int.MaxValue;
        for (var round = 0; overlaps > 0; round++)
        {
            Assert.True(round < 50, "two tasks still run at once");
            var results = Enumerable.Range(0, 6).Select(_ => pool.ApplyAsync(() => TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(10))).ToArray();
            foreach (var result in results) await Ended(result);
            var times = results.Select(r => r.Metadata).OrderBy(m => m.Started).ToArray();
            overlaps = times.Zip(times.Skip(1)).Count(pair => pair.Second.Started < pair.First.Completed);
        }
    }

    [Fact]
    public async Task ResizingToAndFroLosesNothing()
    {
        using var pool = CreatePool(2);
        var results = new List<AsyncResult<int>>();
        int[] sizes = [4, 1, 3, 2, 1, 4];
        foreach (var size in sizes)
        {
            for (var i = 0; i < 100; i++) results.Add(pool.ApplyAsync(x => x, results.Count));
            pool.Resize(size);
        }
        Assert.Equal(Lazy(600), await AsyncResult.WhenAll(results, Cancelled).WaitAsync(Patience, Cancelled));
        Assert.Equal(4, pool.Workers);
    }

    [Fact]
    public async Task TheInitializerRunsInEachWorkerBeforeItsFirstTask()
    {
        using var tally = Tally.New();
        using var gate = Signal.New();
        using var pool = CreatePool(2, new ParallelPoolOptions { Initializer = () => tally.Add("initialized") });
        var results = Enumerable.Range(0, 2).Select(_ => pool.ApplyAsync(() =>
        {
            var initialized = tally.CountOf("initialized");
            tally.Add("started");
            gate.Wait();
            return initialized;
        })).ToArray();
        await Until(() => tally.CountOf("started") == 2, "both workers run a task");
        gate.Set();
        foreach (var result in results) Assert.InRange(await Soon(result), 1, 2);
        for (var i = 0; i < 10; i++) await Soon(pool.ApplyAsync(() => 1));
        Assert.Equal(2, tally.CountOf("initialized"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AnInitializerThatThrowsFailsThePoolAfterBoundedTriesAndEveryCallEnds(int workers)
    {
        using var tally = Tally.New();
        using var pool = CreatePool(workers, new ParallelPoolOptions
        {
            InitializerTries = 3,
            Initializer = () => throw new OrderException("broken", tally.Add("try")),
        });
        var results = new List<AsyncResult>();
        try
        {
            results.Add(pool.ApplyAsync(() => 1));
            results.Add(pool.MapAsync(x => x, [1, 2]));
            results.Add(pool.MapAsync(x => x, Naturals()));
        }
        catch (PoolFaultedException)
        {
            // It may have failed by now.
        }
        foreach (var result in results)
        {
            await Ended(result);
            Assert.IsType<OrderException>(Assert.IsType<PoolFaultedException>(result.Error).InnerException);
        }
        await Until(() => tally.Count >= 3, "three tries");
        await Until(() => Record.Exception(() => pool.ApplyAsync(() => 1)) is not null, "the pool has failed");
        Assert.IsType<OrderException>(Assert.Throws<PoolFaultedException>(() => pool.ApplyAsync(() => 1)).InnerException);
        Assert.Throws<PoolFaultedException>(() => pool.MapAsync(x => x, Naturals()));
        await Call(pool.Dispose);
        Assert.InRange(tally.Count, 3, 3 + workers);
    }

    [Fact]
    public async Task AnInitializerMayFailLessOftenThanItsTries()
    {
        using var tally = Tally.New();
        using var pool = CreatePool(1, new ParallelPoolOptions
        {
            InitializerTries = 3,
            Initializer = () =>
            {
                if (tally.Add("try") <= 2) throw new OrderException("not yet", 1);
            },
        });
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
        Assert.Equal(3, tally.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WorkersAreReplacedAfterTheirTasks(int workers)
    {
        using var tally = Tally.New();
        using var pool = CreatePool(workers, new ParallelPoolOptions { MaxTasksPerWorker = 2, Initializer = () => tally.Add("initialized") });
        for (var i = 0; i < 8; i++) Assert.Equal(i, await Soon(pool.ApplyAsync(x => x, i)));
        await Until(() => tally.Count >= 4, "four workers, one after the other");
        Assert.Equal(Lazy(12), await AsyncResult.WhenAll(Lazy(12).Select(i => pool.ApplyAsync(x => x, i)), Cancelled).WaitAsync(Patience, Cancelled));
        Assert.InRange(tally.Count, 20 / 2, 20 / 2 + 2 * workers);
    }
}
