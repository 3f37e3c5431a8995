namespace ActorParallel.Contract.Tests;

public abstract class StreamErrorsContract(Executors executors) : Contract(executors)
{
    [Fact]
    public async Task WhatCameBeforeAFailedItemArrivesThenItsException()
    {
        var values = new List<int>();
        var e = await Assert.ThrowsAsync<OrderException>(async () =>
        {
            await foreach (var x in Pool.StreamAsync(x => x == 37 ? throw new OrderException("no", x) : x, Naturals(), cancellationToken: Cancelled)) values.Add(x);
        });
        Assert.Equal(37, e.Code);
        Assert.Equal(Lazy(37), values);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OnErrorGetsFailedItemsAndTheOthersGoOn(bool ordered)
    {
        var errors = new Dictionary<int, Exception>();
        var values = new List<int>();
        await foreach (var x in Pool.StreamAsync(
            x => x % 10 == 3 ? throw new OrderException("no", x) : x, Lazy(100), ordered, onError: errors.Add, cancellationToken: Cancelled)) values.Add(x);
        Assert.Equal(Lazy(100).Where(x => x % 10 != 3), ordered ? values : values.Order());
        Assert.Equal(Lazy(100).Where(x => x % 10 == 3), errors.Keys.Order());
        Assert.All(errors, pair => Assert.Equal(pair.Key, Assert.IsType<OrderException>(pair.Value).Code));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnInputThatThrowsDeliversWhatCameBefore(bool async)
    {
        var values = new List<int>();
        var stream = async ? Pool.StreamAsync(x => x, BrokenAsync(), cancellationToken: Cancelled) : Pool.StreamAsync(x => x, Broken(), cancellationToken: Cancelled);
        var e = await Assert.ThrowsAsync<OrderException>(async () =>
        {
            await foreach (var x in stream) values.Add(x);
        });
        Assert.Equal(9, e.Code);
        Assert.Equal(Lazy(25), values);
    }

    static IEnumerable<int> Broken()
    {
        foreach (var i in Lazy(25)) yield return i;
        throw new OrderException("input", 9);
    }

    static async IAsyncEnumerable<int> BrokenAsync()
    {
        await foreach (var i in LazyAsync(25)) yield return i;
        throw new OrderException("input", 9);
    }

    [Fact]
    public async Task FailedItemsAreRunAgain()
    {
        var pool = CreatePool(2, new ParallelPoolOptions { RetryBackoff = TimeSpan.FromMilliseconds(2) });
        using var tally = Tally.New();
        var values = new List<int>();
        await foreach (var x in pool.With(retries: 2).StreamAsync(x => tally.Add(x) <= x % 3 ? throw new OrderException("again", x) : x, Lazy(12), cancellationToken: Cancelled))
            values.Add(x);
        Assert.Equal(Lazy(12), values);
        Assert.All(Lazy(12), x => Assert.Equal(x % 3 + 1, tally.CountOf(x)));
    }
}
