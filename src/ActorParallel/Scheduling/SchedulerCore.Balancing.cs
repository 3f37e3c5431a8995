namespace ActorParallel.Scheduling;

/// <summary>Asks work back from engines for idle ones.</summary>
internal sealed partial class SchedulerCore
{
    /// <summary>Engines with something to ask back, the one longest without progress first.</summary>
    readonly EngineList _stalled = new();
    readonly List<EngineState> _quiet = [];

    /// <summary>Those that will come back; each will need a worker.</summary>
    int _recalledQueued;
    long _rebalanceAt = SchedulerTime.Never;

    void Recall(TaskEntry entry, Reason reason)
    {
        MarkRecalled(entry);
        _recalls++;
        // Told when it is back.
        if (!entry.Engine!.Suspended)
            Emit(InstructionKind.Recall, entry, entry.Engine, reason);
    }

    void MarkRecalled(TaskEntry entry)
    {
        entry.Recalled = true;
        entry.Engine!.RecalledQueued++;
        Recount(entry.Engine);
    }

    /// <summary>
    /// A worker is idle, nothing is ready, and tasks wait at an engine that has finished nothing for a while: the newer half of them is
    /// asked back. Work stealing by the receiver, half at a time (D. Hendler, N. Shavit, "Non-blocking steal-half work queues", PODC 2002).
    /// </summary>
    void Rebalance()
    {
        _rebalanceAt = SchedulerTime.Never;
        if (_plain.Ready.Count > 0)
            return;
        if (_quiet.Count > 0)
            BringMembersUpToDate();
        var idle = _freeWorkers - _recalledQueued;
        while (idle > 0 && _stalled.First is { } engine)
        {
            var stalledAt = SchedulerTime.After(engine.LastProgress, _recallAfter);
            if (stalledAt > _now)
            {
                _rebalanceAt = stalledAt;
                return;
            }
            var recalled = RecallSome(engine, idle);
            idle -= recalled;
            if (recalled > 0)
                Progressed(engine);
            else
                Quieten(engine);
        }
    }

    int RecallSome(EngineState engine, int idle)
    {
        var credit = Credit(engine.Queued.Last!.Stats);
        var most = (int)Math.Min((engine.Backlog + 1) / 2, (long)idle * credit);
        var recalled = 0;
        for (var entry = engine.Queued.Last; entry is not null && recalled < most; entry = entry.Previous)
        {
            if (entry.Recalled || !IdleElsewhere(entry))
                continue;
            Recall(entry, Reason.IdleWorker);
            recalled++;
        }
        return recalled;
    }

    /// <summary>A worker that may run it is idle; its own engine has none, or it would not be queued there.</summary>
    bool IdleElsewhere(TaskEntry entry)
    {
        if (entry.Class == _plain)
            return true;
        BringMembersUpToDate();
        return entry.Class.Idle > 0;
    }

    /// <summary>Nothing of its backlog can go elsewhere: it isn't asked again before its load changes or a worker that suits a class is idle.</summary>
    void Quieten(EngineState engine)
    {
        engine.Quiet = true;
        _quiet.Add(engine);
        Recount(engine);
    }

    void Wake(EngineState engine)
    {
        engine.Quiet = false;
        _quiet.Remove(engine);
    }

    void WakeQuiet()
    {
        foreach (var engine in _quiet)
        {
            engine.Quiet = false;
            Recount(engine);
        }
        _quiet.Clear();
    }

    void Progressed(EngineState engine)
    {
        engine.LastProgress = _now;
        if (!engine.InStallList)
            return;
        _stalled.Remove(engine);
        _stalled.AddLast(engine);
    }
}
