namespace ActorParallel.TestKit;

/// <summary>Durations in a few numbers. Immutable.</summary>
public sealed record TimeStatistics
{
    /// <summary>How many there were; 0 for a duration that was watched over time.</summary>
    public int Count { get; init; }

    /// <summary>The mean.</summary>
    public TimeSpan Mean { get; init; }

    /// <summary>The median.</summary>
    public TimeSpan P50 { get; init; }

    /// <summary>Nine of ten were no longer.</summary>
    public TimeSpan P90 { get; init; }

    /// <summary>99 of a hundred were no longer.</summary>
    public TimeSpan P99 { get; init; }

    /// <summary>999 of a thousand were no longer.</summary>
    public TimeSpan P999 { get; init; }

    /// <summary>The longest.</summary>
    public TimeSpan Max { get; init; }

    /// <summary>The numbers in words.</summary>
    public override string ToString() =>
        $"mean {ReportText.Of(Mean)}, median {ReportText.Of(P50)}, 90% {ReportText.Of(P90)}, 99% {ReportText.Of(P99)}, 99.9% {ReportText.Of(P999)}, most {ReportText.Of(Max)}";

    /// <summary>Of exact values, which it sorts.</summary>
    internal static TimeStatistics Of(List<long> ticks)
    {
        if (ticks.Count == 0)
            return new TimeStatistics();
        ticks.Sort();
        var sum = 0.0;
        foreach (var t in ticks)
            sum += t;
        return new TimeStatistics
        {
            Count = ticks.Count,
            Mean = TimeSpan.FromTicks((long)(sum / ticks.Count)),
            P50 = TimeSpan.FromTicks(ticks[Rank(ticks.Count, 0.5)]),
            P90 = TimeSpan.FromTicks(ticks[Rank(ticks.Count, 0.9)]),
            P99 = TimeSpan.FromTicks(ticks[Rank(ticks.Count, 0.99)]),
            P999 = TimeSpan.FromTicks(ticks[Rank(ticks.Count, 0.999)]),
            Max = TimeSpan.FromTicks(ticks[^1]),
        };
    }

    /// <summary>Where the value is that so large a share doesn't exceed.</summary>
    internal static int Rank(int count, double share) => Math.Clamp((int)Math.Ceiling(count * share) - 1, 0, count - 1);
}

/// <summary>A level over time, or numbers without a unit, in a few numbers. Immutable.</summary>
public sealed record LevelStatistics
{
    /// <summary>The mean; of a level over time, each moment counting alike.</summary>
    public double Mean { get; init; }

    /// <summary>The median.</summary>
    public double P50 { get; init; }

    /// <summary>It was no higher nine tenths of the time.</summary>
    public double P90 { get; init; }

    /// <summary>It was no higher 99 hundredths of the time.</summary>
    public double P99 { get; init; }

    /// <summary>The highest.</summary>
    public double Max { get; init; }

    /// <summary>The numbers in words.</summary>
    public override string ToString() =>
        $"mean {ReportText.Of(Mean)}, median {ReportText.Of(P50)}, 90% {ReportText.Of(P90)}, 99% {ReportText.Of(P99)}, most {ReportText.Of(Max)}";

    /// <summary>Of exact values, which it sorts.</summary>
    internal static LevelStatistics Of(List<double> values)
    {
        if (values.Count == 0)
            return new LevelStatistics();
        values.Sort();
        return new LevelStatistics
        {
            Mean = values.Sum() / values.Count,
            P50 = values[TimeStatistics.Rank(values.Count, 0.5)],
            P90 = values[TimeStatistics.Rank(values.Count, 0.9)],
            P99 = values[TimeStatistics.Rank(values.Count, 0.99)],
            Max = values[^1],
        };
    }
}

/// <summary>How things stood at one moment of a run.</summary>
/// <param name="At">The moment, since the start.</param>
/// <param name="Waiting">Tasks that waited for a worker, at the controller or at an engine.</param>
/// <param name="Running">Attempts that ran.</param>
/// <param name="Engines">Engines that were there.</param>
public readonly record struct SimulationMoment(TimeSpan At, long Waiting, long Running, int Engines);
