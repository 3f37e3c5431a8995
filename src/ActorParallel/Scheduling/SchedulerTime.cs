using System.Diagnostics;

namespace ActorParallel.Scheduling;

/// <summary>
/// The scheduler's time: a <see cref="long"/> of <see cref="TimeSpan"/> ticks (100 ns) since any fixed moment.
/// It never runs backwards; virtual time and the machine's monotonic clock serve alike.
/// </summary>
internal static class SchedulerTime
{
    public const long Never = long.MaxValue;
    public const long Microsecond = TimeSpan.TicksPerMicrosecond;
    public const long Millisecond = TimeSpan.TicksPerMillisecond;
    public const long Second = TimeSpan.TicksPerSecond;

    /// <summary>From <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public static long FromStopwatch(long timestamp) => Stopwatch.GetElapsedTime(0, timestamp).Ticks;

    /// <summary>From a time provider's timestamp.</summary>
    public static long FromTimestamp(TimeProvider provider, long timestamp) => provider.GetElapsedTime(0, timestamp).Ticks;

    /// <summary><paramref name="ticks"/> after <paramref name="now"/>; <see cref="Never"/> when that is beyond the end of time.</summary>
    public static long After(long now, long ticks) => ticks >= Never - Math.Max(now, 0) ? Never : now + ticks;
}
