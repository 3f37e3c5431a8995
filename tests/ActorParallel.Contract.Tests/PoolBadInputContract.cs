namespace ActorParallel.Contract.Tests;

public abstract class PoolBadInputContract(PoolExecutors executors) : PoolContract(executors)
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void ZeroAndNegativeNumbersAreRefused(int number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CreatePool(number));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool.Resize(number));
        Assert.Throws<ArgumentOutOfRangeException>(() => CreatePool(1, new ParallelPoolOptions { MaxInFlight = number }));
        Assert.Throws<ArgumentOutOfRangeException>(() => CreatePool(1, new ParallelPoolOptions { InitializerTries = number }));
        Assert.Throws<ArgumentOutOfRangeException>(() => CreatePool(1, new ParallelPoolOptions { DisposeTimeout = TimeSpan.FromSeconds(number) }));
    }

    [Fact]
    public void NegativeNumbersAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CreatePool(1, new ParallelPoolOptions { MaxTasksPerWorker = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool.Join(TimeSpan.FromSeconds(-1)));
    }

    [Fact]
    public void WhatOnlyAClusterDoesIsRefused()
    {
        var one = Pool.ApplyAsync(() => 1);
        foreach (var (option, what) in new (TaskOptions, string)[]
                 {
                     (new TaskOptions { Targets = [0] }, "targets"), (new TaskOptions { Tags = ["gpu"] }, "tags"),
                     (new TaskOptions { Resources = new Dictionary<string, double> { ["gpu"] = 1 } }, "resources"),
                     (new TaskOptions { Dependencies = [TaskDependency.After([one])] }, "after or follow"),
                     (new TaskOptions { Requires = () => true }, "requires"),
                 })
        {
            Assert.Contains(what, Assert.Throws<NotSupportedException>(() => Pool.With(option)).Message, StringComparison.Ordinal);
            Assert.Contains(what, Assert.Throws<NotSupportedException>(() => Pool.With(retries: 1).With(option)).Message, StringComparison.Ordinal);
        }
    }
}
