namespace ActorParallel;

/// <summary>
/// One ended task in a cluster's history: when it was where, who ran it, how it ended. Query them through <c>ParallelClient.History</c>
/// with LINQ. A snapshot; immutable, safe on any thread.
/// </summary>
/// <remarks>
/// All times are UTC, with the precision of their types (100 ns). Texts are kept up to a bound and end with an ellipsis where they were
/// cut; characters that no file can hold (lone surrogates, NUL) are kept as U+FFFD. A null member is one that does not apply: a task
/// that never began has no <see cref="Started"/>, a task that succeeded no <see cref="ErrorType"/>.
/// </remarks>
public sealed record TaskRecord
{
    /// <summary>The task's id: what <c>AsyncResult.Id</c> says.</summary>
    public required string Id { get; init; }

    /// <summary>The client that submitted it.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The label given with the call, or null. At most 256 characters.</summary>
    public string? Label { get; init; }

    /// <summary>The function's display name. At most 512 characters.</summary>
    public string Function { get; init; } = "";

    /// <summary>How it ended.</summary>
    public TaskState State { get; init; }

    /// <summary>When the controller had it (UTC).</summary>
    public DateTimeOffset Submitted { get; init; }

    /// <summary>When its last attempt began to run (UTC), or null if none did.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended (UTC), or null if that is not known.</summary>
    public DateTimeOffset? Completed { get; init; }

    /// <summary>The engine of the last attempt, or null if there was none.</summary>
    public int? EngineId { get; init; }

    /// <summary>The worker of the last attempt, numbered from 0 in its engine, or null if there was none.</summary>
    public int? WorkerId { get; init; }

    /// <summary>How many attempts began.</summary>
    public int Attempts { get; init; }

    /// <summary>How many attempts ended because their engine was lost.</summary>
    public int EngineLosses { get; init; }

    /// <summary>How long the last attempt ran, on its engine's clock, or null if none did.</summary>
    public TimeSpan? RunTime { get; init; }

    /// <summary>From its submission to the start of its last attempt, or null if none began. Never negative.</summary>
    public TimeSpan? QueueTime { get; init; }

    /// <summary>The full name of the exception's type it ended with, or null. At most 512 characters.</summary>
    public string? ErrorType { get; init; }

    /// <summary>The message of the exception it ended with, or null. At most 2,048 characters.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The priority it was submitted with.</summary>
    public int Priority { get; init; }

    /// <summary>The size of its captured values and arguments, in bytes.</summary>
    public long ArgumentBytes { get; init; }

    /// <summary>The size of its value, or of its exception, in bytes.</summary>
    public long ResultBytes { get; init; }

    /// <summary>What it wrote to the console, or empty. The first 4,096 characters.</summary>
    public string Output { get; init; } = "";
}
