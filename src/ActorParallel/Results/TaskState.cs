namespace ActorParallel;

/// <summary>Where a task is between its submission and its one end.</summary>
public enum TaskState
{
    /// <summary>Waits for other tasks to end.</summary>
    Waiting,

    /// <summary>Waits for a free worker.</summary>
    Ready,

    /// <summary>An attempt failed or was lost; the next one starts after its backoff.</summary>
    Delayed,

    /// <summary>Sent to an engine that has not started it yet.</summary>
    Assigned,

    /// <summary>A worker runs it.</summary>
    Running,

    /// <summary>Ended with a value.</summary>
    Succeeded,

    /// <summary>Ended with the exception it threw.</summary>
    Failed,

    /// <summary>Ended because it was cancelled.</summary>
    Cancelled,

    /// <summary>Ended because it ran, or waited, for longer than it may.</summary>
    TimedOut,

    /// <summary>Ended because its engines were lost more often than its budget allows.</summary>
    Lost,

    /// <summary>Ended because it kills the engines that run it.</summary>
    Quarantined,

    /// <summary>Ended because nothing can ever run it.</summary>
    Unschedulable,
}

internal static class TaskStates
{
    public static bool IsFinal(this TaskState state) => state >= TaskState.Succeeded;
}
