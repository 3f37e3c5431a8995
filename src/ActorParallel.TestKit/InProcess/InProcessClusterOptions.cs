namespace ActorParallel.TestKit;

/// <summary>How an <see cref="InProcessCluster"/> is started. Immutable.</summary>
public sealed record InProcessClusterOptions
{
    /// <summary>How many engines. Default 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Engines { get; init => field = Check.NotNegative(value, nameof(Engines)); } = 2;

    /// <summary>How many tasks each engine runs at a time. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int WorkersPerEngine { get; init => field = Check.Positive(value, nameof(WorkersPerEngine)); } = 1;

    /// <summary>What engines have for tasks to ask for. Default none.</summary>
    public IReadOnlyList<string> Tags { get; init => field = new ValueList<string>(value); } = ValueList<string>.Empty;

    /// <summary>An engine that died is started again, with its id. Default true.</summary>
    public bool RestartsEngines { get; init; } = true;

    /// <summary>HOCON with a section <c>actor-parallel.cluster</c>, as in a profile. Default null.</summary>
    public string? Config { get; init; }
}
