namespace ActorParallel.Results;

/// <summary>
/// Looks for a moment before it lets its thread sleep: waking a thread costs some 10 µs on each side, far more than a tiny task.
/// Bounded, so that who waits for longer burns nothing; other threads that want to run go first.
/// </summary>
internal static class ShortWait
{
    static readonly long s_most = Environment.ProcessorCount == 1 ? 0 : Clock.ToTimestampTicks(TimeSpan.FromMicroseconds(20));

    /// <summary>Whether what is waited for came in time.</summary>
    public static bool Until<TState>(TState state, Func<TState, bool> came)
    {
        if (s_most == 0) return came(state);
        var spin = new SpinWait();
        for (var end = Clock.Now + s_most; !came(state);)
        {
            if (Clock.Now >= end) return false;
            spin.SpinOnce(sleep1Threshold: -1);
        }
        return true;
    }
}
