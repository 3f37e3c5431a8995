namespace ActorParallel.Scheduling;

/// <summary>The tasks that ask the same of an engine, and the engines that suit. A class none of whose engines has room is passed over as a whole.</summary>
internal sealed class TaskClass(TaskConstraint? constraint, ISchedulingPolicy policy, FairShare shares) : IHeapItem<TaskClass>
{
    /// <summary>Null for tasks that any engine runs.</summary>
    public readonly TaskConstraint? Constraint = constraint;
    public readonly ISchedulingPolicy Policy = policy;
    public readonly ReadyQueue Ready = new(shares);

    /// <summary>Ready, but to run alone.</summary>
    public readonly EntryList Isolated = new();

    public readonly List<ClassMember> Members = [];

    /// <summary>Tasks, in whatever state.</summary>
    public int InFlight;

    /// <summary>Its members are kept up to date; one that is not is of no use any more.</summary>
    public bool Attached = true;

    /// <summary>No engine has room for its first task: nothing to do before one has.</summary>
    public bool Blocked;

    /// <summary>Members that may run tasks again: not draining.</summary>
    public int Possible;

    /// <summary>Members with a free worker and the resources.</summary>
    public int Idle;

    /// <summary>When its tasks end if no engine has come that suits; in the past when they end at once.</summary>
    public long InfeasibleAt = SchedulerTime.Never;

    // Of its first task, when it was last looked at.
    int _priority;
    double _tag;
    long _order;

    public int HeapIndex { get; set; } = -1;

    /// <summary>False if nothing has changed since the last time.</summary>
    public bool Refresh()
    {
        var first = Ready.First!;
        var (priority, tag, order) = (first.Spec.Priority, first.Account!.Tag, first.Order);
        if (priority == _priority && tag == _tag && order == _order)
            return false;
        (_priority, _tag, _order) = (priority, tag, order);
        return true;
    }

    public static bool Before(TaskClass a, TaskClass b) =>
        a._priority != b._priority ? a._priority > b._priority
        : a._tag != b._tag ? a._tag < b._tag
        : a._order < b._order;
}

/// <summary>An engine that suits a class.</summary>
internal sealed class ClassMember : PolicyMember
{
    public ClassMember(TaskClass taskClass, EngineState engine)
        : base(engine)
    {
        Class = taskClass;
        var resources = taskClass.Constraint!.Resources;
        Needs = resources.Length == 0 ? [] : new (int, long)[resources.Length];
        for (var i = 0; i < resources.Length; i++)
            Needs[i] = (engine.SlotOf(resources[i].Name), resources[i].Amount);
    }

    public readonly TaskClass Class;

    /// <summary>Which of the engine's resources, and how much.</summary>
    public readonly (int Slot, long Amount)[] Needs;

    // What the class's totals hold of it.
    public bool CountedPossible;
    public bool CountedIdle;

    /// <summary>Its place in the class's list and in the engine's.</summary>
    public int InClass;
    public int InEngine;

    public bool Fits
    {
        get
        {
            foreach (var (slot, amount) in Needs)
            {
                if (Engine.Free[slot] < amount)
                    return false;
            }
            return true;
        }
    }

    public void Hold(int sign)
    {
        foreach (var (slot, amount) in Needs)
            Engine.Free[slot] -= sign * amount;
    }
}
