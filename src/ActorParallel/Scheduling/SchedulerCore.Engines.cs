namespace ActorParallel.Scheduling;

/// <summary>Engines come, drain and go.</summary>
internal sealed partial class SchedulerCore
{
    int _activeEngines;
    int _activeWorkers;
    int _freeWorkers;
    long _noEnginesAt = SchedulerTime.Never;

    /// <summary>Why no engine will come again, or null while one may.</summary>
    public string? ExhaustedBecause { get; private set; }

    void Join(in EngineJoined e)
    {
        ExhaustedBecause = null;
        if (_engines.TryGetValue(e.EngineId, out var former))
            Lose(former, EngineLossReason.Died, suspects: null);
        var engine = new EngineState(e.EngineId, e.Workers) { LastProgress = _now };
        _engines.Add(e.EngineId, engine);
        Recount(engine);
    }

    void Drain(EngineState engine)
    {
        if (engine.Draining)
            return;
        engine.Draining = true;
        if (engine.Reserved)
            Unreserve(engine);
        Recount(engine);
        if (!engine.Ending)
        {
            // Newest first, and each goes to the front: so they keep their order.
            for (var entry = engine.Queued.Last; entry is not null; entry = entry.Previous)
            {
                if (!entry.Recalled)
                    Recall(entry, Reason.Draining);
            }
        }
        TellDrained(engine);
    }

    void TellDrained(EngineState engine)
    {
        if (!engine.Draining || engine.Ending || engine.DrainedTold || engine.Outstanding > 0)
            return;
        engine.DrainedTold = true;
        _output.Add(new Instruction(InstructionKind.Drained, 0, engine.Id, 0, 0, TaskState.None, Reason.Draining, -1));
    }

    void Lose(EngineState engine, EngineLossReason reason, long[]? suspects)
    {
        var charged = reason == EngineLossReason.Died && !engine.Ending;
        Suspect(engine, suspects);
        var isolated = engine.Isolated;

        // Gone from every place before its tasks look for another.
        engine.Ending = true;
        if (engine.Reserved)
            Unreserve(engine);
        Recount(engine);
        _engines.Remove(engine.Id);
        if (_emptied == engine)
            _emptied = null;
        if (isolated is not null)
            _isolatedRunning--;
        _recalledQueued -= engine.RecalledQueued;
        _running -= engine.Running.Count;
        _assigned -= engine.Queued.Count;

        // From the newest to the oldest, each to the front: so they keep their order.
        while ((engine.Queued.Last ?? engine.Running.Last) is { } entry)
        {
            entry.List!.Remove(entry);
            // Where nobody knows what ran, a task that must not run twice counts as begun.
            var mayHaveStarted = entry.Suspect || (suspects is null && entry.Spec.EngineLossRetries == 0);
            Displace(entry, engine, mayHaveStarted, charged && entry.Suspect, alone: entry == isolated);
        }
    }

    /// <summary>Marks the tasks that may have been running; at least one if the engine held any.</summary>
    void Suspect(EngineState engine, long[]? suspects)
    {
        var any = false;
        foreach (var id in suspects ?? [])
        {
            if (_tasks.TryGetValue(id, out var entry) && entry.Engine == engine)
                any = entry.Suspect = true;
        }
        if (any)
            return;
        for (var entry = engine.Running.First; entry is not null; entry = entry.Next)
            entry.Suspect = true;
    }

    void Displace(TaskEntry entry, EngineState engine, bool mayHaveStarted, bool charged, bool alone)
    {
        entry.Engine = null;
        entry.Recalled = false;
        if (mayHaveStarted)
            entry.Runs++;
        if (entry.Overran && !entry.CancelRequested)
            Complete(entry, TaskState.TimedOut, Reason.RunTimeout, engine);
        else if (EndsUnstarted(entry, engine))
            return;
        else if (mayHaveStarted && entry.Spec.EngineLossRetries == 0)
            Complete(entry, TaskState.Lost, Reason.EngineLost, engine);
        else if (charged && alone)
            Complete(entry, TaskState.Quarantined, Reason.KillsEngines, engine);
        else if (charged)
            Charge(entry, engine);
        else
            RunAgain(entry, engine, Reason.Displaced, delay: 0);
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
        if (_ready.Count + _isolated.Count + _delayed == 0)
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
        while ((_ready.First ?? _isolated.First) is { } entry)
        {
            Unqueue(entry);
            Complete(entry, TaskState.Lost, Reason.NoEngines);
        }
        // What is delayed now has a timer, and nothing else that no engine holds has.
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
