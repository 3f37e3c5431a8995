using System.Globalization;

namespace ActorParallel.Scheduling;

/// <summary>What tasks ask of engines: tags, resources, engines. Tasks that ask the same are a class.</summary>
internal sealed partial class SchedulerCore
{
    const int IdleClassesKept = 16;

    /// <summary>The tasks that any engine runs.</summary>
    readonly TaskClass _plain;
    readonly Dictionary<TaskConstraint, TaskClass> _classes = [];

    /// <summary>Without tasks, the one longest so first.</summary>
    readonly List<TaskClass> _idleClasses = [];

    /// <summary>With ready tasks, not blocked.</summary>
    readonly Heap<TaskClass> _runnable = new();

    /// <summary>Engines whose places in their classes are to be brought up to date.</summary>
    readonly List<EngineState> _touched = [];

    /// <summary>Classes without an engine, and engines that went a short while ago and may come back.</summary>
    readonly List<TaskClass> _graced = [];
    readonly Queue<(EngineState Engine, long Until)> _gone = new();

    /// <summary>Ready tasks that ask for something.</summary>
    int _constrained;
    bool _wakeQuiet;
    long _infeasibleAt = SchedulerTime.Never;

    TaskClass EnterClass(TaskConstraint constraint, SpecStats? stats)
    {
        var taskClass = stats?.Class is { Attached: true } known ? known : FindClass(constraint);
        stats?.Class = taskClass;
        if (taskClass.InFlight++ == 0)
            _idleClasses.Remove(taskClass);
        return taskClass;
    }

    TaskClass FindClass(TaskConstraint constraint)
    {
        if (_classes.TryGetValue(constraint, out var found))
            return found;
        var taskClass = new TaskClass(constraint, _options.Policy(_random), _shares);
        _classes.Add(constraint, taskClass);
        if (constraint.Targets is { } targets)
        {
            foreach (var id in targets)
            {
                if (_engines.TryGetValue(id, out var engine) && constraint.Suits(engine))
                    AddMember(taskClass, engine);
            }
            return taskClass;
        }
        foreach (var engine in _engines.Values)
        {
            if (constraint.Suits(engine))
                AddMember(taskClass, engine);
        }
        return taskClass;
    }

    void LeaveClass(TaskClass taskClass)
    {
        if (--taskClass.InFlight > 0)
            return;
        _idleClasses.Add(taskClass);
        if (_idleClasses.Count <= IdleClassesKept)
            return;
        var oldest = _idleClasses[0];
        _idleClasses.RemoveAt(0);
        _classes.Remove(oldest.Constraint!);
        oldest.Attached = false;
        foreach (var member in oldest.Members)
            LeaveEngine(member);
    }

    void AddMember(TaskClass taskClass, EngineState engine)
    {
        var member = new ClassMember(taskClass, engine) { InClass = taskClass.Members.Count, InEngine = engine.Memberships.Count };
        taskClass.Members.Add(member);
        engine.Memberships.Add(member);
        CountPossible(member);
        BringUpToDate(member);
    }

    static void LeaveEngine(ClassMember member)
    {
        var memberships = member.Engine.Memberships;
        var last = memberships[^1];
        memberships[member.InEngine] = last;
        last.InEngine = member.InEngine;
        memberships.RemoveAt(memberships.Count - 1);
    }

    /// <summary>The engine is gone.</summary>
    void LeaveClasses(EngineState engine)
    {
        foreach (var member in engine.Memberships)
        {
            var taskClass = member.Class;
            if (member.InPolicy)
                taskClass.Policy.Remove(member);
            if (member.CountedIdle)
                taskClass.Idle--;
            var last = taskClass.Members[^1];
            taskClass.Members[member.InClass] = last;
            last.InClass = member.InClass;
            taskClass.Members.RemoveAt(taskClass.Members.Count - 1);
            CountPossible(member, gone: true);
        }
        engine.Memberships.Clear();
    }

    void CountPossible(ClassMember member, bool gone = false)
    {
        var possible = !gone && !member.Engine.Draining;
        if (possible == member.CountedPossible)
            return;
        member.CountedPossible = possible;
        member.Class.Possible += possible ? 1 : -1;
        if (member.Class.Possible == 0)
            Grace(member.Class);
        else if (possible)
            member.Class.InfeasibleAt = SchedulerTime.Never;
    }

    void BringMembersUpToDate()
    {
        for (var i = 0; i < _touched.Count; i++)
        {
            var engine = _touched[i];
            engine.Touched = false;
            foreach (var member in engine.Memberships)
                BringUpToDate(member);
        }
        _touched.Clear();
        if (!_wakeQuiet)
            return;
        _wakeQuiet = false;
        WakeQuiet();
    }

    void BringUpToDate(ClassMember member)
    {
        var (engine, taskClass) = (member.Engine, member.Class);
        var able = engine.Accepting && member.Fits;
        PutInPolicy(taskClass.Policy, member, able);
        var idle = able && engine.FreeWorkers > 0;
        if (idle != member.CountedIdle)
        {
            member.CountedIdle = idle;
            taskClass.Idle += idle ? 1 : -1;
            if (idle && taskClass.Idle == 1)
                _wakeQuiet = _quiet.Count > 0;
        }
        if (able && taskClass.Blocked && SchedulingPolicy.HasCredit(engine, Credit(taskClass.Ready.First!.Stats)))
            Unblock(taskClass);
    }

    void Enqueued(TaskClass taskClass, TaskEntry entry)
    {
        _constrained++;
        // Another first task may be granted more.
        if (!taskClass.Blocked || taskClass.Ready.First == entry)
            Unblock(taskClass);
    }

    void Dequeued(TaskClass taskClass)
    {
        _constrained--;
        if (taskClass.Ready.Count > 0)
        {
            Unblock(taskClass);
            return;
        }
        taskClass.Blocked = false;
        if (taskClass.HeapIndex >= 0)
            _runnable.Remove(taskClass);
    }

    void Unblock(TaskClass taskClass)
    {
        taskClass.Blocked = false;
        AddRunnable(taskClass);
    }

    void AddRunnable(TaskClass taskClass)
    {
        taskClass.Refresh();
        if (taskClass.HeapIndex < 0)
            _runnable.Add(taskClass);
        else
            _runnable.Settle(taskClass);
    }

    TaskClass? FirstRunnable()
    {
        while (_runnable.First is { } first)
        {
            // Tags only grow, also by tasks of another class: who stands first may have stood there too long.
            if (_runnable.Count == 1 || !first.Refresh())
                return first;
            _runnable.Settle(first);
        }
        return null;
    }

    /// <summary>No engine that is there, or may soon be there again, could ever run a task of this class. Without any engine nobody knows.</summary>
    bool Infeasible(TaskClass taskClass)
    {
        if (taskClass.Possible > 0)
            return false;
        if (taskClass.Constraint!.Follows)
            return true;
        if (_present == 0)
            return false;
        if (taskClass.InfeasibleAt == SchedulerTime.Never)
            Grace(taskClass, BackUntil(taskClass.Constraint));
        return taskClass.InfeasibleAt <= _now || ExhaustedBecause is not null;
    }

    void Grace(TaskClass taskClass) =>
        Grace(taskClass, taskClass.Constraint!.Follows ? _now : SchedulerTime.After(_now, _options.InfeasibleTimeout.Ticks));

    void Grace(TaskClass taskClass, long until)
    {
        taskClass.InfeasibleAt = until;
        _infeasibleAt = Math.Min(_infeasibleAt, until);
        if (!_graced.Contains(taskClass))
            _graced.Add(taskClass);
    }

    /// <summary>An engine has come: classes it doesn't suit wait no longer than a while for another.</summary>
    void GraceUnsuited()
    {
        foreach (var taskClass in _classes.Values)
        {
            if (taskClass is { Possible: 0, InFlight: > 0 } && !_graced.Contains(taskClass))
                Grace(taskClass);
        }
    }

    /// <summary>Until when an engine of those that went may come back that suits; now if none may.</summary>
    long BackUntil(TaskConstraint constraint)
    {
        var until = _now;
        foreach (var gone in _gone)
        {
            if (gone.Until > until && !_engines.ContainsKey(gone.Engine.Id) && constraint.Suits(gone.Engine))
                until = gone.Until;
        }
        return until;
    }

    void RememberGone(EngineState engine)
    {
        while (_gone.TryPeek(out var oldest) && oldest.Until <= _now)
            _gone.Dequeue();
        if (!engine.Draining)
            _gone.Enqueue((engine, SchedulerTime.After(_now, _options.InfeasibleTimeout.Ticks)));
    }

    void ExpireInfeasible()
    {
        _infeasibleAt = SchedulerTime.Never;
        for (var i = _graced.Count - 1; i >= 0; i--)
        {
            var taskClass = _graced[i];
            var due = taskClass.InfeasibleAt <= _now || ExhaustedBecause is not null;
            if (taskClass.Attached && taskClass.Possible == 0 && !due)
            {
                _infeasibleAt = Math.Min(_infeasibleAt, taskClass.InfeasibleAt);
                continue;
            }
            _graced.RemoveAt(i);
            if (taskClass is not { Attached: true, Possible: 0 })
                continue;
            if (_present == 0 && !taskClass.Constraint!.Follows)
            {
                taskClass.InfeasibleAt = SchedulerTime.Never;
                continue;
            }
            taskClass.InfeasibleAt = _now;
            EndReady(taskClass, TaskState.Unschedulable, WhyNone(taskClass.Constraint!));
        }
    }

    void EndReady(TaskClass taskClass, TaskState state, Reason reason)
    {
        while ((taskClass.Ready.First ?? taskClass.Isolated.First) is { } entry)
        {
            Unqueue(entry);
            if (state == TaskState.Unschedulable)
                EndUnschedulable(entry, reason);
            else
                Complete(entry, state, reason);
        }
    }

    Reason WhyNone(TaskConstraint constraint) => Missing(constraint).Reason;

    /// <summary>What the engines lack that are there to run such a task, as a clause ("no engine has the tag 'gpu'"); null when nothing.</summary>
    public string? WhyInfeasible(TaskSpec spec) => spec.Constraint is { } constraint ? Missing(constraint).Words : null;

    (Reason Reason, string? Words) Missing(TaskConstraint constraint)
    {
        var there = _engines.Values.Where(static e => !e.Draining).ToArray();
        if (there.Any(constraint.Suits))
            return (Reason.None, null);
        if (there.Any(constraint.SuitsBut))
            return (Reason.UnsuitableEngine, $"it found that it can't run on engine {string.Join(", ", constraint.Except)}, and no other is there for it");
        if (!there.Any(e => constraint.HasTarget(e.Id)))
            return (constraint.Follows ? Reason.FollowedEngineGone : Reason.NoSuchEngine, $"no engine with the id {string.Join(" or ", constraint.Targets!)} is there");
        foreach (var tag in constraint.Tags)
        {
            if (!there.Any(e => e.Tags.Contains(tag)))
                return (Reason.NoSuchTag, $"no engine has the tag '{tag}'");
        }
        foreach (var (name, amount) in constraint.Resources)
        {
            var most = there.Max(e => e.AmountOf(name));
            if (most == 0)
                return (Reason.NoSuchResource, $"no engine has the resource '{name}'");
            if (most < amount)
                return (Reason.NoSuchResource, string.Create(CultureInfo.InvariantCulture, $"no engine has {ResourceAmount.ToDouble(amount)} of the resource '{name}' (the most is {ResourceAmount.ToDouble(most)})"));
        }
        return (constraint.Follows ? Reason.FollowsSeveralEngines : Reason.NoSuchCombination, "no engine has all that it asks for at once");
    }
}
