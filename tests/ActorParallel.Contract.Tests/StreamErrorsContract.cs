namespace ActorParallel.Contract.Tests;

public abstract class StreamErrorsContract : Contract
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
        using var pool = CreatePool(2, new ParallelPoolOptions { RetryBackoff = TimeSpan.FromMilliseconds(2) });
        using var tally = Tally.New();
        var values = new List<int>();
        await foreach (var x in pool.With(retries: 2).StreamAsync(x => tally.Add(x) <= x % 3 ? throw new OrderException("again", x) : x, Lazy(12), cancellationToken: Cancelled))
            values.Add(x);
        Assert.Equal(Lazy(12), values);
        Assert.All(Lazy(12), x => Assert.Equal(x % 3 + 1, tally.CountOf(x)));
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
}
