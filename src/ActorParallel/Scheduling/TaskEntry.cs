namespace ActorParallel.Scheduling;

/// <summary>One task in flight. Lives in one list at a time through its own links; reused after the task ended.</summary>
internal sealed class TaskEntry
{
    public long Id;
    public SpecStats Stats = null!;
    public TaskState State;
    public EngineState? Engine;

    /// <summary>The list it is in, and its neighbours there.</summary>
    public EntryList? List;
    public TaskEntry? Next;
    public TaskEntry? Previous;

    public int Attempt;

    /// <summary>Attempts that may have reached user code and are over.</summary>
    public int Runs;
    public int Failures;
    public int Losses;

    /// <summary>The engine it should rather not go to again, or -1.</summary>
    public int Avoid;

    public long SubmittedAt;
    public long QueueDeadline;

    /// <summary>The place in the timers' heap, or -1, and the moment it stands for.</summary>
    public int TimerIndex = -1;
    public long DueAt;

    /// <summary>Asked back, or cancelled, while queued at its engine.</summary>
    public bool Recalled;
    public bool CancelRequested;

    /// <summary>Its queue timeout passed while an engine held it: it ends if it comes back.</summary>
    public bool QueueExpired;

    /// <summary>Runs alone next.</summary>
    public bool Isolate;
    public bool Suspect;
    public bool Overran;

    /// <summary>Only tasks that came back have one.</summary>
    public List<AttemptEnd>? History;

    public TaskSpec Spec => Stats.Spec;

    public bool Started => Runs > 0 || State == TaskState.Running;

    public void Reset()
    {
        Id = 0;
        Stats = null!;
        State = TaskState.None;
        Engine = null;
        Attempt = Runs = Failures = Losses = 0;
        Avoid = -1;
        SubmittedAt = DueAt = 0;
        QueueDeadline = SchedulerTime.Never;
        Recalled = CancelRequested = QueueExpired = Isolate = Suspect = Overran = false;
        History = null;
    }
}

/// <summary>How an attempt that wasn't the last one ended.</summary>
internal readonly record struct AttemptEnd(int Attempt, int EngineId, Reason Reason, long At);
