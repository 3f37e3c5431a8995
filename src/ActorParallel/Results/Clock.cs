using System.Diagnostics;

namespace ActorParallel.Results;

/// <summary>
/// Time as the hot path takes it: monotonic ticks, turned into UTC only when somebody looks.
/// A wall clock that is set back can't make a task end before it started.
/// </summary>
internal static class Clock
{
    static readonly long s_baseTicks = Stopwatch.GetTimestamp();
    static readonly DateTimeOffset s_baseTime = TimeProvider.System.GetUtcNow();

    // Units of at most 100 ns, where the clock is as fine as that: a power of two of its ticks.
    static readonly int s_unitShift = Math.Max(0, (int)Math.Log2(Stopwatch.Frequency / 10_000_000.0));

    public static long Now => Stopwatch.GetTimestamp();

    public static DateTimeOffset? ToUtc(long timestamp) =>
        timestamp == 0 ? null : s_baseTime + Stopwatch.GetElapsedTime(s_baseTicks, timestamp);

    public static long FromUtcTicks(long utcTicks) => utcTicks == 0
        ? 0
        : s_baseTicks + (long)((utcTicks - s_baseTime.UtcTicks) * (Stopwatch.Frequency / (double)TimeSpan.TicksPerSecond));

    public static long ToUtcTicks(long timestamp) => ToUtc(timestamp)?.UtcTicks ?? 0;

    public static TimeSpan Between(long start, long end) =>
        start == 0 || end <= start ? TimeSpan.Zero : Stopwatch.GetElapsedTime(start, end);

    public static TimeSpan ToTimeSpan(long ticks) => Stopwatch.GetElapsedTime(0, ticks);

    public static long ToTimestampTicks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);

    /// <summary>A span of ticks in the units in which results keep their times: 64 ns where the clock counts nanoseconds.</summary>
    public static long ToUnits(long ticks) => ticks >> s_unitShift;

    public static long FromUnits(long units) => units << s_unitShift;
}
