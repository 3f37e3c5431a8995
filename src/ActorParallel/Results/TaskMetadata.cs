namespace ActorParallel;

/// <summary>What is known of one task: when it was where, and who ran it. A snapshot; immutable.</summary>
/// <param name="TaskId">The task's id, unique in its executor's life.</param>
/// <param name="Label">The label given with the call, or null.</param>
/// <param name="State">The task's state when the snapshot was taken.</param>
/// <param name="Submitted">When the call was made (UTC); one made after a pause in the midst of a burst of calls may be dated a few milliseconds early.</param>
/// <param name="Started">When the last attempt began to run (UTC), or null if none has.</param>
/// <param name="Completed">When the last attempt ended (UTC), on the clock of whoever ran it, or null.</param>
/// <param name="Received">When the caller's side had the outcome (UTC), or null.</param>
/// <param name="EngineId">The engine that ran the last attempt: 0 for the program's own process; null if none has.</param>
/// <param name="WorkerId">The worker that ran the last attempt, numbered from 0 in its engine; null if none has.</param>
/// <param name="Attempt">The number of the last attempt, from 1; 0 if none has begun.</param>
/// <param name="EngineLosses">How many attempts ended because their engine was lost.</param>
/// <param name="Cancellation">How far the stopping of a cancelled or timed-out task had to go.</param>
/// <param name="Output">What the task wrote to the console, where the executor captures it; otherwise empty.</param>
public sealed record TaskMetadata(
    string TaskId,
    string? Label,
    TaskState State,
    DateTimeOffset Submitted,
    DateTimeOffset? Started,
    DateTimeOffset? Completed,
    DateTimeOffset? Received,
    int? EngineId,
    int? WorkerId,
    int Attempt,
    int EngineLosses,
    CancellationStep Cancellation,
    string Output);

/// <summary>The steps of stopping a task, in the order they are taken.</summary>
public enum CancellationStep
{
    /// <summary>The task was not stopped.</summary>
    None,

    /// <summary>The task was stopped before it began.</summary>
    BeforeStart,

    /// <summary>The task's token was cancelled, and the task ended within the grace period.</summary>
    Token,

    /// <summary>The task ignored its token: on threads it was given up and its worker replaced; on process engines its engine was ended.</summary>
    Forced,
}
