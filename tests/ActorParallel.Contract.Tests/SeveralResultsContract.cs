namespace ActorParallel.Contract.Tests;

public abstract class SeveralResultsContract(Executors executors) : Contract(executors)
{
    [Fact]
    public async Task WhenAllKeepsTheOrder()
    {
        var results = Enumerable.Range(0, 300).Select(i => Pool.ApplyAsync(x => x, i)).ToArray();
        Assert.Equal(Lazy(300), await AsyncResult.WhenAll(results, Cancelled).WaitAsync(Patience, Cancelled));
        Assert.Equal(Lazy(300), await AsyncResult.WhenAll(results, Cancelled));
        Assert.Empty(await AsyncResult.WhenAll(Array.Empty<AsyncResult<int>>(), Cancelled));
    }

    [Fact]
    public async Task WhenAllFailsAfterAllHaveEndedWithEveryError()
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        AsyncResult<bool>[] results =
        [
            pool.ApplyAsync(() => Fail<bool>(new OrderException("a", 1))),
            pool.ApplyAsync(gate.Wait),
            pool.ApplyAsync(() => Fail<bool>(new OrderException("b", 2))),
        ];
        var all = AsyncResult.WhenAll(results, Cancelled);
        await Ended(results[0]);
        await Ended(results[2]);
        Assert.False(all.IsCompleted);
        gate.Set();
        Assert.Equal(1, (await Assert.ThrowsAsync<OrderException>(() => all.WaitAsync(Patience))).Code);
        Assert.Equal([1, 2], all.Exception!.InnerExceptions.Select(e => ((OrderException)e).Code));
    }

    [Fact]
    public async Task WhenAllTakesResultsOfSeveralTypes()
    {
        AsyncResult[] results = [Pool.ApplyAsync(() => 1), Pool.ApplyAsync(() => "a"), Pool.ApplyAsync(() => { }), Pool.MapAsync(x => x, [1, 2])];
        await AsyncResult.WhenAll(results, Cancelled).WaitAsync(Patience, Cancelled);
        Assert.All(results, r => Assert.True(r.Successful));
    }

    [Fact]
    public async Task WhenAnyGivesTheFirst()
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        AsyncResult<bool>[] results = [pool.ApplyAsync(gate.Wait), pool.ApplyAsync(() => true)];
        Assert.Same(results[1], await AsyncResult.WhenAny(results, Cancelled).WaitAsync(Patience, Cancelled));
        gate.Set();
        await Ended(results[0]);
    }

    [Fact]
    public async Task AsCompletedYieldsEachInTheOrderOfTheirEnds()
    {
        var pool = CreatePool(3);
        using var gates = Tally.New();
        Signal[] signals = [Signal.New(), Signal.New(), Signal.New()];
        var results = signals.Select(s => pool.ApplyAsync(s.Wait)).ToArray();
        var order = new List<int>();
        signals[2].Set();
        await foreach (var result in AsyncResult.AsCompleted(results, Cancelled))
        {
            order.Add(Array.IndexOf(results, result));
            if (order.Count < 3) signals[order[^1] == 2 ? 0 : 1].Set();
        }
        Assert.Equal([2, 0, 1], order);
        foreach (var signal in signals) signal.Dispose();
    }

    [Fact]
    public async Task AWaitForSeveralCanBeGivenUp()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        using var stop = new CancellationTokenSource();
        AsyncResult<bool>[] results = [pool.ApplyAsync(gate.Wait)];
        var all = AsyncResult.WhenAll(results, stop.Token);
        var any = AsyncResult.WhenAny(results, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => all);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => any);
        gate.Set();
        Assert.True(await Soon(results[0]));
    }

    [Fact]
    public async Task BadSetsOfResultsAreRefused()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(() => AsyncResult.WhenAll((AsyncResult<int>[])null!, Cancelled));
        await Assert.ThrowsAsync<ArgumentException>(() => AsyncResult.WhenAll([Pool.ApplyAsync(() => 1), null!], Cancelled));
        await Assert.ThrowsAsync<ArgumentException>(() => AsyncResult.WhenAny(Array.Empty<AsyncResult<int>>(), Cancelled));
    }
}
