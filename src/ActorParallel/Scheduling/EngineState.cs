namespace ActorParallel.Scheduling;

/// <summary>One engine and what it holds.</summary>
internal sealed class EngineState(int id, int workers)
{
    public readonly int Id = id;
    public readonly int Workers = workers;

    /// <summary>Started, as told or as the order says: engines start their tasks in the order given.</summary>
    public readonly EntryList Running = new();

    /// <summary>Not started, in order.</summary>
    public readonly EntryList Queued = new();

    /// <summary>Those of <see cref="Queued"/> that were asked back, or cancelled.</summary>
    public int RecalledQueued;

    public long LastProgress;
    public bool Draining;
    public bool DrainedTold;

    /// <summary>Told to end; its loss charges nobody.</summary>
    public bool Ending;

    /// <summary>Emptied for a task that must run alone.</summary>
    public bool Reserved;
    public TaskEntry? Isolated;

    /// <summary>What the scheduler's totals hold of this engine.</summary>
    public bool InPolicy;
    public bool CountedActive;
    public int CountedFree;
    public EngineLink PolicyLink;
    public int PolicyBucket = -1;
    public EngineLink StallLink;
    public bool InStallList;

    public int Outstanding => Running.Count + Queued.Count;

    /// <summary>Takes work now or will again, when it is not emptied for, or kept by, a task that runs alone.</summary>
    public bool Active => !Draining && !Ending;

    public bool Accepting => Active && !Reserved && Isolated is null;

    public int FreeWorkers => Math.Max(0, Workers - Outstanding);

    /// <summary>Could be asked back.</summary>
    public int Backlog => !Active ? 0 : Queued.Count - RecalledQueued;
}

internal struct EngineLink
{
    public EngineState? Next;
    public EngineState? Previous;
}
