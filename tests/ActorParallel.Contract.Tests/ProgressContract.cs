using System.Collections.Concurrent;

namespace ActorParallel.Contract.Tests;

public abstract class ProgressContract(Executors executors) : Contract(executors)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AMapTellsHowFarItIsHowFastAndHowLong(bool async)
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        var items = Enumerable.Range(0, 10).ToArray();
        var map = async
            ? pool.With(chunkSize: 1).MapAsync(x => x < 5 ? Task.FromResult(true) : Task.Run(gate.WaitStubbornly), items)
            : pool.With(chunkSize: 1).MapAsync(x => x < 5 || gate.Wait(), items);
        await Until(() => map.Progress.Completed == 5, "five items have ended");
        var half = map.Progress;
        Assert.Equal((5L, (long?)10, (double?)0.5), (half.Completed, half.Total, half.Fraction));
        Assert.True(half.Rate > 0);
        Assert.True(half.Remaining > TimeSpan.Zero);
        Assert.Equal((5, 10), (map.Completed, map.Total!.Value));
        gate.Set();
        await Ended(map);
        Assert.Equal((10L, (double?)1, (TimeSpan?)TimeSpan.Zero), (map.Progress.Completed, map.Progress.Fraction, map.Progress.Remaining));
    }

    [Fact]
    public async Task ATaskReportsItsOwnProgress()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var result = pool.ApplyAsync(() =>
        {
            TaskContext.Current!.Report(0.25);
            return gate.Wait();
        });
        await Until(() => result.Progress.Fraction == 0.25, "the report has come");
        Assert.NotNull(result.Progress.Remaining);
        gate.Set();
        await Ended(result);
        Assert.Equal(1, result.Progress.Fraction);
    }

    [Fact]
    public async Task ProgressIsReportedAtAnIntervalAndAtTheEnd()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var reports = new Reports();
        var map = pool.With(chunkSize: 1).MapAsync(x => x < 2 || gate.Wait(), [0, 1, 2]);
        _ = map.ReportTo(reports, TimeSpan.FromMilliseconds(10));
        await Until(() => reports.Seen.Any(p => p.Completed == 2), "two items were reported");
        gate.Set();
        await Until(() => reports.Seen.Any(p => p.Fraction == 1), "the end was reported");
        Assert.Equal(3, reports.Seen.Last().Completed);
        Assert.Equal(reports.Seen.Select(p => p.Completed).Order(), reports.Seen.Select(p => p.Completed));
    }

    [Fact]
    public async Task ALazyMapKnowsItsTotalWhenItsInputHasEnded()
    {
        using var more = new ManualResetEventSlim();
        IEnumerable<int> Input()
        {
            yield return 1;
            more.Wait();
            yield return 2;
        }

        var map = Pool.MapAsync(x => x, Input());
        await Until(() => map.Completed == 1, "the first item has ended");
        Assert.Null(map.Total);
        Assert.Null(map.Progress.Fraction);
        more.Set();
        Assert.Equal(new[] { 1, 2 }, await Soon(map));
        Assert.Equal(2, map.Total);
    }

    [Fact]
    public async Task ItemsOfAMapComeInOrderAsTheyEnd()
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        var map = pool.With(chunkSize: 1).MapAsync(x => x == 5 && gate.Wait() ? 5 : x, Enumerable.Range(0, 10).ToArray());
        var seen = new List<int>();
        await foreach (var x in map)
        {
            seen.Add(x);
            if (x != 4) continue;
            Assert.False(map.Ready);
            gate.Set();
        }
        Assert.Equal(Lazy(10), seen);
    }

    [Fact]
    public async Task ItemsOfAMapComeAsTheyEnd()
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        var map = pool.With(chunkSize: 1).MapAsync(x => x == 3 ? throw new OrderException("no", 3) : x == 0 && gate.Wait() ? 0 : x * 2, Enumerable.Range(0, 6).ToArray());
        var seen = new List<MapItem<int>>();
        await foreach (var item in map.AsCompleted(Cancelled))
        {
            seen.Add(item);
            if (seen.Count == 5) gate.Set();
        }
        Assert.Equal(0, seen[^1].Index);
        Assert.Equal(Lazy(6), seen.Select(i => i.Index).Order());
        Assert.All(seen, i => Assert.Equal(i.Index == 3 ? 0 : i.Index * 2, i.Value));
        Assert.Equal(3, Assert.IsType<OrderException>(seen.Single(i => i.Error is not null).Error).Code);
    }

    [Fact]
    public async Task InOrderAFailedItemThrowsItsException()
    {
        var map = Pool.MapAsync(x => x == 2 ? throw new OrderException("no", 2) : x, Enumerable.Range(0, 5).ToArray());
        var seen = new List<int>();
        var e = await Assert.ThrowsAsync<OrderException>(async () =>
        {
            await foreach (var x in map) seen.Add(x);
        });
        Assert.Equal(2, e.Code);
        Assert.Equal([0, 1], seen);
    }

    sealed class Reports : IProgress<TaskProgress>
    {
        public ConcurrentQueue<TaskProgress> Seen { get; } = new();

        public void Report(TaskProgress value) => Seen.Enqueue(value);
    }
}
