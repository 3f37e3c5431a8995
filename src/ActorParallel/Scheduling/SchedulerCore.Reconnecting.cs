namespace ActorParallel.Scheduling;

/// <summary>Engines whose connection was cut, and tasks that were running before this controller was there.</summary>
internal sealed partial class SchedulerCore
{
    int _suspended;

    void Suspend(EngineState engine)
    {
        if (engine.Suspended)
            return;
        engine.Suspended = true;
        _suspended++;
        if (engine.Reserved)
            Unreserve(engine);
        Recount(engine);
    }

    void Resume(EngineState engine)
    {
        if (!engine.Suspended)
            return;
        engine.Suspended = false;
        _suspended--;
        engine.LastProgress = _now;
        Recount(engine);
        if (engine.Ending)
            return;
        Tell(engine.Running, engine);
        Tell(engine.Queued, engine);
        if (engine.Draining)
            RecallQueued(engine);
        TellDrained(engine);
    }

    /// <summary>What was decided while nothing could be said, and what may have been lost on the way.</summary>
    void Tell(EntryList entries, EngineState engine)
    {
        for (var entry = entries.First; entry is not null; entry = entry.Next)
        {
            var task = entry.Original ?? entry;
            if (entry.Retired)
                Emit(InstructionKind.CancelRunning, entry, engine, Reason.Beaten);
            else if (task.CancelRequested)
                Emit(InstructionKind.CancelRunning, entry, engine, Reason.Cancelled);
            else if (entry.Recalled)
                Emit(InstructionKind.Recall, entry, engine, task.QueueExpired ? Reason.QueueTimeout : engine.Draining ? Reason.Draining : Reason.IdleWorker);
        }
    }

    void Adopt(in TaskAdopted e)
    {
        var engine = _engines.GetValueOrDefault(e.EngineId);
        if (_tasks.TryGetValue(e.TaskId, out var entry))
        {
            entry.Attempts = Math.Max(entry.Attempts, e.Attempt);
            if (engine is null || RetiredAt(e.EngineId, e.TaskId, e.Attempt) is not null)
                return;
            if (entry.Engine is not null)
            {
                AdoptTooLate(entry, engine, e.Attempt);
                return;
            }
            Unqueue(entry);
            Untime(entry);
        }
        else
        {
            entry = Enter(e.TaskId, e.Spec, e.Client)!;
            entry.Attempts = e.Attempt;
            if (engine is null)
            {
                MakeReady(entry, front: false);
                return;
            }
        }
        entry.Attempt = e.Attempt;
        entry.Engine = engine;
        entry.Member = engine.MemberOf(entry.Class);
        entry.Member?.Hold(1);
        entry.Adopted = true;
        _adoptions++;
        BeginRunning(entry, engine);
        Recount(engine);
    }

    /// <summary>Another attempt holds the task: this one is called off.</summary>
    void AdoptTooLate(TaskEntry entry, EngineState engine, int attempt)
    {
        if ((entry.Engine == engine && entry.Attempt == attempt) || (entry.Copy is { } copy && copy.Engine == engine && copy.Attempt == attempt))
            return;
        var extra = Stand(entry);
        extra.Attempt = attempt;
        extra.Retired = true;
        if (entry.Copy is not null || !_retired.TryAdd(entry.Id, extra))
        {
            if (engine is { Ending: false, Suspended: false })
                Emit(InstructionKind.CancelRunning, extra, engine, Reason.Beaten);
            _pool.Return(extra, _tasks.Count);
            return;
        }
        extra.Engine = engine;
        extra.Adopted = true;
        BeginRunning(extra, engine);
        Recount(engine);
        CallOff(extra, engine, Reason.Beaten);
    }
}
