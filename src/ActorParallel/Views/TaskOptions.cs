using ActorParallel.Results;

namespace ActorParallel;

/// <summary>The options of a call. Immutable; given with <see cref="ParallelExecutorExtensions.With"/>.</summary>
public sealed record TaskOptions
{
    internal static readonly TaskOptions Default = new();

    /// <summary>How often a task that threw is run again, after an exponential backoff with jitter. Default 0. For a map: each item.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Retries
    {
        get;
        init
        {
            Checks.AtLeast(value, 0, nameof(Retries));
            field = value;
        }
    }

    /// <summary>The longest one attempt may run; then its token is cancelled and, after the grace period, it is ended. Default null: no limit. For a map: each chunk.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan? Timeout
    {
        get;
        init
        {
            if (value is { } given) Checks.Positive(given, nameof(Timeout));
            field = value;
        }
    }

    /// <summary>The longest a task may wait before it starts. Default null: no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan? QueueTimeout
    {
        get;
        init
        {
            if (value is { } given) Checks.Positive(given, nameof(QueueTimeout));
            field = value;
        }
    }

    /// <summary>A name for the task in metadata and messages. Default null.</summary>
    public string? Label { get; init; }

    /// <summary>How many items of a map or stream travel together. Default null: chosen from the measured cost of an item.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? ChunkSize
    {
        get;
        init
        {
            if (value is { } given) Checks.AtLeast(given, 1, nameof(ChunkSize));
            field = value;
        }
    }

    /// <summary>Tasks with a higher priority start first; among equals the one submitted first. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>
    /// Engines the task may run on, by id. Default null: any. On a cluster; a pool refuses it.
    /// </summary>
    /// <exception cref="ArgumentException">The list is empty, or an id is negative.</exception>
    public IReadOnlyList<int>? Targets
    {
        get;
        init => field = value is null || (value.Count > 0 && value.All(id => id >= 0))
            ? value
            : throw new ArgumentException("Targets are ids of engines, not negative: give at least one, or null for any engine.", nameof(Targets));
    }

    /// <summary>What an engine must be tagged with to run the task. Default none. On a cluster; a pool refuses it.</summary>
    public IReadOnlyList<string> Tags
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Any(string.IsNullOrWhiteSpace)) throw new ArgumentException("A tag is empty: give a name.", nameof(Tags));
            field = value;
        }
    } = [];

    /// <summary>What of an engine's resources the task holds while it runs, by name. Default null: nothing. On a cluster; a pool refuses it.</summary>
    /// <exception cref="ArgumentException">An amount is not a positive number, or a name is empty.</exception>
    public IReadOnlyDictionary<string, double>? Resources
    {
        get;
        init
        {
            foreach (var (name, amount) in value ?? new Dictionary<string, double>())
                if (string.IsNullOrWhiteSpace(name) || !(amount > 0) || double.IsInfinity(amount))
                    throw new ArgumentException($"The resource '{name}' = {amount} can't be held: give it a name and an amount above 0.", nameof(Resources));
            field = value;
        }
    }

    /// <summary>Whether running the task twice does no harm: then a second copy may be started when it takes unusually long. Default false. On a cluster; a pool ignores it.</summary>
    public bool Idempotent { get; init; }

    /// <summary>How often the task may run again because the engine that ran it was lost. Default null: as the cluster has it, 3. On a cluster; a pool has its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? EngineLossRetries
    {
        get;
        init
        {
            if (value is { } given) Checks.AtLeast(given, 0, nameof(EngineLossRetries));
            field = value;
        }
    }

    /// <summary>What the task comes after. Default nothing. On a cluster; a pool refuses it.</summary>
    public IReadOnlyList<TaskDependency> Dependencies { get; init; } = [];

    /// <summary>
    /// Asked on the engine before the function is called, for each attempt: false moves the task to another engine, never to one where it has been, and uses none of
    /// <see cref="Retries"/>; when no engine is left it ends with an <see cref="UnschedulableException"/>. It travels like the function itself. Default null: any engine
    /// will do. On a cluster; a pool refuses it. A function can find out itself, too: see <see cref="UnsuitableEngineException"/>.
    /// </summary>
    public Func<bool>? Requires { get; init; }

    /// <summary>What only a cluster's controller does.</summary>
    internal string? ClusterOnly =>
        Targets is not null ? "targets" : Tags.Count > 0 ? "tags" : Resources is not null ? "resources" : Dependencies.Count > 0 ? "after or follow" : Requires is not null ? "requires" : null;
}
