namespace ActorParallel.Contract.Tests;

public abstract class BadInputContract(Executors executors) : Contract(executors)
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void ZeroAndNegativeNumbersAreRefused(int number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool.With(chunkSize: number));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool.With(timeout: TimeSpan.FromSeconds(number)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool.With(queueTimeout: TimeSpan.FromSeconds(number)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool.StreamAsync(x => x, [1], maxInFlight: number));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool.ApplyAsync(() => 1).ReportTo(new Progress<TaskProgress>(), TimeSpan.FromSeconds(number)));
    }

    [Fact]
    public void NegativeNumbersAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool.With(retries: -1));
        var result = Pool.ApplyAsync(() => 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => result.Wait(TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => result.Get(TimeSpan.FromSeconds(-1)));
    }

    [Fact]
    public void NullsAreRefused()
    {
        Assert.Equal("function", Assert.Throws<ArgumentNullException>(() => Pool.ApplyAsync((Func<int>)null!)).ParamName);
        Assert.Equal("function", Assert.Throws<ArgumentNullException>(() => Pool.ApplyAsync((Func<Task<int>>)null!)).ParamName);
        Assert.Equal("function", Assert.Throws<ArgumentNullException>(() => Pool.ApplyAsync((Func<int, int>)null!, 1)).ParamName);
        Assert.Equal("action", Assert.Throws<ArgumentNullException>(() => Pool.ApplyAsync((Action)null!)).ParamName);
        Assert.Equal("action", Assert.Throws<ArgumentNullException>(() => Pool.ForEachAsync((Action<int>)null!, [1])).ParamName);
        Assert.Equal("function", Assert.Throws<ArgumentNullException>(() => Pool.MapAsync((Func<int, int>)null!, [1])).ParamName);
        Assert.Equal("function", Assert.Throws<ArgumentNullException>(() => Pool.MapAsync((Func<int, Task<int>>)null!, [1])).ParamName);
        Assert.Equal("function", Assert.Throws<ArgumentNullException>(() => Pool.MapAsync((Func<int, int, int>)null!, [1], [2])).ParamName);
        Assert.Equal("items", Assert.Throws<ArgumentNullException>(() => Pool.MapAsync(x => x, (IEnumerable<int>)null!)).ParamName);
        Assert.Equal("second", Assert.Throws<ArgumentNullException>(() => Pool.MapAsync((a, b) => a + b, [1], (IEnumerable<int>)null!)).ParamName);
        Assert.Equal("items", Assert.Throws<ArgumentNullException>(() => Pool.StreamAsync(x => x, (IEnumerable<int>)null!)).ParamName);
        Assert.Equal("items", Assert.Throws<ArgumentNullException>(() => Pool.StreamAsync(x => x, (IAsyncEnumerable<int>)null!)).ParamName);
        Assert.Equal("executor", Assert.Throws<ArgumentNullException>(() => ((IParallelExecutor)null!).ApplyAsync(() => 1)).ParamName);
        Assert.Throws<ArgumentNullException>(() => Pool.ApplyAsync(() => 1).OnCompleted((Action<int, Exception?>)null!));
        Assert.Throws<ArgumentNullException>(() => Pool.ApplyAsync(() => 1).ReportTo(null!));
        Assert.Throws<ArgumentNullException>(() => Pool.With((TaskOptions)null!));
    }

    [Fact]
    public async Task NullItemsAreItems() =>
        Assert.Equal(new[] { true, false }, await Soon(Pool.MapAsync(x => x is null, new[] { null, "a" })));
}
