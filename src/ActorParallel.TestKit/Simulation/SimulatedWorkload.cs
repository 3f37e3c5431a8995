namespace ActorParallel.TestKit;

/// <summary>Tasks that arrive by themselves. Immutable.</summary>
public sealed record SimulatedWorkload : SimulatedTaskOptions
{
    /// <summary>How many. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Tasks { get; init => field = Check.NotNegative(value, nameof(Tasks)); }

    /// <summary>The time from one to the next, in seconds; null (default): all are there at <see cref="Start"/>.</summary>
    public Draw? Arrivals { get; init; }

    /// <summary>When they begin to arrive. Default at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan Start { get; init => field = Check.NotNegative(value, nameof(Start)); }

    /// <summary>How long one runs on an engine of speed 1, in seconds. Default 1.</summary>
    public Draw Work { get; init => field = Check.Given(value, nameof(Work)); } = 1;
}
