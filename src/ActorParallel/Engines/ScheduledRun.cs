using Akka.Actor;

namespace ActorParallel.Engines;

/// <summary>Something to run at a moment, once or again and again. All but the construction belongs to its scheduler.</summary>
internal sealed class ScheduledRun(ThreadScheduler scheduler, Action action, TimeSpan interval, bool runsAtEnd, ICancelable? cancelable)
{
    CancellationTokenRegistration _registration;

    /// <summary>When, in ticks of 100 ns of the scheduler's clock.</summary>
    public long Due { get; set; }

    /// <summary>First come, first served among those due at the same moment.</summary>
    public long Sequence { get; set; }

    /// <summary>Where it is in the heap; below 0: not there.</summary>
    public int Position { get; set; } = -1;

    /// <summary>Whether it runs early rather than never when the scheduler ends.</summary>
    public bool RunsAtEnd => runsAtEnd;

    public bool Repeats => interval > TimeSpan.Zero;

    public bool IsCancelled => cancelable is { IsCancellationRequested: true };

    /// <summary>Cancelling takes it out of the scheduler at once, with all that its action holds.</summary>
    public void WatchCancelable()
    {
        try
        {
            if (cancelable is not null)
                _registration = cancelable.Token.UnsafeRegister(static run => ((ScheduledRun)run!).Cancelled(), this);
        }
        catch (ObjectDisposedException)
        {
            // Nobody can cancel it any more.
        }
    }

    /// <summary>A token that lives long does not hold what has run. Doesn't wait for a cancelling that is under way.</summary>
    public void Forget() => _registration.Unregister();

    public void Run() => action();

    /// <summary>Keeps the rhythm, and leaves out what a late thread missed: no burst after a pause.</summary>
    public void MoveOn(long now)
    {
        var late = Math.Max(0, now - Due);
        Due += interval.Ticks * (late / interval.Ticks);
        Due = Due > long.MaxValue - interval.Ticks ? long.MaxValue : Due + interval.Ticks;
    }

    void Cancelled() => scheduler.Remove(this);
}
