using ActorParallel.Engines;
using CsCheck;

namespace ActorParallel.Tests.Engines;

public sealed class ReadyQueueTests
{
    sealed record Work(int Priority, int Number) : IWork
    {
        public WorkStatus Run(Worker worker) => WorkStatus.Done;
    }

    [Fact]
    public void HigherPrioritiesComeFirstAndWithinOneTheFirst() =>
        Gen.Int[-3, 3].Array[0, 60].Sample(priorities =>
        {
            var queue = new ReadyQueue();
            var all = priorities.Select((p, i) => new Work(p, i)).ToArray();
            foreach (var work in all) queue.Enqueue(work);
            Assert.Equal(all.Length, queue.Count);
            var taken = new List<IWork>();
            while (queue.TryDequeue(out var work)) taken.Add(work);
            Assert.Equal(all.OrderByDescending(w => w.Priority).ThenBy(w => w.Number), taken);
            Assert.True(queue.IsEmpty);
        });

    [Fact]
    public async Task NothingIsLostOrTakenTwiceWhenManyUseIt()
    {
        var queue = new ReadyQueue();
        const int Each = 20_000;
        var taken = new int[4 * Each];
        var count = 0;
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++) queue.Enqueue(new Work(i % 5 - 2, w * Each + i));
        }));
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (Volatile.Read(ref count) < taken.Length)
            {
                if (!queue.TryDequeue(out var work)) continue;
                Interlocked.Increment(ref taken[((Work)work).Number]);
                Interlocked.Increment(ref count);
            }
        }));
        await Task.WhenAll([.. writers, .. readers]).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.All(taken, n => Assert.Equal(1, n));
    }
}
