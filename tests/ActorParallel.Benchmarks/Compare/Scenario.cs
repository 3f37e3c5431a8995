namespace ActorParallel.Benchmarks.Compare;

/// <summary>Something to do, and those who do it; the first is ours.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Metrics">What a round measures, in this order.</param>
/// <param name="Contenders">Ours first.</param>
internal sealed record Scenario(string Name, Metric[] Metrics, params Contender[] Contenders)
{
    /// <summary>One round without warming up: it is long, and looks at states rather than times.</summary>
    public bool Once { get; init; }
}

/// <summary>A program that does it. A round gives one figure a metric.</summary>
internal sealed record Contender(string Name, Func<double[]> Round)
{
    /// <summary>Runs before each round, unmeasured.</summary>
    public Action? Before { get; init; }
}

/// <summary>A figure with its unit.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Targets">What ours must reach.</param>
internal sealed record Metric(string Unit, params Target[] Targets)
{
    /// <summary>Told apart from the scenario's other figures by this; empty when there is one.</summary>
    public string Name { get; init; } = "";
}

/// <summary>What ours must reach: a ratio to a peer, or, without a peer, a figure of its own.</summary>
/// <param name="Peer">The peer's name; null for ours alone.</param>
/// <param name="Limit">The limit of the ratio ours/theirs, or of our figure.</param>
/// <param name="AtLeast">Whether more is better.</param>
internal sealed record Target(string? Peer, double Limit, bool AtLeast)
{
    public static Target AtMostOf(string peer, double ratio) => new(peer, ratio, false);

    public static Target TimesThat(string peer, double ratio) => new(peer, ratio, true);

    public static Target NoLess(double figure) => new(null, figure, true);

    public static Target AtMost(double figure) => new(null, figure, false);

    // As the table shows it, so that 1.00 is no slower than 1.00.
    public bool IsMet(double value)
    {
        var shown = Math.Round(value, 2);
        return AtLeast ? shown >= Limit : shown <= Limit;
    }

    public override string ToString() => $"{(AtLeast ? "≥" : "≤")} {Figure.Text(Limit)}";
}
