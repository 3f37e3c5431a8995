namespace ActorParallel.Scheduling;

/// <summary>Takes tasks back from engines: finished, failed, cancelled, timed out, returned or refused.</summary>
internal sealed partial class SchedulerCore
{
    void Finish(in TaskFinished e)
    {
        if (Holder(e.EngineId, e.TaskId, e.Attempt) is not { } node)
        {
            if (RetiredAt(e.EngineId, e.TaskId, e.Attempt) is { } retired)
                Forget(retired);
            return;
        }
        var entry = ToPlaceOf(node);
        if (e.Outcome is TaskOutcome.Succeeded or TaskOutcome.Failed or TaskOutcome.TimedOut)
            Measure(entry, e.RunTicks);
        var ran = e.Outcome != TaskOutcome.Returned && (e.Outcome != TaskOutcome.Cancelled || entry.State == TaskState.Running);
        if (e.Outcome != TaskOutcome.Returned)
            Progressed(entry.Engine!);
        var engine = Detach(entry);
        if (ran)
            entry.Runs++;
        switch (e.Outcome)
        {
            case TaskOutcome.Succeeded:
                Complete(entry, TaskState.Succeeded, Reason.None, engine);
                break;
            case TaskOutcome.Failed:
                FailedOn(engine, entry);
                break;
            case TaskOutcome.Cancelled:
                Complete(entry, TaskState.Cancelled, Reason.Cancelled, engine);
                break;
            case TaskOutcome.TimedOut:
                Complete(entry, TaskState.TimedOut, Reason.RunTimeout, engine);
                break;
            case TaskOutcome.Unsuitable:
                RefusedOn(engine, entry);
                break;
            default:
                ReturnedBy(engine, entry);
                break;
        }
        TellDrained(engine);
    }

    static void Measure(TaskEntry entry, long runTicks)
    {
        entry.Stats.Measured(runTicks);
        if (entry.Account is { } account)
            account.Debt += runTicks - entry.Charged;
    }

    void FailedOn(EngineState engine, TaskEntry entry)
    {
        if (entry.CancelRequested)
        {
            // What a task throws on its way out of a cancellation is not news.
            Complete(entry, TaskState.Cancelled, Reason.Cancelled, engine);
        }
        else if (entry.Failures >= entry.Spec.Retries)
        {
            Complete(entry, TaskState.Failed, Reason.Exception, engine);
        }
        else
        {
            entry.Failures++;
            entry.Isolate = entry.AbortRequested = false;
            if (entry.Copy is not null)
                GoOnAsCopy(entry, engine, Reason.Exception);
            else
                RunAgain(entry, engine, Reason.Exception, entry.Spec.Backoff(entry.Failures, _random));
        }
    }

    /// <summary>It can't run on this engine, and goes to another without a delay: never to this one again.</summary>
    void RefusedOn(EngineState engine, TaskEntry entry)
    {
        entry.AbortRequested = false;
        var unsuitable = entry.Unsuitable ??= [];
        // It may have been adopted there.
        if (!unsuitable.Contains(engine.Id))
            unsuitable.Add(engine.Id);
        if (entry.CancelRequested)
        {
            Complete(entry, TaskState.Cancelled, Reason.Cancelled, engine);
        }
        else if (entry.Copy is not null)
        {
            GoOnAsCopy(entry, engine, Reason.UnsuitableEngine);
        }
        else
        {
            // Whatever comes of it, this attempt is over: what the engine said of it is told first.
            Emit(InstructionKind.Requeued, entry, engine, Reason.UnsuitableEngine, TaskState.Ready, entry.Runs);
            Remember(entry, engine, Reason.UnsuitableEngine);
            entry.Avoid = engine.Id;
            entry.Suspect = false;
            LeaveUnsuitable(entry);
            MakeReady(entry, front: true);
        }
    }

    /// <summary>It asks from here on for an engine that it has not found unsuitable.</summary>
    void LeaveUnsuitable(TaskEntry entry)
    {
        if (entry.Unsuitable is not { } unsuitable || entry.Class.Constraint?.Except.Length == unsuitable.Count)
            return;
        var former = entry.Class;
        entry.Class = EnterClass(TaskConstraint.ExceptOn(former.Constraint, [.. unsuitable.Order()]), stats: null);
        if (former != _plain)
            LeaveClass(former);
    }

    void ReturnedBy(EngineState engine, TaskEntry entry)
    {
        if (EndsUnstarted(entry, engine))
            return;
        if (entry.Copy is not null)
            GoOnAsCopy(entry, engine, Reason.Returned);
        else
            RunAgain(entry, engine, Reason.Returned, delay: 0);
    }

    /// <summary>Ends a task that came back from an engine if that was what it came back for.</summary>
    bool EndsUnstarted(TaskEntry entry, EngineState engine)
    {
        if (entry.CancelRequested || entry.AbortRequested)
            Complete(entry, TaskState.Cancelled, Reason.Cancelled, engine);
        else if (entry.QueueExpired && entry.Runs == 0)
            Complete(entry, TaskState.TimedOut, Reason.QueueTimeout, engine);
        else
            return false;
        return true;
    }

    void RunAgain(TaskEntry entry, EngineState engine, Reason reason, long delay)
    {
        entry.Avoid = engine.Id;
        entry.Suspect = false;
        Remember(entry, engine, reason);
        LeaveUnsuitable(entry);
        if (delay > 0)
        {
            entry.State = TaskState.Delayed;
            _delayed++;
            _timers.Set(entry, SchedulerTime.After(_now, delay));
        }
        else if (!MakeReady(entry, front: true))
        {
            return;
        }
        Emit(InstructionKind.Requeued, entry, engine, reason, entry.State, entry.Runs);
    }

    void Remember(TaskEntry entry, EngineState engine, Reason reason)
    {
        const int kept = 32;
        var history = entry.History ??= [];
        if (history.Count == kept)
            history.RemoveAt(0);
        history.Add(new AttemptEnd(entry.Attempt, engine.Id, reason, _now));
    }

    void Cancel(TaskEntry entry)
    {
        if (entry.CancelRequested)
            return;
        entry.CancelRequested = true;
        if (entry.Engine is not { } engine)
        {
            Unqueue(entry);
            Complete(entry, TaskState.Cancelled, Reason.Cancelled);
            return;
        }
        Untime(entry);
        CallOff(entry, engine, Reason.Cancelled);
        if (entry.Copy is { } copy)
            CallOff(copy, copy.Engine!, Reason.Cancelled);
    }

    void Abort(TaskEntry entry)
    {
        if (entry.Engine is null)
        {
            Cancel(entry);
            return;
        }
        if (entry.State == TaskState.Running || entry.CancelRequested || entry.Copy is not null)
            return;
        // Only the engine knows whether it has begun: the answer to the recall decides.
        entry.AbortRequested = true;
        if (!entry.Recalled && !entry.Engine.Ending)
            Recall(entry, Reason.Cancelled);
    }

    void Overrun(TaskEntry entry)
    {
        var engine = entry.Engine!;
        entry.Overran = true;
        if (engine.Ending)
            return;
        engine.Ending = true;
        if (engine.Reserved)
            Unreserve(engine);
        Recount(engine);
        Emit(InstructionKind.EndEngine, entry, engine, entry.Retired ? Reason.Beaten : (entry.Original ?? entry).CancelRequested ? Reason.Cancelled : Reason.RunTimeout);
    }

    /// <summary>The queue timeout passed before the first start.</summary>
    void ExpireInQueue(TaskEntry entry)
    {
        _timers.Remove(entry);
        if (entry.State is TaskState.Ready or TaskState.Waiting)
        {
            Unqueue(entry);
            Complete(entry, TaskState.TimedOut, Reason.QueueTimeout);
            return;
        }
        // Only the engine knows whether it started: the answer to the recall decides.
        entry.QueueExpired = true;
        if (!entry.Recalled && !entry.Engine!.Ending)
            Recall(entry, Reason.QueueTimeout);
    }
}
