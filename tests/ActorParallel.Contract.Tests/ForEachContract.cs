namespace ActorParallel.Contract.Tests;

public abstract class ForEachContract(Executors executors) : Contract(executors)
{
    [Fact]
    public async Task EveryItemIsVisitedOnce()
    {
        using var tally = Tally.New();
        await Call(() => Pool.ForEach(x => { tally.Add(x); }, Enumerable.Range(0, 20).ToArray()));
        await Call(() => Pool.ForEach(x => { tally.Add(x); }, Lazy(20)));
        await Call(() => Pool.ForEach(async x => { await Task.Yield(); tally.Add(x); }, Lazy(20)));
        await Pool.ForEachAsync(async x => { await Task.Yield(); tally.Add(x); }, LazyAsync(20)).AsTask().WaitAsync(Patience, Cancelled);
        Assert.All(Lazy(20), x => Assert.Equal(4, tally.CountOf(x)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EveryErrorIsToldAfterAllWereVisited(bool lazy)
    {
        using var tally = Tally.New();
        var items = lazy ? Lazy(10) : [.. Lazy(10)];
        var e = await Assert.ThrowsAnyAsync<ParallelMapException>(() => Call(() => Pool.ForEach(
            x =>
            {
                tally.Add(x);
                if (x is 3 or 7) throw new OrderException("no", x);
            },
            items)));
        Assert.Equal([3, 7], e.Errors.Keys.Order());
        Assert.Equal(10, tally.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CancellingALoopOverAQuietInputEndsIt(bool async)
    {
        using var quiet = new ManualResetEventSlim();
        IEnumerable<int> Blocked()
        {
            yield return 1;
            quiet.Wait();
        }

        async IAsyncEnumerable<int> BlockedAsync()
        {
            yield return 1;
            await Task.Delay(Timeout.InfiniteTimeSpan);
        }

        var loop = async ? Pool.ForEachAsync(_ => Task.CompletedTask, BlockedAsync()) : Pool.ForEachAsync(_ => { }, Blocked());
        await Until(() => loop.Progress.Completed == 1, "the first item was visited");
        Assert.True(loop.Cancel());
        await Ended(loop);
        Assert.Equal(TaskState.Cancelled, loop.State);
        quiet.Set();
    }
}
