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
}
