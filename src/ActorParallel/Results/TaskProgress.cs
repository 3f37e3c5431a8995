namespace ActorParallel;

/// <summary>How far a call is, how fast it goes and how long it will take. A snapshot; immutable.</summary>
/// <param name="Completed">How many items have ended, well or not.</param>
/// <param name="Total">How many items there are, or null while a lazy input has not been read to its end.</param>
/// <param name="Fraction">From 0 to 1: of the items ended, or what a single task reported of itself; null while the total is unknown.</param>
/// <param name="Elapsed">Time since the call.</param>
/// <param name="Rate">Items ended per second so far.</param>
/// <param name="Remaining">The time left at that rate; null while it can't be told.</param>
public readonly record struct TaskProgress(
    long Completed, long? Total, double? Fraction, TimeSpan Elapsed, double Rate, TimeSpan? Remaining)
{
    internal static TaskProgress Of(long completed, long? total, double? reported, TimeSpan elapsed)
    {
        var fraction = total is > 0 ? Math.Max((double)completed / total.Value, reported ?? 0) : total == 0 ? 1 : reported;
        var rate = elapsed > TimeSpan.Zero ? completed / elapsed.TotalSeconds : 0;
        TimeSpan? remaining = fraction switch
        {
            >= 1 => TimeSpan.Zero,
            > 0 => elapsed * ((1 - fraction.Value) / fraction.Value),
            _ => null,
        };
        return new TaskProgress(completed, total, fraction, elapsed, rate, remaining);
    }
}
