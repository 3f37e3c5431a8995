namespace ActorParallel.Scheduling;

/// <summary>Tells how things stand.</summary>
internal sealed partial class SchedulerCore
{
    public SchedulerCounters Counters => new()
    {
        Ready = _ready.Count + _isolated.Count,
        Isolated = _isolated.Count,
        Delayed = _delayed,
        Assigned = _assigned,
        Running = _running,
        Engines = _engines.Count,
        FreeWorkers = _freeWorkers,
        Succeeded = _ended[(int)TaskState.Succeeded],
        Failed = _ended[(int)TaskState.Failed],
        Cancelled = _ended[(int)TaskState.Cancelled],
        TimedOut = _ended[(int)TaskState.TimedOut],
        Lost = _ended[(int)TaskState.Lost],
        Quarantined = _ended[(int)TaskState.Quarantined],
        Unschedulable = _ended[(int)TaskState.Unschedulable],
        StaleResults = _staleResults,
        DuplicateSubmissions = _duplicateSubmissions,
        Recalls = _recalls,
    };

    /// <summary>Everything kept for tasks, in entries: what is in flight, and what is kept for reuse.</summary>
    public (int Tasks, int TaskCapacity, int Pooled, int Timers, int TimerCapacity, int Specs) Kept =>
        (_tasks.Count, _tasks.Capacity, _pool.Free, _timers.Count, _timers.Capacity, _specs.Count);

    /// <summary>What each engine holds.</summary>
    public IEnumerable<EngineLoad> Engines()
    {
        foreach (var e in _engines.Values)
            yield return new EngineLoad(e.Id, e.Workers, e.Running.Count, e.Queued.Count, e.Draining, e.Ending);
    }

    /// <summary>Why a task is where it is, or null when it isn't in flight.</summary>
    public TaskExplanation? Explain(long taskId)
    {
        if (!_tasks.TryGetValue(taskId, out var entry))
            return null;
        var because = entry.State switch
        {
            TaskState.Delayed => $"waits {Span(entry.DueAt - _now)} more before it runs again",
            TaskState.Ready => "is ready: " + WhyReady(entry),
            TaskState.Assigned => $"is queued at engine {entry.Engine!.Id}, behind {entry.Engine.Running.Count} running and {Position(entry)} queued" + Asked(entry),
            _ => $"runs on engine {entry.Engine!.Id} (attempt {entry.Attempt})" + Asked(entry),
        };
        return new TaskExplanation(taskId, entry.State, entry.Engine?.Id ?? -1, entry.Attempt, entry.History?.ToArray() ?? [], because);
    }

    string WhyReady(TaskEntry entry)
    {
        if (_engines.Count == 0)
            return ExhaustedBecause is null ? "there is no engine yet" : $"there is no engine, and none will come ({ExhaustedBecause})";
        if (_activeEngines == 0)
            return $"all {_engines.Count} engines are draining or ending";
        if (entry.Isolate)
            return $"it was running when {entry.Losses} engines died, so it runs alone next, and no engine is empty yet";
        var above = _ready.CountAbove(entry.Spec.Priority);
        var credit = Credit(entry.Stats);
        var full = $"the {_activeEngines} engines have no room ({credit} tasks a worker for tasks like this one)";
        return above > 0 ? $"{above} tasks of higher priority come first, and {full}" : full;
    }

    static string Asked(TaskEntry entry) =>
        entry.CancelRequested ? ", and is being cancelled"
        : entry.Overran ? ", and its engine is being ended because it ran on after its timeout"
        : entry.QueueExpired ? ", and ends if it hasn't started, its queue timeout being over"
        : entry.Recalled ? ", and is asked back"
        : "";

    static int Position(TaskEntry entry)
    {
        var position = 0;
        for (var other = entry.Previous; other is not null; other = other.Previous)
            position++;
        return position;
    }

    static string Span(long ticks) => ticks >= SchedulerTime.Second
        ? $"{(double)ticks / SchedulerTime.Second:0.0} s"
        : $"{(double)ticks / SchedulerTime.Millisecond:0.0} ms";
}
