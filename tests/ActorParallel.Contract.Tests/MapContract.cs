namespace ActorParallel.Contract.Tests;

public abstract class MapContract(Executors executors) : Contract(executors)
{
    [Fact]
    public async Task AnyKindOfInputGivesValuesInOrder() => await Call(() =>
    {
        int[] expected = [0, 1, 4, 9, 16];
        Assert.Equal(expected, Pool.Map(x => x * x, [0, 1, 2, 3, 4]));
        Assert.Equal(expected, Pool.Map(x => x * x, new List<int> { 0, 1, 2, 3, 4 }));
        Assert.Equal(expected, Pool.Map(x => x * x, Lazy(5)));
        Assert.Equal(expected, Pool.Map(x => x * x, Enumerable.Range(0, 5)));
        Assert.Equal(expected, Pool.Map((int x) => x * x, new ReadOnlyMemory<int>([9, 0, 1, 2, 3, 4, 9], 1, 5)));
        Assert.Equal(expected, Pool.Map(x => x * x, new ArraySegment<int>([9, 0, 1, 2, 3, 4, 9], 1, 5)));
        Assert.Equal(expected.Order(), Pool.Map(x => x * x, new HashSet<int> { 4, 3, 2, 1, 0 }).Order());
        Assert.Equal("BCD", string.Concat(Pool.Map(c => (char)(c + 1), "ABC")));
    });

    [Fact]
    public async Task TuplesAreTakenApart() => await Call(() =>
    {
        Assert.Equal([5, 7], Pool.Map((a, b) => a + b, new[] { (1, 4), (2, 5) }));
        Assert.Equal(["1a", "2b"], Pool.Map((a, b) => $"{a}{b}", new List<(int, char)> { (1, 'a'), (2, 'b') }));
        Assert.Equal([6], Pool.Map((a, b, c) => a + b + c, new[] { (1, 2, 3) }));
        Assert.Equal([10], Pool.Map((a, b, c, d) => a + b + c + d, new[] { (1, 2, 3, 4) }));
    });

    [Fact]
    public async Task SeveralSequencesEndWithTheShortest() => await Call(() =>
    {
        Assert.Equal([10, 21, 32], Pool.Map((a, b) => a + b, [10, 20, 30], Naturals()));
        Assert.Equal([0, 21], Pool.Map((a, b, c) => a * b * c, [10, 21, 30], Naturals(), [1, 1]));
        Assert.Equal(["1-0-a-True"], Pool.Map((a, b, c, d) => $"{a}-{b}-{c}-{d}", [1, 2], Naturals(), ["a", "b"], [true]));
        Assert.Empty(Pool.Map((a, b) => a + b, Naturals(), Array.Empty<int>()));
        Assert.Equal([11, 22], Pool.Map(async (a, b) => { await Task.Yield(); return a + b; }, [1, 2, 3], [10, 20]));
    });

    [Fact]
    public async Task NoneAndOneItemAreMaps() => await Call(() =>
    {
        Assert.Empty(Pool.Map(x => x, Array.Empty<int>()));
        Assert.Empty(Pool.Map(x => x, Lazy(0)));
        Assert.Empty(Pool.Map(async x => { await Task.Yield(); return x; }, Array.Empty<int>()));
        Assert.Equal([2], Pool.Map(x => x + 1, [1]));
        Assert.Equal([1], Pool.Map(x => x + 1, Lazy(1)));
    });

    [Fact]
    public async Task AsyncFunctionsMap() => await Call(() =>
    {
        Assert.Equal(Lazy(200).Select(x => x + 1), Pool.Map(async x => { await Task.Yield(); return x + 1; }, Enumerable.Range(0, 200)));
        Assert.Equal(Lazy(200).Select(x => x + 1), Pool.Map(async x => { await Task.Yield(); return x + 1; }, Lazy(200)));
    });

    [Theory]
    [InlineData(1, 50)]
    [InlineData(3, 50)]
    [InlineData(7, 7)]
    [InlineData(1000, 50)]
    public async Task ChunkSizeChangesNoValue(int chunkSize, int items) => await Call(() =>
    {
        var expected = Lazy(items).Select(x => x * 2).ToArray();
        var chunked = Pool.With(chunkSize: chunkSize);
        Assert.Equal(expected, chunked.Map(x => x * 2, Enumerable.Range(0, items).ToArray()));
        Assert.Equal(expected, chunked.Map(x => x * 2, Lazy(items)));
        Assert.Equal(expected, chunked.Map(async x => { await Task.Yield(); return x * 2; }, Lazy(items)));
    });

    [Fact]
    public async Task HundredThousandItemsKeepTheirOrder() => await Call(() =>
    {
        var items = Enumerable.Range(0, 100_000).ToArray();
        var expected = Array.ConvertAll(items, x => x + 1L);
        Assert.Equal(expected, Pool.Map(x => x + 1L, items));
        Assert.Equal(expected, Pool.Map(x => x + 1L, Lazy(100_000)));
    });

    [Fact]
    public async Task UnevenItemsKeepTheirOrder() => await Call(() =>
        Assert.Equal(Lazy(60), Pool.Map(x =>
        {
            if (x % 10 == 0) TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(10);
            return x;
        }, Enumerable.Range(0, 60).ToArray())));

    [Fact]
    public async Task MapsRunBesideEachOther()
    {
        var maps = Enumerable.Range(1, 8).Select(n => Pool.MapAsync(x => x * n, Enumerable.Range(0, 1000).ToArray())).ToArray();
        for (var n = 1; n <= 8; n++) Assert.Equal(Lazy(1000).Select(x => x * n), await Soon(maps[n - 1]));
    }

    [Fact]
    public async Task InputIsTakenAtTheCall()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var blocked = pool.ApplyAsync(gate.Wait);
        var items = new List<int> { 1, 2, 3 };
        var map = pool.MapAsync(x => x, items);
        items.Clear();
        gate.Set();
        await Ended(blocked);
        Assert.Equal(new[] { 1, 2, 3 }, await Soon(map));
    }
}
