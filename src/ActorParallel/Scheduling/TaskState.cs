namespace ActorParallel.Scheduling;

/// <summary>Where a task is between submission and its one end.</summary>
internal enum TaskState : byte
{
    /// <summary>None: an entry not in use.</summary>
    None,

    /// <summary>Until the tasks it comes after have ended.</summary>
    Waiting,

    /// <summary>For an engine with room.</summary>
    Ready,

    /// <summary>Until its retry's delay is over.</summary>
    Delayed,

    /// <summary>Queued at an engine, behind others.</summary>
    Assigned,

    /// <summary>On a worker, as far as the scheduler can tell.</summary>
    Running,

    Succeeded,
    Failed,
    Cancelled,
    TimedOut,
    Lost,
    Quarantined,
    Unschedulable,
}

internal static class TaskStates
{
    public static bool IsEnd(this TaskState state) => state >= TaskState.Succeeded;
}
