namespace ActorParallel.TestKit;

/// <summary>How long the task at the front of the queue has waited: grows with time, falls when it starts.</summary>
internal sealed class AgeRecorder(long now)
{
    readonly Histogram _histogram = new();
    long _at = now;
    double _integral;
    long _max;

    /// <summary>Since the last time the task at the front had been there since <paramref name="since"/>; null for an empty queue.</summary>
    public void Upto(long now, long? since)
    {
        var ticks = now - _at;
        if (ticks <= 0)
            return;
        if (since is { } from)
        {
            var middle = (_at - from) + ticks / 2;
            _integral += (double)ticks * middle;
            _histogram.Add(middle, ticks);
            _max = Math.Max(_max, now - from);
        }
        else
        {
            _histogram.Add(0, ticks);
        }
        _at = now;
    }

    public TimeStatistics Statistics()
    {
        var total = _histogram.Total;
        if (total == 0)
            return new TimeStatistics();
        return new TimeStatistics
        {
            Mean = TimeSpan.FromTicks((long)(_integral / total)),
            P50 = Percentile(0.5),
            P90 = Percentile(0.9),
            P99 = Percentile(0.99),
            P999 = Percentile(0.999),
            Max = TimeSpan.FromTicks(_max),
        };
    }

    TimeSpan Percentile(double share) => TimeSpan.FromTicks(Math.Min(_max, (long)_histogram.Percentile(share)));
}
