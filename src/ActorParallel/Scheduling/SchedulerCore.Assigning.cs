namespace ActorParallel.Scheduling;

/// <summary>Gives work to engines, and asks it back for idle ones.</summary>
internal sealed partial class SchedulerCore
{
    /// <summary>At most one engine in so many is kept free for tasks that run alone.</summary>
    const int EnginesPerIsolated = 4;

    /// <summary>Engines with something to ask back, the one longest without progress first.</summary>
    readonly EngineList _stalled = new(static e => ref e.StallLink);
    readonly List<EngineState> _reserved = [];
    EngineState? _emptied;
    int _isolatedRunning;
    int _recalledQueued;
    long _rebalanceAt = SchedulerTime.Never;

    int Credit(SpecStats stats) => _options.HighWaterMark ?? stats.Credit(_activeWorkers);

    void Pump()
    {
        if (_activeEngines == 0)
        {
            _rebalanceAt = SchedulerTime.Never;
            GiveUpWithoutEngines();
            return;
        }
        _noEnginesAt = SchedulerTime.Never;
        if (_isolated.Count + _reserved.Count > 0)
            AssignIsolated();
        while (_ready.First is { } entry)
        {
            var credit = Credit(entry.Stats);
            if (_policy.Pick(credit, entry.Avoid) is not { } engine)
                break;
            if (_options.Validate && engine.Outstanding >= (long)credit * engine.Workers)
                throw Broken($"no engine holds more than its credits: engine {engine.Id} holds {engine.Outstanding} and is given task {entry.Id}");
            _ready.Remove(entry);
            Assign(entry, engine);
        }
        Rebalance();
    }

    void Assign(TaskEntry entry, EngineState engine)
    {
        entry.Attempt++;
        entry.Engine = engine;
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
            _assigned++;
        }
        Recount(engine);
        Emit(InstructionKind.Assign, entry, engine, Reason.None, run: entry.Runs + 1);
    }

    void BeginRunning(TaskEntry entry, EngineState engine)
    {
        entry.State = TaskState.Running;
        engine.Running.AddLast(entry);
        _running++;
        _timers.Remove(entry);
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
        _assigned--;
        if (!entry.Recalled)
            return;
        engine.RecalledQueued--;
        _recalledQueued--;
    }

    /// <summary>Takes a task from its engine, where the next one then starts.</summary>
    EngineState Detach(TaskEntry entry)
    {
        var engine = entry.Engine!;
        if (entry.State == TaskState.Running)
        {
            engine.Running.Remove(entry);
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
        entry.Engine = null;
        entry.Recalled = false;
        Recount(engine);
        return engine;
    }

    void Recall(TaskEntry entry, Reason reason)
    {
        MarkRecalled(entry);
        _recalls++;
        Emit(InstructionKind.Recall, entry, entry.Engine, reason);
    }

    void MarkRecalled(TaskEntry entry)
    {
        entry.Recalled = true;
        entry.Engine!.RecalledQueued++;
        _recalledQueued++;
        Recount(entry.Engine);
    }

    /// <summary>
    /// A worker is idle, nothing is ready, and tasks wait at an engine that has finished nothing for a while: the newer half of them is
    /// asked back. Work stealing by the receiver, half at a time (D. Hendler, N. Shavit, "Non-blocking steal-half work queues", PODC 2002).
    /// </summary>
    void Rebalance()
    {
        _rebalanceAt = SchedulerTime.Never;
        if (_ready.Count > 0)
            return;
        var idle = _freeWorkers - _recalledQueued;
        while (idle > 0 && _stalled.First is { } engine)
        {
            var stalledAt = SchedulerTime.After(engine.LastProgress, _recallAfter);
            if (stalledAt > _now)
            {
                _rebalanceAt = stalledAt;
                return;
            }
            var credit = Credit(engine.Queued.Last!.Stats);
            var wanted = (int)Math.Min((engine.Backlog + 1) / 2, (long)idle * credit);
            idle -= wanted;
            for (var entry = engine.Queued.Last; wanted > 0; entry = entry.Previous)
            {
                if (entry!.Recalled)
                    continue;
                Recall(entry, Reason.IdleWorker);
                wanted--;
            }
            Progressed(engine);
        }
    }

    void Progressed(EngineState engine)
    {
        engine.LastProgress = _now;
        if (!engine.InStallList)
            return;
        _stalled.Remove(engine);
        _stalled.AddLast(engine);
    }

    void AssignIsolated()
    {
        while (_isolated.First is { } entry && EmptyEngine(entry) is { } engine)
        {
            if (engine.Reserved)
                Unreserve(engine);
            else if (_reserved.Count > 0)
                Unreserve(_reserved[^1]);
            _isolated.Remove(entry);
            engine.Isolated = entry;
            _isolatedRunning++;
            Assign(entry, engine);
        }
        while (_reserved.Count > _isolated.Count)
            Unreserve(_reserved[^1]);
    }

    /// <summary>An engine with nothing on it for a task that must run alone; or null, and then one is being emptied if that is allowed.</summary>
    EngineState? EmptyEngine(TaskEntry entry)
    {
        foreach (var engine in _reserved)
        {
            if (engine.Outstanding == 0)
                return engine;
        }
        var allowed = Math.Max(1, _activeEngines / EnginesPerIsolated) - _isolatedRunning;
        if (allowed <= 0)
            return null;
        if (_emptied is { Accepting: true, Outstanding: 0 } emptied)
            return emptied;
        if (_reserved.Count >= Math.Min(allowed, _isolated.Count))
            return null;
        EngineState? least = null;
        foreach (var engine in _engines.Values)
        {
            if (engine.Accepting && (least is null || LessLoaded(engine, least, entry.Avoid)))
                least = engine;
        }
        if (least is null)
            return null;
        least.Reserved = true;
        _reserved.Add(least);
        Recount(least);
        return least.Outstanding == 0 ? least : null;
    }

    static bool LessLoaded(EngineState a, EngineState b, int avoid)
    {
        var order = ((long)a.Outstanding * b.Workers).CompareTo((long)b.Outstanding * a.Workers);
        return order < 0 || (order == 0 && b.Id == avoid);
    }

    void Unreserve(EngineState engine)
    {
        engine.Reserved = false;
        _reserved.Remove(engine);
        Recount(engine);
    }

    /// <summary>Brings everything derived from an engine's state up to date.</summary>
    void Recount(EngineState engine)
    {
        var accepting = engine.Accepting;
        if (accepting && engine.InPolicy)
            _policy.LoadChanged(engine);
        else if (accepting)
            _policy.Add(engine);
        else if (engine.InPolicy)
            _policy.Remove(engine);
        engine.InPolicy = accepting;

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
}
