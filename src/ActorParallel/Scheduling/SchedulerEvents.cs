namespace ActorParallel.Scheduling;

/// <summary>A task arrived. An id that is in flight already is ignored and counted.</summary>
/// <param name="TaskId">Its id; not negative.</param>
/// <param name="Spec">What it has in common with others.</param>
/// <param name="Dependencies">What it waits for, or null.</param>
/// <param name="Client">Whose it is: clients take turns within a priority.</param>
internal readonly record struct TaskSubmitted(long TaskId, TaskSpec Spec, Dependencies? Dependencies = null, int Client = 0);

/// <summary>
/// A task arrived that an engine is running already, for a controller before this one: the result of that attempt counts, and later
/// attempts are numbered above it. If it is in flight but at no engine, it is taken from the queue; if another engine holds it, the
/// attempt is called off; if the engine is not there, it is an arrival like any other.
/// </summary>
internal readonly record struct TaskAdopted(long TaskId, TaskSpec Spec, int EngineId, int Attempt, int Client = 0);

/// <summary>Nobody will name these tasks any more: how they ended need not be kept. See <see cref="SchedulerOptions.KeepsEnded"/>.</summary>
internal readonly ref struct TasksReleased(ReadOnlySpan<long> taskIds)
{
    public ReadOnlySpan<long> TaskIds { get; } = taskIds;
}

/// <summary>An engine can take work. If one with this id is there already, that one is taken for dead first.</summary>
/// <param name="EngineId">Its id; not negative.</param>
/// <param name="Workers">How many tasks it runs at a time.</param>
/// <param name="Tags">What tasks may ask for.</param>
/// <param name="Resources">What tasks may hold, by name; amounts from 0.0001.</param>
internal readonly record struct EngineJoined(
    int EngineId, int Workers, IReadOnlyCollection<string>? Tags = null, IReadOnlyDictionary<string, double>? Resources = null);

/// <summary>The connection to an engine is cut: it gets no new work and is told nothing, and keeps what it holds. Its results count whenever they come.</summary>
internal readonly record struct EngineSuspended(int EngineId);

/// <summary>
/// A suspended engine is back, the same process with what it held. What it was to be told is told again. Tasks it turns out not to hold
/// (their assignment was lost on the way) are to be reported as <see cref="TaskOutcome.Returned"/>.
/// </summary>
internal readonly record struct EngineResumed(int EngineId);

/// <summary>An engine takes no new work; what it hasn't started is asked back. Ends in a <see cref="InstructionKind.Drained"/>.</summary>
internal readonly record struct EngineDraining(int EngineId);

/// <summary>An engine is gone with all it held.</summary>
/// <param name="EngineId">The engine.</param>
/// <param name="Reason">Whether anybody is to blame.</param>
/// <param name="SuspectTaskIds">
/// The tasks known to have been running; null when nobody knows, and then the oldest ones, as many as it has workers, are suspected.
/// So too when none of those named is at the engine: every death charges somebody, or a task could kill engines for ever.
/// </param>
internal readonly record struct EngineLost(int EngineId, EngineLossReason Reason = EngineLossReason.Died, long[]? SuspectTaskIds = null);

/// <summary>No engine will ever come again: what no engine holds ends lost, until one joins after all.</summary>
internal readonly record struct EnginesExhausted(string Reason);

/// <summary>A worker began a task. Optional: without it the scheduler counts on each engine starting its tasks in order.</summary>
internal readonly record struct TaskStarted(int EngineId, long TaskId, int Attempt);

/// <summary>An attempt ended, or came back without having been started.</summary>
/// <param name="EngineId">The engine that says so.</param>
/// <param name="TaskId">The task.</param>
/// <param name="Attempt">The attempt it was assigned as.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="RunTicks">How long it ran on its worker; not negative.</param>
internal readonly record struct TaskFinished(int EngineId, long TaskId, int Attempt, TaskOutcome Outcome, long RunTicks = 0);

/// <summary>Somebody wants a task to stop.</summary>
internal readonly record struct CancelRequested(long TaskId);

/// <summary>Somebody wants a task not to begin: it ends cancelled if it has not, and goes on otherwise.</summary>
internal readonly record struct AbortRequested(long TaskId);

/// <summary>A task went on beyond its grace period after it was cancelled or timed out: only the end of its engine stops it.</summary>
internal readonly record struct TaskOverran(int EngineId, long TaskId, int Attempt);

/// <summary>Time passed. Due at <see cref="SchedulerCore.NextDeadline"/>; harmless at any other moment.</summary>
internal readonly record struct Tick;

internal enum TaskOutcome : byte
{
    Succeeded,

    /// <summary>The user's function threw.</summary>
    Failed,

    Cancelled,

    /// <summary>Its running time was over.</summary>
    TimedOut,

    /// <summary>Given back, never started.</summary>
    Returned,

    /// <summary>It began, and found that it can't run on this engine: it is for another one.</summary>
    Unsuitable,
}

internal enum EngineLossReason : byte
{
    /// <summary>Crashed, was killed, or fell silent.</summary>
    Died,

    /// <summary>The owner stopped it (restart, recycling, resize): nobody is charged.</summary>
    Stopped,
}
