namespace ActorParallel.TestKit;

/// <summary>Something that has a level at each moment, such as a queue's length: how long it had which.</summary>
internal sealed class LevelRecorder(long now)
{
    readonly Histogram _histogram = new();
    long _since = now;
    double _integral;
    long _max;

    public long Level { get; private set; }

    public void Change(long by, long now)
    {
        Upto(now);
        Level += by;
        _max = Math.Max(_max, Level);
    }

    void Upto(long now)
    {
        if (now <= _since)
            return;
        var ticks = now - _since;
        _integral += (double)ticks * Level;
        _histogram.Add(Level, ticks);
        _since = now;
    }

    /// <summary>Counts from now on, at the level there is.</summary>
    public LevelRecorder Again(long now) => new(now) { Level = Level, _max = Level };

    public LevelStatistics Statistics(long now)
    {
        Upto(now);
        var total = _histogram.Total;
        return total == 0
            ? new LevelStatistics { Max = _max }
            : new LevelStatistics
            {
                Mean = _integral / total,
                P50 = _histogram.Percentile(0.5),
                P90 = _histogram.Percentile(0.9),
                P99 = _histogram.Percentile(0.99),
                Max = _max,
            };
    }
}
