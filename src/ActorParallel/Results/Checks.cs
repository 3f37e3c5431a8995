using System.Runtime.CompilerServices;

namespace ActorParallel.Results;

/// <summary>Argument checks that say what, where and what to do.</summary>
internal static class Checks
{
    public static void Timeout(TimeSpan timeout, [CallerArgumentExpression(nameof(timeout))] string? name = null)
    {
        if (timeout < TimeSpan.Zero && timeout != System.Threading.Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, timeout, $"{name} is negative ({timeout}): give a time from zero up, or Timeout.InfiniteTimeSpan.");
    }

    public static void Positive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be more than zero, not {value}.");
        if (value > s_longest)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be at most {s_longest.TotalDays:0} days, not {value}.");
    }

    public static void AtLeast(int value, int least, string name)
    {
        if (value < least) throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}, not {value}.");
    }

    // What a timer takes.
    static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 2);
}
