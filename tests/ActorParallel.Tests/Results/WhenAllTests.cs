using static ActorParallel.Tests.Pools.Waiting;

namespace ActorParallel.Tests.Results;

public sealed class WhenAllTests
{
    [Fact]
    public async Task TheCallersArrayIsHisOwnAgainAtOnce()
    {
        using var pool = new ParallelPool(2);
        using var go = new ManualResetEventSlim();
        var results = new AsyncResult<int>[2_000];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = i < 500 ? pool.ApplyAsync(x => x, i) : pool.ApplyAsync(x =>
            {
                go.Wait(TestContext.Current.CancellationToken);
                return x;
            }, i);
        }
        foreach (var result in results.Take(400)) await Ended(result);
        var all = AsyncResult.WhenAll(results, TestContext.Current.CancellationToken);
        Array.Clear(results);
        go.Set();
        Assert.Equal(Enumerable.Range(0, 2_000), await all.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AllErrorsAreThereInTheResultsOrder()
    {
        using var pool = new ParallelPool(2);
        var results = Enumerable.Range(0, 3_000).Select(i => pool.ApplyAsync(x => x % 3 == 0 ? throw new ArgumentException($"{x}") : x, i)).ToList();
        var all = AsyncResult.WhenAll(results, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ArgumentException>(() => all.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{3 * i}"), all.Exception!.InnerExceptions.Select(e => e.Message));
        await Assert.ThrowsAsync<ArgumentException>(() => AsyncResult.WhenAll(results.Cast<AsyncResult>(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WhatHasEndedIsThereAtOnce()
    {
        using var pool = new ParallelPool(1);
        var result = pool.ApplyAsync(() => 7);
        await Ended(result);
        Assert.True(AsyncResult.WhenAll([result, result]).IsCompletedSuccessfully);
        Assert.Empty(await AsyncResult.WhenAll(Array.Empty<AsyncResult<int>>(), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentException>(() => AsyncResult.WhenAll<int>([result, null!]));
    }
}
