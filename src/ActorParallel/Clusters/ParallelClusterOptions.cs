using ActorParallel.Profiles;
using ActorParallel.Results;

namespace ActorParallel;

/// <summary>How a cluster is started. What is not given comes from the profile's configuration, and else from its defaults. Immutable.</summary>
public sealed record ParallelClusterOptions
{
    /// <summary>How many engines. Default null: as the profile says, one a core.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int? Engines
    {
        get;
        init
        {
            if (value is { } given) Checks.AtLeast(given, 0, nameof(Engines));
            field = value;
        }
    }

    /// <summary>How many tasks each engine runs at a time. Default null: as the profile says, 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public int? WorkersPerEngine
    {
        get;
        init
        {
            if (value is { } given) Checks.AtLeast(given, 1, nameof(WorkersPerEngine));
            field = value;
        }
    }

    /// <summary>The profile. Default null: one made for this cluster, in the temporary folder, that goes with it.</summary>
    /// <exception cref="ArgumentException">It can't be a profile's name.</exception>
    public string? Profile
    {
        get;
        init => field = value is null ? null : ProfileName.Check(value);
    }

    /// <summary>What starts engines. Default null: as the profile says, processes of this machine.</summary>
    public IEngineLauncher? Launcher { get; init; }

    /// <summary>HOCON with a section <c>actor-parallel.cluster</c>, above the profile's. Default null.</summary>
    public string? Config { get; init; }

    /// <summary>The folder that holds profiles. Default null: <c>ACTOR_PARALLEL_HOME</c>, or <c>~/.actor-parallel</c>.</summary>
    internal string? Home { get; init; }
}
