namespace ActorParallel.Engines;

/// <summary>What an engine of a cluster is to be.</summary>
internal sealed record EngineSpec
{
    /// <summary>The id it asks for; -1 for any.</summary>
    public int EngineId { get; init; } = -1;

    public required int Workers { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, double> Resources { get; init; } = new Dictionary<string, double>();

    /// <summary>How long a cancelled task may go on.</summary>
    public required TimeSpan CancelGracePeriod { get; init; }

    /// <summary>Whether it takes assemblies from clients.</summary>
    public bool AllowCodeShipping { get; init; } = true;
}
