using ActorParallel.Engines;
using Akka.Configuration;
using Akka.Event;

namespace ActorParallel.Tests.Engines;

public sealed class DueHeapTests
{
    static readonly ThreadScheduler s_nobody = new(ConfigurationFactory.Empty, NoLogger.Instance);

    static ScheduledRun Run(long due, long sequence = 0, long interval = 0) =>
        new(s_nobody, () => { }, TimeSpan.FromTicks(interval), runsAtEnd: false, cancelable: null) { Due = due, Sequence = sequence };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void GivesTheFirstWhateverIsAddedAndRemoved(int seed)
    {
        var random = new Random(seed);
        var heap = new DueHeap();
        var model = new List<ScheduledRun>();
        for (var step = 0; step < 20_000; step++)
        {
            // Grows at first, shrinks later; many are due at the same moment.
            if (model.Count == 0 || random.Next(20_000) > step)
            {
                var run = Run(random.Next(100), step);
                heap.Add(run);
                model.Add(run);
            }
            else
            {
                var run = random.Next(2) == 0 ? model.MinBy(r => (r.Due, r.Sequence))! : model[random.Next(model.Count)];
                Assert.True(heap.Remove(run));
                Assert.False(heap.Remove(run));
                model.Remove(run);
            }

            Assert.Equal(model.Count, heap.Count);
            if (step % 16 == 0 && model.Count > 0)
            {
                Assert.True(heap.TryPeek(out var first));
                Assert.Same(model.MinBy(r => (r.Due, r.Sequence)), first);
            }
        }

        foreach (var expected in model.OrderBy(r => r.Due).ThenBy(r => r.Sequence))
        {
            Assert.True(heap.TryPeek(out var first));
            Assert.Same(expected, first);
            Assert.True(heap.Remove(first));
        }

        Assert.False(heap.TryPeek(out _));
    }

    [Theory]
    [InlineData(100, 100, 110)]
    [InlineData(100, 109, 110)]
    [InlineData(100, 110, 120)]
    [InlineData(100, 135, 140)]
    [InlineData(long.MaxValue - 5, long.MaxValue - 5, long.MaxValue)]
    public void ARepeatedRunKeepsItsRhythmAndSkipsWhatWasMissed(long due, long now, long next)
    {
        var run = Run(due, interval: 10);
        run.MoveOn(now);
        Assert.Equal(next, run.Due);
    }
}
