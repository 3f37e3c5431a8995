using ActorParallel.Scheduling;

namespace ActorParallel.TestKit;

/// <summary>What simulated tasks are like, and what they ask for. Immutable.</summary>
public record SimulatedTaskOptions
{
    /// <summary>Whose they are: clients take turns within a priority. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Client { get; init => field = Check.NotNegative(value, nameof(Client)); }

    /// <summary>Higher first. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>How many times one that threw runs again. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Retries { get; init => field = Check.NotNegative(value, nameof(Retries)); }

    /// <summary>How many times one runs again after its engine died under it, the last of them alone on an engine. Default 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int EngineLossRetries { get; init => field = Check.NotNegative(value, nameof(EngineLossRetries)); } = 3;

    /// <summary>The delay before the first retry; it doubles with each. Default 50 ms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan Backoff { get; init => field = Check.NotNegative(value, nameof(Backoff)); } = TimeSpan.FromMilliseconds(50);

    /// <summary>Running it twice at once does no harm: a second copy may be started when it takes unusually long. Default false.</summary>
    public bool Idempotent { get; init; }

    /// <summary>How long an attempt may run; null (default) without limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not longer than zero.</exception>
    public TimeSpan? Timeout { get; init => field = Check.Positive(value, nameof(Timeout)); }

    /// <summary>How long one may wait for its first start; null (default) without limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not longer than zero.</exception>
    public TimeSpan? QueueTimeout { get; init => field = Check.Positive(value, nameof(QueueTimeout)); }

    /// <summary>It runs where an engine has all of these. Default none.</summary>
    public IReadOnlyList<string> Tags { get; init => field = new ValueList<string>(value); } = ValueList<string>.Empty;

    /// <summary>The chance that an attempt ends with an exception, 0 to 1. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double FailureRate { get; init => field = Check.Share(value, nameof(FailureRate)); }

    /// <summary>The first so many attempts end with an exception. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int FailedAttempts { get; init => field = Check.NotNegative(value, nameof(FailedAttempts)); }

    /// <summary>The chance that such a task kills each engine that has run it to its end, 0 to 1. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double KillerRate { get; init => field = Check.Share(value, nameof(KillerRate)); }

    /// <summary>An attempt takes so many times as long as it would by its work and its engine's speed: bad luck that a second copy need not share. Default 1.</summary>
    public Draw Slowdown { get; init => field = Check.Given(value, nameof(Slowdown)); } = 1;

    internal TaskSpec ToSpec() => new()
    {
        Priority = Priority,
        Retries = Retries,
        EngineLossRetries = EngineLossRetries,
        BackoffBase = Backoff,
        Idempotent = Idempotent,
        RunTimeout = Timeout,
        QueueTimeout = QueueTimeout,
        Tags = Tags,
    };
}
