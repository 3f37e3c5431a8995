using System.Diagnostics;

namespace ActorParallel.Contract.Tests;

public abstract class LifeContract(PoolExecutors executors) : PoolContract(executors)
{
    [Fact]
    public async Task AClosedPoolFinishesWhatItHasAndTakesNoMore()
    {
        using var pool = CreatePool(2);
        using var gate = Signal.New();
        var blocked = pool.ApplyAsync(gate.Wait);
        var waiting = Enumerable.Range(0, 50).Select(i => pool.ApplyAsync(x => x, i)).ToArray();
        var map = pool.MapAsync(x => x + 1, Enumerable.Range(0, 100).ToArray());
        var lazy = pool.MapAsync(x => x + 1, Lazy(100));
        pool.Close();
        pool.Close();
        Assert.Throws<InvalidOperationException>(() => pool.ApplyAsync(() => 1));
        Assert.Throws<InvalidOperationException>(() => pool.MapAsync(x => x, [1]));
        Assert.Throws<InvalidOperationException>(() => pool.MapAsync(x => x, Naturals()));
        Assert.Throws<InvalidOperationException>(() => pool.StreamAsync(x => x, [1]));
        Assert.Throws<InvalidOperationException>(() => pool.ForEachAsync(_ => { }, [1]));
        Assert.Throws<InvalidOperationException>(() => pool.Resize(3));
        Assert.False(pool.Join(TimeSpan.FromMilliseconds(20)));
        gate.Set();
        Assert.True(await Call(() => pool.Join(Patience)));
        Assert.True(await Call(() => pool.Join(Patience)));
        Assert.True(blocked.Successful);
        Assert.Equal(Lazy(50), waiting.Select(r => r.Get()));
        Assert.Equal(Lazy(101).Skip(1), map.Get());
        Assert.Equal(Lazy(101).Skip(1), lazy.Get());
    }

    [Fact]
    public async Task AnIdlePoolJoins()
    {
        using var pool = CreatePool(2);
        pool.Close();
        Assert.True(await Call(() => pool.Join(Patience)));
    }

    [Fact]
    public async Task JoiningAnOpenPoolIsRefused()
    {
        using var pool = CreatePool(1);
        Assert.Throws<InvalidOperationException>(pool.Join);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.JoinAsync(Cancelled));
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
    }

    [Fact]
    public async Task TerminateCancelsWhatWaitsAndWhatRuns()
    {
        using var pool = CreatePool(1);
        using var gate = Signal.New();
        var running = pool.ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "the first task runs");
        var waiting = pool.ApplyAsync(() => 1);
        var map = pool.MapAsync(x => x, [1, 2, 3]);
        var lazy = pool.MapAsync(x => x, Naturals());
        var delayed = pool.With(retries: 1).ApplyAsync(() => 1);
        pool.Terminate();
        pool.Terminate();
        foreach (var result in new AsyncResult[] { running, waiting, map, lazy, delayed })
        {
            await Ended(result);
            Assert.Equal(TaskState.Cancelled, result.State);
            Assert.IsType<OperationCanceledException>(result.Error, exactMatch: false);
        }
        Assert.True(await Call(() => pool.Join(Patience)));
        Assert.Throws<InvalidOperationException>(() => pool.ApplyAsync(() => 1));
    }

    [Fact]
    public async Task TerminateEndsARetryThatWaits()
    {
        using var pool = CreatePool(1, new ParallelPoolOptions { RetryBackoff = TimeSpan.FromMinutes(5), MaxRetryBackoff = TimeSpan.FromMinutes(5) });
        var task = pool.With(retries: 3).ApplyAsync(() => Fail<int>(new OrderException("again", 1)));
        var map = pool.With(retries: 3).MapAsync((int _) => Fail<int>(new OrderException("again", 1)), [1]);
        var lazy = pool.With(retries: 3).MapAsync((int _) => Fail<int>(new OrderException("again", 1)), Lazy(1));
        await Until(() => task.State == TaskState.Delayed && map.State == TaskState.Running && lazy.State == TaskState.Running, "the attempts were made");
        await Task.Delay(50, Cancelled);
        pool.Terminate();
        foreach (var result in new AsyncResult[] { task, map, lazy })
        {
            await Ended(result);
            Assert.Equal(TaskState.Cancelled, result.State);
        }
        Assert.True(await Call(() => pool.Join(Patience)));
    }

    [Fact]
    public async Task AfterDisposeEveryCallIsRefused()
    {
        var pool = CreatePool(1);
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
        await Call(pool.Dispose);
        await Call(pool.Dispose);
        await pool.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => pool.ApplyAsync(() => 1));
        Assert.Throws<ObjectDisposedException>(() => pool.With(retries: 1).ApplyAsync(() => 1));
        Assert.Throws<ObjectDisposedException>(() => pool.MapAsync(x => x, [1]));
        Assert.Throws<ObjectDisposedException>(() => pool.MapAsync(x => x, Naturals()));
        Assert.Throws<ObjectDisposedException>(() => pool.StreamAsync(x => x, [1]));
        Assert.Throws<ObjectDisposedException>(() => pool.ForEachAsync(_ => { }, [1]));
        Assert.Throws<ObjectDisposedException>(() => pool.Resize(3));
        pool.Close();
        pool.Terminate();
        pool.Join();
    }

    [Fact]
    public async Task DisposeEndsEveryResult()
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        var results = new AsyncResult[] { pool.ApplyAsync(gate.Wait), pool.ApplyAsync(gate.Wait), pool.ApplyAsync(() => 1), pool.MapAsync(x => x, [1]), pool.MapAsync(x => x, Naturals()) };
        await Until(() => gate.Entered == 2, "two tasks run");
        await Call(pool.Dispose);
        foreach (var result in results) await Ended(result);
        Assert.Equal(TaskState.Cancelled, results[0].State);
        Assert.Equal(TaskState.Cancelled, results[1].State);
        Assert.Equal(TaskState.Cancelled, results[4].State);
    }

    [Fact]
    public async Task DisposeIsBoundedWhenATaskNeverEnds()
    {
        using var gate = Signal.New();
        var pool = CreatePool(2, new ParallelPoolOptions { DisposeTimeout = TimeSpan.FromSeconds(2), CancelGracePeriod = TimeSpan.FromMilliseconds(200) });
        var stuck = pool.ApplyAsync(gate.WaitStubbornly);
        await Until(() => gate.Entered == 1, "the task runs");
        var start = Stopwatch.GetTimestamp();
        await Call(pool.Dispose);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5), $"took {Stopwatch.GetElapsedTime(start)} with a DisposeTimeout of 2 s");
        await Ended(stuck);
        Assert.Equal(TaskState.Cancelled, stuck.State);
    }

    [Fact]
    public async Task APoolJoinsAlthoughATaskWasGivenUp()
    {
        using var gate = Signal.New();
        using var pool = CreatePool(1, new ParallelPoolOptions { CancelGracePeriod = TimeSpan.FromMilliseconds(100), DisposeTimeout = TimeSpan.FromSeconds(1) });
        var stuck = pool.ApplyAsync(gate.WaitStubbornly);
        await Until(() => gate.Entered == 1, "the task runs");
        stuck.Cancel();
        await Ended(stuck);
        pool.Close();
        Assert.True(await Call(() => pool.Join(TimeSpan.FromSeconds(30))));
    }

    [Fact]
    public async Task JoinCanBeAwaitedAndGivenUp()
    {
        using var pool = CreatePool(1);
        using var gate = Signal.New();
        using var stop = new CancellationTokenSource();
        var task = pool.ApplyAsync(gate.Wait);
        pool.Close();
        var joining = pool.JoinAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining.WaitAsync(Patience));
        gate.Set();
        await pool.JoinAsync(Cancelled).WaitAsync(Patience, Cancelled);
        Assert.True(task.Successful);
    }

    [Fact]
    public async Task AViewIsThePoolWithOptions()
    {
        using var pool = CreatePool(2);
        var view = pool.With(retries: 2, label: "a").With(label: "b", chunkSize: 4);
        Assert.Equal((2, "b", 4), (view.Options.Retries, view.Options.Label, view.Options.ChunkSize!.Value));
        Assert.Equal((0, null), (pool.Options.Retries, pool.Options.Label));
        Assert.Equal(2, view.Workers);
        Assert.Equal("b", view.ApplyAsync(() => 1).Label);
        pool.Close();
        Assert.Throws<InvalidOperationException>(() => view.ApplyAsync(() => 1));
        await pool.JoinAsync(Cancelled).WaitAsync(Patience, Cancelled);
    }
}
