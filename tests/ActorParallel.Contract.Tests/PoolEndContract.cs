namespace ActorParallel.Contract.Tests;

/// <summary>What becomes of streams and loops when their pool ends.</summary>
public abstract class PoolEndContract(PoolExecutors executors) : PoolContract(executors)
{
    [Fact]
    public async Task AClosedPoolFinishesWhatWaitsForArgumentsAndATerminatedOneEndsIt()
    {
        using var gate = Signal.New();
        using var pool = CreatePool(1);
        var finished = pool.ApplyAsync(x => x, pool.ApplyAsync(gate.Wait));
        pool.Close();
        Assert.False(pool.Join(TimeSpan.FromMilliseconds(20)));
        gate.Set();
        Assert.True(await Call(() => pool.Join(Patience)));
        Assert.True(finished.Get());

        using var shut = Signal.New();
        using var other = CreatePool(1);
        var ended = other.ApplyAsync(x => x, other.ApplyAsync(shut.Wait));
        other.Terminate();
        await Ended(ended);
        Assert.Equal(TaskState.Cancelled, ended.State);
        Assert.True(await Call(() => other.Join(Patience)));
    }

    [Fact]
    public async Task AStreamOfAPoolThatWasClosedSaysSoWhenItIsRead()
    {
        using var pool = CreatePool(1);
        var stream = pool.StreamAsync(x => x, Lazy(10));
        pool.Close();
        Assert.True(await Call(() => pool.Join(Patience)));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await FirstAsync(stream).WaitAsync(Patience));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TerminatingThePoolEndsAnEndlessStream(bool skipErrors)
    {
        using var pool = CreatePool(2);
        var count = 0;
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in pool.StreamAsync(x => x, Naturals(), maxInFlight: 100, onError: skipErrors ? (_, _) => { } : null))
                if (++count == 100) pool.Terminate();
        }, Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Patience));
    }

    static async Task<int> FirstAsync(IAsyncEnumerable<int> stream)
    {
        await foreach (var x in stream) return x;
        return -1;
    }

    [Fact]
    public async Task TerminatingThePoolEndsALoopOverEndlessInput()
    {
        using var pool = CreatePool(2);
        var loop = pool.ForEachAsync(_ => { }, Naturals());
        await Until(() => loop.Progress.Completed > 100, "the loop runs");
        pool.Terminate();
        await Ended(loop);
        Assert.Equal(TaskState.Cancelled, loop.State);
    }
}
