using ActorParallel.Engines;
using ActorParallel.Tests.Transport;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace ActorParallel.Tests.Engines;

/// <summary>Nothing runs beside these: they measure memory.</summary>
[Collection(nameof(BlockedPoolTests))]
public sealed class ThreadSchedulerTests : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    static readonly TimeSpan s_never = TimeSpan.FromHours(1);

    readonly ThreadScheduler _scheduler = Make("5 s");

    IAdvancedScheduler Timers => _scheduler;

    static ThreadScheduler Make(string shutdownTimeout) =>
        new(ConfigurationFactory.ParseString($"akka.scheduler.shutdown-timeout = {shutdownTimeout}"), NoLogger.Instance);

    public void Dispose() => _scheduler.Dispose();

    /// <summary>Holds a scheduler's thread in an action until disposed.</summary>
    sealed class Hold : IDisposable
    {
        readonly ManualResetEventSlim _release = new();

        public Hold(IAdvancedScheduler timers)
        {
            using var begun = new ManualResetEventSlim();
            timers.ScheduleOnce(TimeSpan.Zero, () =>
            {
                Thread = Thread.CurrentThread;
                begun.Set();
                _release.Wait();
            });
            Assert.True(begun.Wait(s_patience), "the thread did not begin");
        }

        public Thread Thread { get; private set; } = null!;

        public void Dispose() => _release.Set();
    }

    /// <summary>Waits until all that was due before has run.</summary>
    void Settle(TimeSpan delay = default)
    {
        using var done = new ManualResetEventSlim();
        Timers.ScheduleOnce(delay, done.Set);
        Assert.True(done.Wait(s_patience), "the scheduler stands still");
    }

    [Fact]
    public void RunsInTheOrderOfWhatIsDueAndNeverEarly()
    {
        const int Count = 200;
        var random = new Random(7);
        // The moment each is due lies between these two.
        var (from, to, ran) = (new TimeSpan[Count], new TimeSpan[Count], new TimeSpan[Count]);
        var order = new List<int>();
        using var all = new CountdownEvent(Count);
        using (new Hold(Timers))
        {
            for (var i = 0; i < Count; i++)
            {
                var (index, delay) = (i, TimeSpan.FromMilliseconds(random.Next(300)));
                from[i] = _scheduler.HighResMonotonicClock + delay;
                Timers.ScheduleOnce(delay, () =>
                {
                    ran[index] = _scheduler.HighResMonotonicClock;
                    order.Add(index);
                    all.Signal();
                });
                to[i] = _scheduler.HighResMonotonicClock + delay;
            }
        }

        Assert.True(all.Wait(s_patience), $"{all.CurrentCount} of {Count} did not run");
        Assert.All(order.Zip(order.Skip(1)), pair => Assert.True(from[pair.First] <= to[pair.Second], $"{pair} are in the wrong order"));
        Assert.All(order, i => Assert.True(ran[i] >= from[i], $"{i} ran at {ran[i]}, before {from[i]}"));
    }

    [Fact]
    public void HasNoTickOfItsOwn()
    {
        // The best of many: a busy machine makes some late, a tick of 10 ms most.
        var punctual = 0;
        for (var i = 0; i < 60; i++)
        {
            var (due, ran) = (TimeSpan.Zero, TimeSpan.Zero);
            using var done = new ManualResetEventSlim();
            due = _scheduler.HighResMonotonicClock + TimeSpan.FromMilliseconds(7);
            Timers.ScheduleOnce(TimeSpan.FromMilliseconds(7), () =>
            {
                ran = _scheduler.HighResMonotonicClock;
                done.Set();
            });
            Assert.True(done.Wait(s_patience));
            if (ran - due < TimeSpan.FromMilliseconds(3)) punctual++;
        }

        Assert.True(OperatingSystem.IsWindows() || punctual > 6, $"{punctual} of 60 were less than 3 ms late");
    }

    [Fact]
    public void WakesForWhatIsDueBeforeAllElse()
    {
        Timers.ScheduleOnce(s_never, () => { });
        Timers.ScheduleOnce(TimeSpan.MaxValue, () => { });
        Settle(TimeSpan.FromMilliseconds(20));
        Assert.Equal(2, _scheduler.Count);
    }

    [Fact]
    public void WhatIsCancelledNeverRunsAndIsNotKept()
    {
        var runs = 0;
        using (new Hold(Timers))
        {
            var cancelables = Enumerable.Range(0, 1000).Select(i =>
            {
                var cancelable = new Cancelable(Timers);
                Timers.ScheduleOnce(TimeSpan.FromMilliseconds(i % 3), () => Interlocked.Increment(ref runs), cancelable);
                return cancelable;
            }).ToArray();
            Assert.Equal(1000, _scheduler.Count);
            Assert.All(cancelables, c => c.Cancel());
            Assert.Equal(0, _scheduler.Count);
            Timers.ScheduleOnce(TimeSpan.Zero, () => Interlocked.Increment(ref runs), Cancelable.CreateCanceled());
            Assert.Equal(0, _scheduler.Count);
        }

        Settle(TimeSpan.FromMilliseconds(20));
        Assert.Equal(0, runs);
    }

    [Fact]
    public void RepeatsUntilCancelled()
    {
        var runs = 0;
        using var cancelled = new ManualResetEventSlim();
        var cancelable = new Cancelable(Timers);
        Timers.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(2), () =>
        {
            if (++runs < 5) return;
            cancelable.Cancel();
            cancelled.Set();
        }, cancelable);
        Assert.True(cancelled.Wait(s_patience), $"only {runs} runs");
        Settle(TimeSpan.FromMilliseconds(30));
        Assert.Equal(5, runs);
        Assert.Equal(0, _scheduler.Count);
    }

    [Fact]
    public void CancellingARaceRunsOnceOrNotAtAllAndKeepsNothing()
    {
        const int Count = 20_000;
        var runs = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            var index = i;
            var cancelable = new Cancelable(Timers);
            Timers.ScheduleOnce(TimeSpan.Zero, () => runs[index]++, cancelable);
            if (i % 2 == 0) cancelable.Cancel();
        }

        Settle();
        Assert.All(runs.Index(), r => Assert.InRange(r.Item, r.Index % 2, 1));
        Assert.Equal(0, _scheduler.Count);
    }

    [Fact]
    public void AMillionScheduledAndCancelledLeaveNoMemoryBehind()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var window = new Queue<Cancelable>();
        for (var i = 0; i < 1_000_000; i++)
        {
            var held = new byte[200];
            var cancelable = new Cancelable(Timers);
            window.Enqueue(cancelable);
            Timers.ScheduleOnce(s_never, () => GC.KeepAlive(held), cancelable);
            if (window.Count > 100) window.Dequeue().Cancel();
        }

        Assert.Equal(100, _scheduler.Count);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20_000_000);
        GC.KeepAlive(window);
    }

    [Fact]
    public void ATokenThatLivesLongDoesNotHoldWhatHasRun()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var cancelable = new Cancelable(Timers);
        for (var i = 0; i < 100_000; i++)
        {
            var held = new byte[1000];
            Timers.ScheduleOnce(TimeSpan.Zero, () => GC.KeepAlive(held), cancelable);
        }

        Settle();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20_000_000);
        GC.KeepAlive(cancelable);
    }

    [Fact]
    public void AnActionThatThrowsStopsItselfOnly()
    {
        var (failed, went) = (0, 0);
        using var enough = new CountdownEvent(5);
        Timers.ScheduleOnce(TimeSpan.Zero, () => throw new InvalidOperationException("once"));
        Timers.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), () =>
        {
            failed++;
            throw new InvalidOperationException("repeated");
        });
        Timers.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), () =>
        {
            if (++went <= 5) enough.Signal();
        });
        Assert.True(enough.Wait(s_patience));
        Settle(TimeSpan.FromMilliseconds(20));
        // As Akka's own does: what failed is not repeated.
        Assert.Equal(1, failed);
    }

    [Fact]
    public async Task RunsWhileEveryThreadOfThePoolIsBlocked()
    {
        await BlockedThreadPool.While(() => Settle(TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public void TheFirstToScheduleDoesNotLendItsContext()
    {
        var local = new AsyncLocal<string> { Value = "mine" };
        var seen = "nothing";
        Timers.ScheduleOnce(TimeSpan.Zero, () => seen = local.Value);
        Settle();
        Assert.Null(seen);
    }

    [Fact]
    public void WhatWasToHappenOnceHappensWhenItEndsAndNothingAfter()
    {
        var (once, repeated, told) = (0, 0, 0);
        Timers.ScheduleOnce(s_never, () => once++);
        Timers.ScheduleRepeatedly(s_never, s_never, () => repeated++);
        ((ITellScheduler)_scheduler).ScheduleTellOnce(s_never, new Receiver(() => told++), "message", ActorRefs.NoSender);
        _scheduler.Dispose();
        Assert.Equal((1, 0, 0), (once, repeated, told));
        Assert.Equal(0, _scheduler.Count);
        Assert.Throws<SchedulerException>(() => Timers.ScheduleOnce(TimeSpan.Zero, () => once++));
        _scheduler.Dispose();
        Assert.Equal(1, once);
    }

    sealed class Receiver(Action told) : ICanTell
    {
        public void Tell(object message, IActorRef sender) => told();
    }

    [Fact]
    public void EndingIsBoundedWhenAnActionNeverReturns()
    {
        var scheduler = Make("100 ms");
        var runs = 0;
        var hold = new Hold(scheduler);
        ((IAdvancedScheduler)scheduler).ScheduleOnce(s_never, () => runs++);
        scheduler.Dispose();
        scheduler.Dispose();
        hold.Dispose();
        Assert.True(hold.Thread.Join(s_patience), "the thread lives on");
        Assert.Equal(0, runs);
    }

    [Fact]
    public void AnActionMayEndTheScheduler()
    {
        Thread? thread = null;
        using var ended = new ManualResetEventSlim();
        Timers.ScheduleOnce(TimeSpan.Zero, () =>
        {
            thread = Thread.CurrentThread;
            _scheduler.Dispose();
            ended.Set();
        });
        Assert.True(ended.Wait(s_patience), "waits for itself");
        Assert.True(thread!.Join(s_patience), "the thread lives on");
    }

    [Fact]
    public void EndsWhenItWasNeverUsed()
    {
        _scheduler.Dispose();
        Assert.Throws<SchedulerException>(() => Timers.ScheduleOnce(TimeSpan.Zero, () => { }));
    }
}
