namespace ActorParallel.Scheduling;

/// <summary>Takes the events.</summary>
internal sealed partial class SchedulerCore
{
    public void Handle(in TaskSubmitted e, long now, InstructionList output)
    {
        CheckSubmitted(new ReadOnlySpan<TaskSubmitted>(in e));
        Begin(now, output);
        Submit(e);
        Settle();
    }

    public void Handle(ReadOnlySpan<TaskSubmitted> batch, long now, InstructionList output)
    {
        CheckSubmitted(batch);
        Begin(now, output);
        foreach (ref readonly var e in batch)
            Submit(e);
        Settle();
    }

    public void Handle(in TaskFinished e, long now, InstructionList output) => Handle(new ReadOnlySpan<TaskFinished>(in e), now, output);

    public void Handle(ReadOnlySpan<TaskFinished> batch, long now, InstructionList output)
    {
        Begin(now, output);
        for (_source = 0; _source < batch.Length; _source++)
            Finish(batch[_source]);
        _source = -1;
        Settle();
    }

    public void Handle(in TaskStarted e, long now, InstructionList output)
    {
        Begin(now, output);
        if (Placed(e.EngineId, e.TaskId, e.Attempt) is { State: TaskState.Assigned } entry)
            Start(entry);
        Settle();
    }

    public void Handle(in CancelRequested e, long now, InstructionList output)
    {
        Begin(now, output);
        if (_tasks.TryGetValue(e.TaskId, out var entry))
            Cancel(entry);
        Settle();
    }

    public void Handle(in AbortRequested e, long now, InstructionList output)
    {
        Begin(now, output);
        if (_tasks.TryGetValue(e.TaskId, out var entry))
            Abort(entry);
        Settle();
    }

    public void Handle(in TaskOverran e, long now, InstructionList output)
    {
        Begin(now, output);
        if (Placed(e.EngineId, e.TaskId, e.Attempt) is { } entry)
            Overrun(entry);
        Settle();
    }

    public void Handle(in EngineJoined e, long now, InstructionList output) => Handle(e, [], now, output);

    /// <summary>An engine joins with tasks that it is running already: they are taken over before it gets others.</summary>
    public void Handle(in EngineJoined e, ReadOnlySpan<TaskAdopted> running, long now, InstructionList output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(e.Workers, 1, nameof(e));
        ArgumentOutOfRangeException.ThrowIfNegative(e.EngineId, nameof(e));
        CheckAdopted(running);
        var engine = new EngineState(e.EngineId, e.Workers, ResourceAmount.SortedTags(e.Tags), ResourceAmount.Sorted(e.Resources));
        Begin(now, output);
        Join(engine);
        foreach (ref readonly var task in running)
            Adopt(task);
        Settle();
    }

    public void Handle(in TaskAdopted e, long now, InstructionList output)
    {
        CheckAdopted(new ReadOnlySpan<TaskAdopted>(in e));
        Begin(now, output);
        Adopt(e);
        Settle();
    }

    public void Handle(in EngineSuspended e, long now, InstructionList output)
    {
        Begin(now, output);
        if (_engines.TryGetValue(e.EngineId, out var engine))
            Suspend(engine);
        Settle();
    }

    public void Handle(in EngineResumed e, long now, InstructionList output)
    {
        Begin(now, output);
        if (_engines.TryGetValue(e.EngineId, out var engine))
            Resume(engine);
        Settle();
    }

    public void Handle(in TasksReleased e, long now, InstructionList output)
    {
        Begin(now, output);
        Release(e.TaskIds);
        Settle();
    }

    public void Handle(in EngineDraining e, long now, InstructionList output)
    {
        Begin(now, output);
        if (_engines.TryGetValue(e.EngineId, out var engine))
            Drain(engine);
        Settle();
    }

    public void Handle(in EngineLost e, long now, InstructionList output)
    {
        Begin(now, output);
        if (_engines.TryGetValue(e.EngineId, out var engine))
            Lose(engine, e.Reason, e.SuspectTaskIds);
        Settle();
    }

    public void Handle(in EnginesExhausted e, long now, InstructionList output)
    {
        Begin(now, output);
        ExhaustedBecause = e.Reason;
        Settle();
    }

    public void Handle(in Tick e, long now, InstructionList output)
    {
        Begin(now, output);
        Settle();
    }

    void Begin(long now, InstructionList output)
    {
        _now = Math.Max(_now, now);
        _output = output;
        _outputStart = output.Count;
    }

    void Settle()
    {
        FireTimers();
        do
        {
            Resolve();
            Pump();
        }
        while (_decided.Count > 0);
        if (_options.Validate)
            Validate();
        _output = null!;
    }

    // Before anything has changed.
    static void CheckSubmitted(ReadOnlySpan<TaskSubmitted> batch)
    {
        foreach (ref readonly var e in batch)
        {
            ArgumentNullException.ThrowIfNull(e.Spec, nameof(batch));
            ArgumentOutOfRangeException.ThrowIfNegative(e.TaskId, nameof(batch));
        }
    }

    static void CheckAdopted(ReadOnlySpan<TaskAdopted> batch)
    {
        foreach (ref readonly var e in batch)
        {
            ArgumentNullException.ThrowIfNull(e.Spec, nameof(batch));
            ArgumentOutOfRangeException.ThrowIfNegative(e.TaskId, nameof(batch));
            ArgumentOutOfRangeException.ThrowIfLessThan(e.Attempt, 1, nameof(batch));
        }
    }
}
