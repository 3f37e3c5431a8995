namespace ActorParallel.Benchmarks.Compare;

/// <summary>A line of the table. The ratio is the median of the rounds' ratios: each round compares what ran side by side.</summary>
internal sealed record Row(string Scenario, string Unit, Figure Ours, string? Peer, Figure? Theirs, double? Ratio, string? Target, bool? Met)
{
    public static Row Against(Scenario scenario, int metric, List<double[]> ours, string peer, List<double[]> theirs)
    {
        var kind = scenario.Metrics[metric];
        var ratio = Figure.Of(ours.Zip(theirs, (o, t) => o[metric] / t[metric])).Median;
        var target = Array.Find(kind.Targets, t => t.Peer == peer);
        return new(
            Title(scenario, kind), kind.Unit, Of(ours, metric), peer, Of(theirs, metric), ratio,
            target?.ToString(), target?.IsMet(ratio));
    }

    /// <summary>A line for a target that has no peer, or for a figure that nobody else gives.</summary>
    public static IEnumerable<Row> OursAlone(Scenario scenario, int metric, List<double[]> ours)
    {
        var kind = scenario.Metrics[metric];
        var figure = Of(ours, metric);
        var target = Array.Find(kind.Targets, t => t.Peer is null);
        if (target is not null || scenario.Contenders.Length == 1)
            yield return new(Title(scenario, kind), kind.Unit, figure, null, null, null, target is null ? null : $"{target} {kind.Unit}", target?.IsMet(figure.Median));
    }

    static Figure Of(List<double[]> rounds, int metric) => Figure.Of(rounds.Select(r => r[metric]));

    static string Title(Scenario scenario, Metric metric) => metric.Name.Length == 0 ? scenario.Name : $"{scenario.Name}: {metric.Name}";
}
