using System.Threading.Channels;

namespace ActorParallel.Contract.Tests;

public abstract class StreamContract(Executors executors) : Contract(executors)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OrderedStreamsKeepTheOrderAndOthersLoseNothing(bool ordered)
    {
        var expected = Lazy(2000).Select(x => x * 2).ToArray();
        var values = await ReadAsync(Pool.StreamAsync(x => x * 2, Lazy(2000), ordered));
        Assert.Equal(expected, ordered ? values : values.Order());
        Assert.Equal(expected, (await ReadAsync(Pool.StreamAsync(x => x * 2, LazyAsync(2000), ordered))).Order());
        Assert.Equal(expected, (await ReadAsync(Pool.StreamAsync(x => x * 2, Enumerable.Range(0, 2000), ordered))).Order());
        Assert.Equal(expected, (await ReadAsync(Pool.StreamAsync(async x => { await Task.Yield(); return x * 2; }, Lazy(2000), ordered))).Order());
        Assert.Equal(expected, (await ReadAsync(Pool.StreamAsync(async x => { await Task.Yield(); return x * 2; }, LazyAsync(2000), ordered))).Order());
    }

    [Fact]
    public async Task AnEmptyStreamEnds()
    {
        Assert.Empty(await ReadAsync(Pool.StreamAsync(x => x, Lazy(0))));
        Assert.Empty(await ReadAsync(Pool.StreamAsync(x => x, LazyAsync(0), ordered: false)));
    }

    [Fact]
    public async Task UnorderedValuesComeWhenTheyAreThere()
    {
        var pool = CreatePool(2);
        using var gate = Signal.New();
        var seen = new List<int>();
        await foreach (var x in pool.With(chunkSize: 1).StreamAsync(x => x == 0 && gate.Wait() ? 0 : x, Lazy(10), ordered: false, cancellationToken: Cancelled))
        {
            seen.Add(x);
            if (seen.Count == 9) gate.Set();
        }
        Assert.Equal(0, seen[^1]);
        Assert.Equal(Lazy(10), seen.Order());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(8, true)]
    [InlineData(8, false)]
    public async Task TheInputIsReadNoFurtherAheadThanMaxInFlight(int maxInFlight, bool ordered)
    {
        var (read, consumed, ahead) = (0, 0, 0);
        IEnumerable<int> Counting()
        {
            foreach (var i in Naturals())
            {
                Interlocked.Increment(ref read);
                yield return i;
            }
        }

        await foreach (var _ in Pool.StreamAsync(x => x, Counting(), ordered, maxInFlight, cancellationToken: Cancelled))
        {
            await Task.Yield();
            ahead = Math.Max(ahead, Volatile.Read(ref read) - consumed);
            if (++consumed == 300) break;
        }
        Assert.InRange(ahead, 1, maxInFlight);
    }

    [Fact]
    public async Task AnAsyncInputIsReadNoFurtherAheadThanMaxInFlight()
    {
        var (read, consumed, ahead) = (0, 0, 0);
        async IAsyncEnumerable<int> Counting()
        {
            foreach (var i in Naturals())
            {
                if (i % 5 == 0) await Task.Yield();
                Interlocked.Increment(ref read);
                yield return i;
            }
        }

        await foreach (var _ in Pool.StreamAsync(x => x, Counting(), maxInFlight: 6, cancellationToken: Cancelled))
        {
            await Task.Yield();
            ahead = Math.Max(ahead, Volatile.Read(ref read) - consumed);
            if (++consumed == 300) break;
        }
        Assert.InRange(ahead, 1, 6);
    }

    [Fact]
    public async Task LeavingEarlyDisposesTheInputAndStopsTheTasks()
    {
        var pool = CreatePool(2);
        using var tally = Tally.New();
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IEnumerable<int> Input()
        {
            try
            {
                foreach (var i in Naturals()) yield return i;
            }
            finally
            {
                disposed.SetResult();
            }
        }

        await foreach (var x in pool.With(chunkSize: 1).StreamAsync(i => i == 0 ? 0 : UntilStopped(tally), Input(), maxInFlight: 4, cancellationToken: Cancelled))
        {
            await Until(() => tally.CountOf("started") > 0, "a later item has started");
            break;
        }
        await disposed.Task.WaitAsync(Patience, Cancelled);
        await Until(() => tally.CountOf("stopped") == tally.CountOf("started"), "running tasks were stopped");
    }

    static int UntilStopped(Tally tally)
    {
        tally.Add("started");
        TaskContext.Current!.CancellationToken.WaitHandle.WaitOne();
        tally.Add("stopped");
        return 0;
    }

    [Fact]
    public async Task LeavingEarlyDoesNotWaitForAQuietAsyncInput()
    {
        var channel = Channel.CreateUnbounded<int>();
        await channel.Writer.WriteAsync(5, Cancelled);
        await Leave().WaitAsync(Patience, Cancelled);

        async Task Leave()
        {
            await foreach (var x in Pool.StreamAsync(x => x + 1, channel.Reader.ReadAllAsync()))
            {
                Assert.Equal(6, x);
                break;
            }
        }
    }

    [Fact]
    public async Task AValueDoesNotWaitForTheNextItem()
    {
        var channel = Channel.CreateUnbounded<int>();
        await using var values = Pool.StreamAsync(x => x * 2, channel.Reader.ReadAllAsync(Cancelled), cancellationToken: Cancelled).GetAsyncEnumerator(Cancelled);
        for (var i = 0; i < 20; i++)
        {
            await channel.Writer.WriteAsync(i, Cancelled);
            Assert.True(await values.MoveNextAsync().AsTask().WaitAsync(Patience, Cancelled));
            Assert.Equal(2 * i, values.Current);
        }
        channel.Writer.Complete();
        Assert.False(await values.MoveNextAsync().AsTask().WaitAsync(Patience, Cancelled));
    }

    [Fact]
    public async Task ATokenEndsTheStream()
    {
        using var stop = new CancellationTokenSource();
        var count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Pool.StreamAsync(x => x, Naturals(), cancellationToken: stop.Token))
                if (++count == 50) await stop.CancelAsync();
        });
        Assert.InRange(count, 50, 51);
    }

    [Fact]
    public async Task EndlessInputFlows()
    {
        var sum = 0L;
        await foreach (var x in Pool.StreamAsync(x => (long)x, Naturals(), maxInFlight: 1000, cancellationToken: Cancelled))
        {
            sum += x;
            if (x == 49_999) break;
        }
        Assert.Equal(49_999L * 50_000 / 2, sum);
    }

    [Fact]
    public async Task ASlowReaderDelaysNobodyElse()
    {
        await using var slow = Pool.StreamAsync(x => x, Naturals(), maxInFlight: 16, cancellationToken: Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await slow.MoveNextAsync());
        // It holds its stream open and does not read on.
        Assert.Equal(Lazy(1000), await Soon(Pool.MapAsync(x => x, Lazy(1000))));
        Assert.Equal(Lazy(1000), await ReadAsync(Pool.StreamAsync(x => x, Lazy(1000))));
        Assert.True(await slow.MoveNextAsync());
        Assert.Equal(1, slow.Current);
    }

    static async Task<List<T>> ReadAsync<T>(IAsyncEnumerable<T> values)
    {
        return await Read().WaitAsync(Patience, Cancelled);

        async Task<List<T>> Read()
        {
            var list = new List<T>();
            await foreach (var value in values) list.Add(value);
            return list;
        }
    }
}
