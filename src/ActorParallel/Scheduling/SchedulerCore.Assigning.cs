namespace ActorParallel.Scheduling;

/// <summary>Gives work to engines.</summary>
internal sealed partial class SchedulerCore
{
    int Credit(SpecStats stats) => _options.HighWaterMark ?? stats.Credit(_activeWorkers);

    void Pump()
    {
        if (_infeasibleAt <= _now || ExhaustedBecause is not null)
            ExpireInfeasible();
        if (_activeEngines == 0)
        {
            _rebalanceAt = SchedulerTime.Never;
            GiveUpWithoutEngines();
            return;
        }
        _noEnginesAt = SchedulerTime.Never;
        if (_isolated + _reserved.Count > 0)
            AssignIsolated();
        if (_constrained == 0)
            PumpPlain();
        else
            PumpClasses();
        Rebalance();
        if (_stragglers.Count > 0)
            Speculate();
    }

    void PumpPlain()
    {
        while (_plain.Ready.First is { } entry && _plain.Policy.Pick(Credit(entry.Stats), entry.Avoid) is { } member)
            AssignFrom(_plain, entry, member);
    }

    /// <summary>The first task of all, of a class that isn't blocked, to an engine of its class: until every class is blocked or empty.</summary>
    void PumpClasses()
    {
        BringMembersUpToDate();
        if (_plain.Ready.Count > 0)
            AddRunnable(_plain);
        while (FirstRunnable() is { } taskClass)
        {
            PumpOne(taskClass);
            // Credits may have grown meanwhile.
            if (_runnable.Count == 0)
                BringMembersUpToDate();
        }
    }

    void PumpOne(TaskClass taskClass)
    {
        var entry = taskClass.Ready.First!;
        if (taskClass != _plain)
            BringMembersUpToDate();
        if (taskClass.Policy.Pick(Credit(entry.Stats), entry.Avoid) is { } member)
        {
            AssignFrom(taskClass, entry, member);
            if (taskClass.Ready.Count > 0)
                return;
        }
        else
        {
            taskClass.Blocked = taskClass != _plain;
        }
        _runnable.Remove(taskClass);
    }

    void AssignFrom(TaskClass taskClass, TaskEntry entry, PolicyMember member)
    {
        var engine = member.Engine;
        if (_options.Validate && engine.Outstanding >= (long)Credit(entry.Stats) * engine.Workers)
            throw Broken($"no engine holds more than its credits: engine {engine.Id} holds {engine.Outstanding} and is given task {entry.Id}");
        taskClass.Ready.Take(entry);
        if (taskClass != _plain)
        {
            _constrained--;
            entry.Member = (ClassMember)member;
        }
        Assign(entry, engine, Reason.None, entry.Runs + 1);
    }

    void Assign(TaskEntry entry, EngineState engine, Reason reason, int run)
    {
        entry.Attempt = ++(entry.Original ?? entry).Attempts;
        entry.Engine = engine;
        entry.Member?.Hold(1);
        if (engine.Outstanding == 0)
            engine.LastProgress = _now;
        if (engine.Running.Count < engine.Workers)
        {
            BeginRunning(entry, engine);
        }
        else
        {
            entry.State = TaskState.Assigned;
            engine.Queued.AddLast(entry);
            if (!entry.Extra)
                _assigned++;
            if (engine.Quiet)
                Wake(engine);
        }
        Recount(engine);
        Emit(InstructionKind.Assign, entry, engine, reason, run: run);
    }

    void BeginRunning(TaskEntry entry, EngineState engine)
    {
        entry.State = TaskState.Running;
        if (entry.Spec.Idempotent)
            entry.StartedAt = _now;
        engine.Running.AddLast(entry);
        if (entry.Extra)
            return;
        _running++;
        _timers.Remove(entry);
        WatchRun(entry);
    }

    /// <summary>From the engine's queue to its workers, as told or because a worker there is free and the order says so.</summary>
    void Start(TaskEntry entry)
    {
        var engine = entry.Engine!;
        LeaveEngineQueue(entry, engine);
        BeginRunning(entry, engine);
        Recount(engine);
    }

    void LeaveEngineQueue(TaskEntry entry, EngineState engine)
    {
        engine.Queued.Remove(entry);
        if (!entry.Extra)
            _assigned--;
        if (entry.Recalled)
            engine.RecalledQueued--;
    }

    /// <summary>Takes a task from its engine, where the next one then starts.</summary>
    EngineState Detach(TaskEntry entry)
    {
        var engine = entry.Engine!;
        Untime(entry);
        if (entry.State == TaskState.Running)
        {
            engine.Running.Remove(entry);
            if (!entry.Extra)
                _running--;
            while (engine.Running.Count < engine.Workers && engine.Queued.First is { } next)
            {
                LeaveEngineQueue(next, engine);
                BeginRunning(next, engine);
            }
        }
        else
        {
            LeaveEngineQueue(entry, engine);
        }
        if (engine.Isolated == entry)
        {
            engine.Isolated = null;
            _isolatedRunning--;
        }
        entry.Member?.Hold(-1);
        entry.Member = null;
        entry.Engine = null;
        entry.Recalled = entry.Adopted = false;
        if (engine.Quiet)
            Wake(engine);
        Recount(engine);
        return engine;
    }

    /// <summary>Brings everything derived from an engine's state up to date.</summary>
    void Recount(EngineState engine)
    {
        var accepting = engine.Accepting;
        PutInPolicy(_plain.Policy, engine.Main, accepting);
        if (engine.Memberships.Count > 0 && !engine.Touched)
        {
            engine.Touched = true;
            _touched.Add(engine);
        }

        var free = accepting ? engine.FreeWorkers : 0;
        _freeWorkers += free - engine.CountedFree;
        engine.CountedFree = free;
        if (accepting && engine.Outstanding == 0)
            _emptied = engine;

        if (engine.Active != engine.CountedActive)
        {
            engine.CountedActive = engine.Active;
            _activeEngines += engine.Active ? 1 : -1;
            _activeWorkers += engine.Active ? engine.Workers : -engine.Workers;
        }

        if (engine.Draining == engine.CountedPresent)
        {
            engine.CountedPresent = !engine.Draining;
            _present += engine.CountedPresent ? 1 : -1;
        }

        var recalled = engine.Suspended ? 0 : engine.RecalledQueued;
        _recalledQueued += recalled - engine.CountedRecalled;
        engine.CountedRecalled = recalled;

        var stallable = engine.Backlog > 0;
        if (stallable == engine.InStallList)
            return;
        engine.InStallList = stallable;
        if (stallable)
        {
            // The list stays in order: what comes in now has been waiting since now.
            engine.LastProgress = _now;
            _stalled.AddLast(engine);
        }
        else
        {
            _stalled.Remove(engine);
        }
    }

    static void PutInPolicy(ISchedulingPolicy policy, PolicyMember member, bool able)
    {
        if (able && member.InPolicy)
            policy.LoadChanged(member);
        else if (able)
            policy.Add(member);
        else if (member.InPolicy)
            policy.Remove(member);
        member.InPolicy = able;
    }
}
