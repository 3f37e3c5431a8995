using ActorParallel.Engines;
using ActorParallel.Results;
using CsCheck;

namespace ActorParallel.Tests.Results;

public sealed class ResultCoreTests
{
    static readonly TaskOptions s_options = new();

    sealed class Host(bool local = true) : ITaskHost
    {
        long _sequence;

        public string Name => "host";

        public long Linger => ShortWait.Here;

        public bool IsLocal => local;

        public long ReserveSequences(int count) => Interlocked.Add(ref _sequence, count) - count + 1;

        public void Cancel(AsyncResult result)
        {
        }

        public bool? WaitInTask(AsyncResult result, TimeSpan timeout) => null;

        public void LendWhileAwaiting(AsyncResult result)
        {
        }

        public IDisposable? LendPlace() => null;
    }

    sealed class Result(ITaskHost host, TaskOptions options) : AsyncResult<int>(host, options);

    [Fact]
    public void TimesAreKeptToATenthOfAMicrosecondHoweverFarAway() =>
        Gen.Long[-40_000_000_000_000, 40_000_000_000_000].Array[2].Sample(offsets =>
        {
            var result = new Result(new Host(), s_options);
            Assert.Equal((0L, 0L), (result.StartedAt, result.CompletedAt));
            Array.Sort(offsets);
            var (start, end) = (result.SubmittedAt + offsets[0], result.SubmittedAt + offsets[1]);
            result.StartedAt = start;
            result.CompletedAt = end;
            var tenth = Clock.ToTimestampTicks(TimeSpan.FromMicroseconds(0.1));
            Assert.InRange(result.StartedAt, start - tenth, start);
            Assert.InRange(result.CompletedAt, end - tenth, end);
            Assert.True(result.StartedAt <= result.CompletedAt);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(137)]
    [InlineData(138)]
    [InlineData(100_000)]
    public void TimesNearTheEndsOfTheSmallFieldsAreRight(int seconds)
    {
        foreach (var offset in new[] { seconds, -seconds })
        {
            var result = new Result(new Host(), s_options);
            var time = result.SubmittedAt + Clock.ToTimestampTicks(TimeSpan.FromSeconds(offset));
            result.CompletedAt = time;
            Assert.InRange(Clock.ToTimeSpan(time - result.CompletedAt).TotalMicroseconds, 0, 0.1);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(254)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(70_000)]
    public void NumbersOfEnginesAndAttemptsAreNotCut(int number)
    {
        var result = new Result(new Host(), s_options) { EngineId = number, Attempt = number };
        Assert.Equal((number, number), (result.EngineId, result.Attempt));
        result.Attempt++;
        Assert.Equal((number, number + 1), (result.EngineId, result.Attempt));
    }

    [Fact]
    public void ATimeOfItsOwnIsKeptForReceivingFromElsewhere()
    {
        var (near, far) = (new Result(new Host(), s_options), new Result(new Host(local: false), s_options));
        foreach (var result in new[] { near, far })
        {
            result.CompletedAt = result.SubmittedAt + 1;
            Assert.True(result.TrySucceed(1));
        }
        Assert.Equal(near.CompletedAt, near.ReceivedAt);
        Assert.True(far.ReceivedAt > far.CompletedAt);
    }

    [Fact]
    public async Task EachWaiterIsCalledOnceWhoeverComesFirst()
    {
        for (var i = 0; i < 3_000; i++)
        {
            var result = new Result(new Host(), s_options);
            result.TryMove(TaskState.Ready, TaskState.Running);
            var calls = new int[6];
            using var start = new Barrier(4);
            void Add(int from)
            {
                start.SignalAndWait();
                for (var n = from; n < from + 3; n++)
                {
                    var own = n;
                    result.AddWaiter(new InlineCompletion(r => Interlocked.Add(ref calls[own], r.Ready ? 1 : 100)));
                }
            }
            await Task.WhenAll(
                Task.Run(() => Add(0)), Task.Run(() => Add(3)),
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    result.Control.EngineLosses++;
                }),
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    Assert.True(result.TrySucceedRunning(5));
                })).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.All(calls, n => Assert.Equal(1, n));
            Assert.Equal((5, 1), (result.Get(), result.Control.EngineLosses));
        }
    }

    [Fact]
    public async Task OfAllWhoEndItOneDoes()
    {
        for (var i = 0; i < 3_000; i++)
        {
            var result = new Result(new Host(), s_options);
            result.TryMove(TaskState.Ready, TaskState.Running);
            using var start = new Barrier(3);
            bool Then(Func<bool> end)
            {
                start.SignalAndWait();
                return end();
            }
            var ends = await Task.WhenAll(
                Task.Run(() => Then(() => result.TrySucceedRunning(5))),
                Task.Run(() => Then(() => result.TryEnd(TaskState.Failed, new OrderOfEnds()))),
                Task.Run(() => Then(() => result.TryEnd(TaskState.Cancelled, new OperationCanceledException()))))
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Single(ends, true);
            Assert.Equal(new[] { TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled }[Array.IndexOf(ends, true)], result.State);
            Assert.Equal(ends[0], result.Error is null);
            Assert.True(result.EndClaimed);
        }
    }

    sealed class OrderOfEnds : Exception;

    [Fact]
    public async Task IdsAreUniqueOverThreadsAndExecutorsTakenInTurns()
    {
        Host[] hosts = [new(), new()];
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 1_000).Select(i => new Result(hosts[i / 7 % 2], s_options)).ToArray())));
        foreach (var host in hosts)
        {
            var ids = all.SelectMany(r => r).Where(r => r.Host == host).Select(r => r.Sequence).ToArray();
            Assert.Equal(ids.Length, ids.Distinct().Count());
        }
    }

    [Fact]
    public void ABurstSharesTheClockAndACallAfterAPauseDoesNot()
    {
        var host = new Host();
        var results = new AsyncResult[1_000];
        for (var round = 0; round < 20; round++)
        {
            var before = Clock.Now;
            for (var i = 0; i < results.Length; i++) results[i] = new Result(host, s_options);
            var last = before - 100;
            foreach (var result in results)
            {
                Assert.InRange(result.SubmittedAt, last, Clock.Now);
                last = result.SubmittedAt;
            }
            var tick = Environment.TickCount64;
            SpinWait.SpinUntil(() => Environment.TickCount64 != tick);
            var paused = Clock.Now;
            Assert.InRange(new Result(host, s_options).SubmittedAt, paused - 100, Clock.Now);
        }
    }

    [Fact]
    public async Task NoTaskStartsBeforeItWasSubmittedOrBeforeItsWorkersLastOneEnded()
    {
        using var pool = new ParallelPool(2);
        var results = new List<AsyncResult<int>>();
        for (var i = 0; i < 2_000; i++)
        {
            // In bursts and one by one: with workers that are busy, that look for work, and that sleep.
            for (var n = 0; n < i % 5; n++) results.Add(pool.ApplyAsync(x => x, i));
            if (i % 3 == 0 && results.Count > 0) await results[^1].WaitAsync(TestContext.Current.CancellationToken);
        }
        await AsyncResult.WhenAll(results, TestContext.Current.CancellationToken);
        foreach (var r in results)
            Assert.True(r.SubmittedAt <= r.StartedAt && r.StartedAt <= r.CompletedAt && r.CompletedAt <= r.ReceivedAt, $"{r.Metadata}");
        foreach (var worker in results.GroupBy(r => r.WorkerId))
        {
            var runs = worker.OrderBy(r => r.StartedAt).ThenBy(r => r.CompletedAt).ToArray();
            // Each result rounds its times by less than 0.1 µs.
            foreach (var (earlier, later) in runs.Zip(runs.Skip(1)))
                Assert.True(later.StartedAt + 100 >= earlier.CompletedAt, $"{earlier.Metadata} and {later.Metadata} overlap.");
        }
    }

    [Fact]
    public void AMillionResultsAreSmall()
    {
        using var pool = new ParallelPool(1);
        var executor = ((IParallelExecutor)pool).Executor;
        Func<int> one = () => 1;
        var before = 0L;
        for (var round = 0; round < 2; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 6_400; i++) GC.KeepAlive(new Apply0<int>(executor, pool.Options, one));
        }
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 6_400.0;
        Assert.True(each <= 66, $"A result takes {each} bytes.");
    }
}
