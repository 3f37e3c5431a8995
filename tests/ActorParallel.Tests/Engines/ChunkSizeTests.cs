using ActorParallel.Engines;
using ActorParallel.Results;

namespace ActorParallel.Tests.Engines;

public sealed class ChunkSizeTests
{
    static readonly TimeSpan s_target = TimeSpan.FromMilliseconds(4);

    static long Ticks(double milliseconds) => Clock.ToTimestampTicks(TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public void ItGrowsAtMostSixteenFoldTowardsTheTarget()
    {
        var size = new ChunkSize(null, 100_000, s_target);
        Assert.Equal(1, size.Current);
        size.Measured(1, Ticks(0.001));
        Assert.Equal(16, size.Current);
        size.Measured(16, Ticks(0.016));
        Assert.Equal(256, size.Current);
        size.Measured(256, Ticks(0.256));
        Assert.InRange(size.Current, 3900, 4100);
    }

    [Fact]
    public void ItShrinksAtOnce()
    {
        var size = new ChunkSize(null, 100_000, s_target);
        for (var i = 0; i < 5; i++) size.Measured(size.Current, 0);
        Assert.Equal(100_000, size.Current);
        size.Measured(100, Ticks(400));
        Assert.Equal(1, size.Current);
    }

    [Fact]
    public void ItStaysWithinItsBounds()
    {
        var size = new ChunkSize(null, 10, s_target);
        for (var i = 0; i < 5; i++) size.Measured(size.Current, 0);
        Assert.Equal(10, size.Current);
        size.Measured(1, Ticks(1_000_000));
        Assert.Equal(1, size.Current);
        size.Measured(0, Ticks(1));
        Assert.Equal(1, size.Current);
    }

    [Fact]
    public void ASizeThatIsGivenStays()
    {
        var size = new ChunkSize(7, 100, s_target);
        size.Measured(7, Ticks(1000));
        size.Measured(7, 0);
        Assert.Equal(7, size.Current);
    }
}
