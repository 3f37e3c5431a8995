namespace ActorParallel.Contract.Tests;

public abstract class MapErrorsContract(Executors executors) : Contract(executors)
{
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    public async Task NothingFinishedIsThrownAway(bool lazy, int? chunkSize)
    {
        var items = lazy ? Lazy(20) : [.. Lazy(20)];
        var e = await Refused<ParallelMapException<int>>(() => Pool.With(chunkSize: chunkSize).Map(x => x % 6 == 2 ? throw new OrderException($"no {x}", x) : x * 10, items));
        Assert.Equal([2, 8, 14], e.Errors.Keys.Order());
        Assert.All(e.Errors, pair => Assert.Equal(pair.Key, Assert.IsType<OrderException>(pair.Value).Code));
        Assert.Equal(Lazy(20).Select(x => x % 6 == 2 ? 0 : x * 10), e.Values);
        Assert.Equal(2, Assert.IsType<OrderException>(e.InnerException).Code);
        Assert.Contains("3 of 20", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AsyncItemsFailOneByOne()
    {
        var e = await Refused<ParallelMapException<string>>(() => Pool.Map(
            async x =>
            {
                await Task.Yield();
                return x == 1 ? throw new OrderException("one", 1) : $"{x}";
            },
            [0, 1, 2]));
        Assert.Equal(["0", null!, "2"], e.Values);
        Assert.Equal(1, Assert.IsType<OrderException>(e.Errors[1]).Code);
    }

    [Fact]
    public async Task EveryItemMayFail()
    {
        var e = await Refused<ParallelMapException<int>>(() => Pool.Map(x => 1 / (x - x), Enumerable.Range(0, 100).ToArray()));
        Assert.Equal(100, e.Errors.Count);
        Assert.All(e.Errors.Values, error => Assert.IsType<DivideByZeroException>(error));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RetriesAreEachItemsOwn(bool lazy)
    {
        var pool = CreatePool(2, new ParallelPoolOptions { RetryBackoff = TimeSpan.FromMilliseconds(2) });
        using var tally = Tally.New();
        var items = lazy ? Lazy(9) : [.. Lazy(9)];
        var values = await Call(() => pool.With(retries: 2).Map(x => tally.Add(x) <= x % 3 ? throw new OrderException("again", x) : x, items));
        Assert.Equal(Lazy(9), values);
        Assert.All(Lazy(9), x => Assert.Equal(x % 3 + 1, tally.CountOf(x)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ItemsThatKeepFailingUseUpTheirRetriesAndNoMore(bool lazy)
    {
        var pool = CreatePool(2, new ParallelPoolOptions { RetryBackoff = TimeSpan.FromMilliseconds(2) });
        using var tally = Tally.New();
        var items = lazy ? Lazy(6) : [.. Lazy(6)];
        var e = await Refused<ParallelMapException<int>>(() => pool.With(retries: 2).Map(x =>
        {
            tally.Add(x);
            return x == 4 ? throw new OrderException("never", x) : x;
        }, items));
        Assert.Equal([4], e.Errors.Keys);
        Assert.Equal([0, 1, 2, 3, 0, 5], e.Values);
        Assert.Equal(3, tally.CountOf(4));
        Assert.Equal(1, tally.CountOf(5));
    }

    [Fact]
    public async Task AnInputThatThrowsEndsTheMapWithItsError()
    {
        static IEnumerable<int> Broken()
        {
            yield return 1;
            throw new OrderException("input", 7);
        }

        Assert.Equal(7, (await Refused<OrderException>(() => Pool.Map(x => x, Broken()))).Code);
    }
}
