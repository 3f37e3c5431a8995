namespace ActorParallel.Scheduling;

/// <summary>One task in flight. Lives in one list at a time through its own links; reused after the task ended.</summary>
internal sealed class TaskEntry
{
    /// <summary>The state of an entry not in use.</summary>
    public const TaskState Unused = Instruction.NoState;

    public long Id;
    public SpecStats Stats = null!;
    public TaskClass Class = null!;
    public int Client;
    public TaskState State;
    public EngineState? Engine;

    /// <summary>The list it is in, and its neighbours there.</summary>
    public EntryList? List;
    public TaskEntry? Next;
    public TaskEntry? Previous;

    /// <summary>The attempt that holds it, or held it last; and the highest number given so far.</summary>
    public int Attempt;
    public int Attempts;

    /// <summary>Attempts that may have reached user code and are over.</summary>
    public int Runs;
    public int Failures;
    public int Losses;

    /// <summary>The engine it should rather not go to again, or -1.</summary>
    public int Avoid;

    public long QueueDeadline;

    /// <summary>The place in the timers' heap, or -1, and the moment it stands for.</summary>
    public int TimerIndex = -1;
    public long DueAt;

    /// <summary>Its place among the ready ones, and who pays for it how much.</summary>
    public long Order;
    public ShareAccount? Account;
    public double Charged;

    // What few tasks have is kept apart: a plain task's entry stays small, and most of a burst's time goes into cache misses.
    TaskExtras? _extras;

    /// <summary>When it began to run; only of idempotent ones.</summary>
    public long StartedAt
    {
        get => _extras?.StartedAt ?? 0;
        set => (_extras ??= new()).StartedAt = value;
    }

    /// <summary>The engine's place in its class, while it holds resources there.</summary>
    public ClassMember? Member
    {
        get => _extras?.Member;
        set => Extras(value)?.Member = value;
    }

    /// <summary>The second copy of a task that takes long; and of a copy, the task. A copy stands for one attempt only.</summary>
    public TaskEntry? Copy
    {
        get => _extras?.Copy;
        set => Extras(value)?.Copy = value;
    }

    public TaskEntry? Original
    {
        get => _extras?.Original;
        set => Extras(value)?.Original = value;
    }

    /// <summary>An attempt whose task ended without it, until its engine has said so.</summary>
    public bool Retired;

    /// <summary>Runs for unusually long, and waits for a worker for its second copy.</summary>
    public bool Straggles;

    /// <summary>Taken over from another controller, without regard to credits.</summary>
    public bool Adopted;

    /// <summary>While it waits for others; and those that wait for it.</summary>
    public TaskWait? Wait
    {
        get => _extras?.Wait;
        set => Extras(value)?.Wait = value;
    }

    public Dependents? Dependents
    {
        get => _extras?.Dependents;
        set => Extras(value)?.Dependents = value;
    }

    /// <summary>The task it follows to its engine, or -1.</summary>
    public long Follows
    {
        get => _extras?.Follows ?? -1;
        set => (_extras ??= new()).Follows = value;
    }

    /// <summary>The engines on which it found that it can't run there; null if none.</summary>
    public List<int>? Unsuitable
    {
        get => _extras?.Unsuitable;
        set => Extras(value)?.Unsuitable = value;
    }

    /// <summary>Nobody will name it after its end.</summary>
    public bool Released;

    /// <summary>Asked back, or cancelled, while queued at its engine.</summary>
    public bool Recalled;
    public bool CancelRequested;

    /// <summary>It ends if it comes back from its engine not begun.</summary>
    public bool AbortRequested;

    /// <summary>Its queue timeout passed while an engine held it: it ends if it comes back.</summary>
    public bool QueueExpired;

    /// <summary>Runs alone next.</summary>
    public bool Isolate;
    public bool Suspect;
    public bool Overran;

    /// <summary>Only tasks that came back have one.</summary>
    public List<AttemptEnd>? History
    {
        get => _extras?.History;
        set => Extras(value)?.History = value;
    }

    TaskExtras? Extras(object? value) => value is null ? _extras : _extras ??= new();

    public TaskSpec Spec => Stats.Spec;

    /// <summary>Not a task of its own: a copy, or what is left of one.</summary>
    public bool Extra => Original is not null || Retired;

    public void Reset()
    {
        Id = 0;
        Stats = null!;
        Class = null!;
        State = Unused;
        Engine = null;
        Client = Attempt = Attempts = Runs = Failures = Losses = 0;
        Avoid = -1;
        DueAt = 0;
        QueueDeadline = SchedulerTime.Never;
        Account = null;
        _extras = null;
        Retired = Straggles = Adopted = Released = Recalled = CancelRequested = AbortRequested = QueueExpired = Isolate = Suspect = Overran = false;
    }
}

/// <summary>What only tasks with dependencies, constraints, copies or earlier attempts have.</summary>
internal sealed class TaskExtras
{
    public long StartedAt;
    public long Follows = -1;
    public ClassMember? Member;
    public TaskEntry? Copy;
    public TaskEntry? Original;
    public TaskWait? Wait;
    public Dependents? Dependents;
    public List<int>? Unsuitable;
    public List<AttemptEnd>? History;
}

/// <summary>How an attempt that wasn't the last one ended.</summary>
internal readonly record struct AttemptEnd(int Attempt, int EngineId, Reason Reason, long At);
