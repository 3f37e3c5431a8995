namespace ActorParallel.Results;

/// <summary>
/// Looks for a moment before it lets its thread sleep: waking a thread costs some 10 µs on each side, far more than a tiny task.
/// Bounded, so that who waits for longer burns nothing; other threads that want to run go first.
/// </summary>
internal static class ShortWait
{
    /// <summary>For what a thread of this process does next: 20 µs.</summary>
    public static readonly long Here = Ticks(20);

    /// <summary>For what another process does next, and its processor was not put to sleep meanwhile: 100 µs.</summary>
    public static readonly long Elsewhere = Ticks(100);

    /// <summary>For what goes through two other processes: 250 µs. When one of them slept, all would sleep in turn, call after call.</summary>
    public static readonly long Beyond = Ticks(250);

    static long Ticks(int microseconds) => Environment.ProcessorCount == 1 ? 0 : Clock.ToTimestampTicks(TimeSpan.FromMicroseconds(microseconds));

    /// <summary>Whether what is waited for came within so many ticks of the clock.</summary>
    public static bool Until<TState>(TState state, Func<TState, bool> came, long most)
    {
        if (most == 0) return came(state);
        var spin = new SpinWait();
        for (var end = Clock.Now + most; !came(state);)
        {
            if (Clock.Now >= end) return false;
            spin.SpinOnce(sleep1Threshold: -1);
        }
        return true;
    }
}
