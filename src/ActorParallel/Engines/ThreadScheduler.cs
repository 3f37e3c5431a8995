using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace ActorParallel.Engines;

/// <summary>
/// Akka's timers on a thread of their own. Akka's scheduler (1.5.74) ticks on the .NET thread pool: user code that blocks
/// all of that stops heartbeats and backoffs too. This one sleeps until something is due, about 1 ms late at most where the
/// operating system can (Windows: 16 ms), never early. Actions run on its thread, so they are short, as Akka's are. Thread-safe.
/// Named by <see cref="Pools.OwnActorSystem.Quiet"/> as <c>akka.scheduler.implementation</c>.
/// </summary>
/// <remarks>
/// As with Akka's own, a repeated action that throws is not repeated, and <see cref="SchedulerException"/> meets who comes after the end.
/// <see cref="IDateTimeOffsetNowTimeProvider"/> keeps callbacks of <see cref="Cancelable.CancelAfter(TimeSpan)"/> off this thread.
/// </remarks>
internal sealed class ThreadScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log), IDateTimeOffsetNowTimeProvider, IDisposable
{
    static readonly long s_start = Stopwatch.GetTimestamp();

    readonly object _gate = new();
    readonly DueHeap _heap = new();
    readonly TimeSpan _shutdownTimeout = config.GetTimeSpan("akka.scheduler.shutdown-timeout", TimeSpan.FromSeconds(5));
    Thread? _thread;
    long _sequence;

    // Never later than the first in the heap. May be earlier, when that was cancelled: one needless look is
    // cheaper than waking the thread each time something is added and cancelled.
    long _wakeAt = long.MaxValue;
    bool _stopped, _abandoned;

    /// <summary>How many runs wait for their moment.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _heap.Count;
        }
    }

    protected override DateTimeOffset TimeNow => TimeProvider.System.GetUtcNow();

    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(s_start);

    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(s_start);

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(delay, TimeSpan.Zero, () => receiver.Tell(message, sender), runsAtEnd: false, cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(initialDelay, interval, () => receiver.Tell(message, sender), runsAtEnd: false, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Schedule(delay, TimeSpan.Zero, action, runsAtEnd: true, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Schedule(delay, TimeSpan.Zero, action.Run, runsAtEnd: true, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action, runsAtEnd: false, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action.Run, runsAtEnd: false, cancelable);

    void Schedule(TimeSpan delay, TimeSpan interval, Action action, bool runsAtEnd, ICancelable? cancelable)
    {
        var now = HighResMonotonicClock.Ticks;
        var run = new ScheduledRun(this, action, interval, runsAtEnd, cancelable)
        {
            Due = delay.Ticks > long.MaxValue - now ? long.MaxValue : now + delay.Ticks,
        };
        // Before it is in the heap, which it may leave at any moment from then on.
        run.WatchCancelable();
        if (TryAdd(run)) return;
        run.Forget();
        throw new SchedulerException("The actor system's scheduler has ended: nothing can be scheduled after the system's termination.");
    }

    /// <summary>False after the end.</summary>
    bool TryAdd(ScheduledRun run)
    {
        lock (_gate)
        {
            if (_stopped) return false;
            // Cancelled later than this, it is in the heap when Remove gets the lock.
            if (run.IsCancelled) return true;
            run.Sequence = _sequence++;
            _heap.Add(run);
            if (_thread is null)
            {
                _thread = new Thread(Loop) { IsBackground = true, Name = "actor-parallel scheduler" };
                // Whoever is first does not lend its context to all.
                _thread.UnsafeStart();
            }
            if (run.Due < _wakeAt)
            {
                _wakeAt = run.Due;
                Monitor.Pulse(_gate);
            }
            return true;
        }
    }

    public void Remove(ScheduledRun run)
    {
        lock (_gate) _heap.Remove(run);
    }

    void Loop()
    {
        while (Next() is { } run)
        {
            if (Run(run) && run.Repeats)
            {
                run.MoveOn(HighResMonotonicClock.Ticks);
                if (!TryAdd(run)) run.Forget();
            }
            else
            {
                run.Forget();
            }
        }
    }

    bool Run(ScheduledRun run)
    {
        if (run.IsCancelled) return false;
        try
        {
            run.Run();
            return true;
        }
        catch (Exception e)
        {
            LogError(e, run.Repeats);
            return false;
        }
    }

    void LogError(Exception error, bool repeats)
    {
        // At the end, it is what scheduled again.
        if (error is SchedulerException && Volatile.Read(ref _stopped)) return;
        try
        {
            Log.Error(error, "A scheduled action failed{0}.", repeats ? ", and is not repeated" : "");
        }
        catch (Exception)
        {
            // A logger that throws does not end the timers.
        }
    }

    ScheduledRun? Next()
    {
        lock (_gate)
        {
            while (!_stopped)
            {
                var now = HighResMonotonicClock.Ticks;
                _heap.TryPeek(out var first);
                if (first is not null && first.Due <= now)
                {
                    _heap.Remove(first);
                    return first;
                }
                if (_wakeAt <= now) _wakeAt = first?.Due ?? long.MaxValue;
                Monitor.Wait(_gate, Milliseconds(_wakeAt - now));
            }
            return NextAtEnd();
        }
    }

    // Rounded up: a moment too early would mean to look twice.
    static int Milliseconds(long ticks) => (int)Math.Min(int.MaxValue, ticks / TimeSpan.TicksPerMillisecond + 1);

    /// <summary>What was to happen once happens at the end: so Akka's dispatchers end their threads, and its waits complete.</summary>
    ScheduledRun? NextAtEnd()
    {
        while (!_abandoned && _heap.TryPeek(out var run))
        {
            _heap.Remove(run);
            if (run.RunsAtEnd) return run;
            run.Forget();
        }
        return null;
    }

    /// <summary>Akka calls this when all actors have ended. Nothing begins after it has returned, unless an action itself called it.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
            thread = _abandoned ? null : _thread;
        }
        if (thread is null || thread == Thread.CurrentThread || thread.Join(_shutdownTimeout)) return;
        lock (_gate) _abandoned = true;
        Log.Warning("The scheduler did not end within {0}: a scheduled action is still running.", _shutdownTimeout);
    }
}
