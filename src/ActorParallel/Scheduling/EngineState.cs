namespace ActorParallel.Scheduling;

/// <summary>One engine and what it holds.</summary>
internal sealed class EngineState
{
    public readonly int Id;
    public readonly int Workers;
    public readonly string[] Tags;

    /// <summary>All it has, sorted by name; <see cref="Free"/> is what of it no task holds, at the same places.</summary>
    public readonly (string Name, long Amount)[] Resources;
    public readonly long[] Free;

    /// <summary>Its place in the policy for tasks that any engine runs.</summary>
    public readonly PolicyMember Main;

    /// <summary>Its places in the classes it suits.</summary>
    public readonly List<ClassMember> Memberships = [];

    /// <summary>Its memberships are to be brought up to date.</summary>
    public bool Touched;

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

    /// <summary>Its connection is cut: it may go on with what it holds, and can be told nothing.</summary>
    public bool Suspended;

    /// <summary>Emptied for a task that must run alone.</summary>
    public bool Reserved;
    public TaskEntry? Isolated;

    /// <summary>What is queued here only it can run: not to be asked back before that changes.</summary>
    public bool Quiet;

    /// <summary>What the scheduler's totals hold of this engine.</summary>
    public bool CountedActive;
    public bool CountedPresent;
    public int CountedFree;
    public int CountedRecalled;
    public EngineState? StallNext;
    public EngineState? StallPrevious;
    public bool InStallList;

    public EngineState(int id, int workers, string[] tags, (string Name, long Amount)[] resources)
    {
        (Id, Workers, Tags, Resources) = (id, workers, tags, resources);
        Free = Array.ConvertAll(resources, static r => r.Amount);
        Main = new PolicyMember(this);
    }

    public int Outstanding => Running.Count + Queued.Count;

    /// <summary>Takes work now or will again, when it is not suspended, emptied for, or kept by, a task that runs alone.</summary>
    public bool Active => !Draining && !Ending;

    public bool Accepting => Active && !Suspended && !Reserved && Isolated is null;

    public int FreeWorkers => Math.Max(0, Workers - Outstanding);

    /// <summary>Could be asked back.</summary>
    public int Backlog => !Active || Suspended || Quiet ? 0 : Queued.Count - RecalledQueued;

    public long AmountOf(string resource) => SlotOf(resource) is >= 0 and var slot ? Resources[slot].Amount : 0;

    public int SlotOf(string resource)
    {
        for (var i = 0; i < Resources.Length; i++)
        {
            if (Resources[i].Name == resource)
                return i;
        }
        return -1;
    }

    public ClassMember? MemberOf(TaskClass taskClass)
    {
        foreach (var member in Memberships)
        {
            if (member.Class == taskClass)
                return member;
        }
        return null;
    }
}
