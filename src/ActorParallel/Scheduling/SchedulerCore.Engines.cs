namespace ActorParallel.Scheduling;

/// <summary>Engines come, drain and go.</summary>
internal sealed partial class SchedulerCore
{
    int _activeEngines;
    int _activeWorkers;
    int _freeWorkers;

    /// <summary>Engines that aren't draining.</summary>
    int _present;
    long _noEnginesAt = SchedulerTime.Never;

    /// <summary>Why no engine will come again, or null while one may.</summary>
    public string? ExhaustedBecause { get; private set; }

    void Join(EngineState engine)
    {
        ExhaustedBecause = null;
        if (_engines.TryGetValue(engine.Id, out var former))
            Lose(former, EngineLossReason.Died, suspects: null);
        engine.LastProgress = _now;
        _engines.Add(engine.Id, engine);
        foreach (var taskClass in _classes.Values)
        {
            if (taskClass.Constraint!.Suits(engine))
                AddMember(taskClass, engine);
        }
        Recount(engine);
        GraceUnsuited();
    }

    void Drain(EngineState engine)
    {
        if (engine.Draining)
            return;
        engine.Draining = true;
        if (engine.Reserved)
            Unreserve(engine);
        Recount(engine);
        foreach (var member in engine.Memberships)
            CountPossible(member);
        if (engine is { Ending: false, Suspended: false })
            RecallQueued(engine);
        TellDrained(engine);
    }

    void RecallQueued(EngineState engine)
    {
        // Newest first, and each goes to the front: so they keep their order.
        for (var entry = engine.Queued.Last; entry is not null; entry = entry.Previous)
        {
            if (!entry.Recalled)
                Recall(entry, Reason.Draining);
        }
    }

    void TellDrained(EngineState engine)
    {
        if (!engine.Draining || engine.Ending || engine.Suspended || engine.DrainedTold || engine.Outstanding > 0)
            return;
        engine.DrainedTold = true;
        _output.Add(new Instruction(InstructionKind.Drained, 0, engine.Id, 0, 0, Instruction.NoState, Reason.Draining, -1));
    }

    void Lose(EngineState engine, EngineLossReason reason, long[]? suspects)
    {
        var charged = reason == EngineLossReason.Died && !engine.Ending;
        Suspect(engine, suspects);
        var isolated = engine.Isolated;

        // Gone from every place before its tasks look for another.
        engine.Ending = true;
        if (engine.Suspended)
            _suspended--;
        if (engine.Reserved)
            Unreserve(engine);
        if (engine.Quiet)
            Wake(engine);
        _engines.Remove(engine.Id);
        RememberGone(engine);
        LeaveClasses(engine);
        engine.RecalledQueued = 0;
        Recount(engine);
        if (engine.CountedPresent)
            _present--;
        if (_emptied == engine)
            _emptied = null;
        if (isolated is not null)
            _isolatedRunning--;

        // From the newest to the oldest, each to the front: so they keep their order.
        while ((engine.Queued.Last ?? engine.Running.Last) is { } node)
            TakeFrom(engine, node, suspects is null, charged, isolated);
    }

    void TakeFrom(EngineState engine, TaskEntry node, bool nobodyKnows, bool charged, TaskEntry? isolated)
    {
        var entry = ToPlaceOf(node);
        entry.List!.Remove(entry);
        if (entry.Retired)
        {
            _retired.Remove(entry.Id);
            _pool.Return(entry, _tasks.Count);
            return;
        }
        if (entry.State == TaskState.Running)
            _running--;
        else
            _assigned--;
        Untime(entry);
        entry.Engine = null;
        entry.Member = null;
        entry.Recalled = entry.Adopted = false;
        // Where nobody knows what ran, a task that must not run twice counts as begun.
        var mayHaveStarted = entry.Suspect || (nobodyKnows && entry.Spec.EngineLossRetries == 0);
        Displace(entry, engine, mayHaveStarted, charged && entry.Suspect, alone: entry == isolated);
    }

    /// <summary>Marks the tasks that may have been running; at least one if the engine held any.</summary>
    void Suspect(EngineState engine, long[]? suspects)
    {
        var any = false;
        foreach (var id in suspects ?? [])
        {
            if (_tasks.TryGetValue(id, out var entry) && entry.Engine == engine)
                any = entry.Suspect = true;
            else if (entry?.Copy is { } copy && copy.Engine == engine)
                any = copy.Suspect = true;
            else if (_retired.TryGetValue(id, out var retired) && retired.Engine == engine)
                any = true;
        }
        if (any)
            return;
        for (var entry = engine.Running.First; entry is not null; entry = entry.Next)
            entry.Suspect = true;
    }

    void Displace(TaskEntry entry, EngineState engine, bool mayHaveStarted, bool charged, bool alone)
    {
        if (mayHaveStarted)
        {
            entry.Runs++;
            entry.AbortRequested = false;
        }
        if (entry.Overran && !entry.CancelRequested)
            Complete(entry, TaskState.TimedOut, Reason.RunTimeout, engine);
        else if (EndsUnstarted(entry, engine))
            return;
        else if (entry.Copy is not null)
            GoOnDespiteLoss(entry, engine, charged);
        else if (mayHaveStarted && entry.Spec.EngineLossRetries == 0)
            Complete(entry, TaskState.Lost, Reason.EngineLost, engine);
        else if (charged && alone)
            Complete(entry, TaskState.Quarantined, Reason.KillsEngines, engine);
        else if (charged)
            Charge(entry, engine);
        else
            RunAgain(entry, engine, Reason.Displaced, delay: 0);
    }

    void GoOnDespiteLoss(TaskEntry entry, EngineState engine, bool charged)
    {
        if (charged)
            entry.Losses = Math.Min(entry.Losses + 1, entry.Spec.EngineLossRetries);
        GoOnAsCopy(entry, engine, charged ? Reason.EngineLost : Reason.Displaced);
    }

    void Charge(TaskEntry entry, EngineState engine)
    {
        // Having survived a run alone it may be charged again: then alone again, no further.
        entry.Losses = Math.Min(entry.Losses + 1, entry.Spec.EngineLossRetries);
        entry.Isolate = entry.Losses == entry.Spec.EngineLossRetries;
        // The first loss is most likely another's fault: no delay.
        var delay = entry.Losses > 1 ? entry.Spec.Backoff(entry.Losses - 1, _random) : 0;
        RunAgain(entry, engine, Reason.EngineLost, delay);
    }

    void GiveUpWithoutEngines()
    {
        if (_plain.Ready.Count + _constrained + _isolated + _delayed == 0)
        {
            _noEnginesAt = SchedulerTime.Never;
            return;
        }
        if (ExhaustedBecause is null)
        {
            if (_options.NoEnginesTimeout is not { } limit)
                return;
            if (_noEnginesAt == SchedulerTime.Never)
                _noEnginesAt = SchedulerTime.After(_now, limit.Ticks);
            if (_now < _noEnginesAt)
                return;
        }
        _noEnginesAt = SchedulerTime.Never;
        EndReady(_plain, TaskState.Lost, Reason.NoEngines);
        if (_constrained + _isolated > 0)
        {
            foreach (var taskClass in _classes.Values.ToArray())
                EndReady(taskClass, TaskState.Lost, Reason.NoEngines);
        }
        List<TaskEntry> delayed = [];
        foreach (var entry in _tasks.Values)
        {
            if (entry.State == TaskState.Delayed)
                delayed.Add(entry);
        }
        foreach (var entry in delayed)
        {
            Unqueue(entry);
            Complete(entry, TaskState.Lost, Reason.NoEngines);
        }
    }
}
