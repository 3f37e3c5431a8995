namespace ActorParallel.Scheduling;

/// <summary>A scheduler's numbers at one moment.</summary>
internal readonly record struct SchedulerCounters
{
    /// <summary>Wait for other tasks.</summary>
    public int Waiting { get; init; }

    public int Ready { get; init; }

    /// <summary>Of the ready ones, those that wait to run alone.</summary>
    public int Isolated { get; init; }

    public int Delayed { get; init; }

    public int Assigned { get; init; }

    public int Running { get; init; }

    /// <summary>Second copies of running tasks.</summary>
    public int Copies { get; init; }

    /// <summary>Attempts whose task ended without them, still at their engines.</summary>
    public int Retired { get; init; }

    public int Engines { get; init; }

    public int SuspendedEngines { get; init; }

    /// <summary>Workers that could start a task now.</summary>
    public int FreeWorkers { get; init; }

    public long Succeeded { get; init; }

    public long Failed { get; init; }

    public long Cancelled { get; init; }

    public long TimedOut { get; init; }

    public long Lost { get; init; }

    public long Quarantined { get; init; }

    public long Unschedulable { get; init; }

    /// <summary>Messages refused because another attempt, or none, held their task.</summary>
    public long StaleResults { get; init; }

    public long DuplicateSubmissions { get; init; }

    public long Recalls { get; init; }

    /// <summary>Second copies ever started.</summary>
    public long Speculations { get; init; }

    /// <summary>Tasks taken over from a controller before this one.</summary>
    public long Adoptions { get; init; }

    /// <summary>Ended tasks of which it is known how they ended.</summary>
    public int KeptEnded { get; init; }

    public int InFlight => Waiting + Ready + Delayed + Assigned + Running;

    public long Ended => Succeeded + Failed + Cancelled + TimedOut + Lost + Quarantined + Unschedulable;
}

/// <summary>What one engine holds.</summary>
/// <param name="EngineId">Its id.</param>
/// <param name="Workers">How many tasks it runs at a time.</param>
/// <param name="Running">Tasks on its workers, as far as is known.</param>
/// <param name="Queued">Tasks behind them.</param>
/// <param name="Draining">It gets no new work and will stop.</param>
/// <param name="Ending">It is being ended.</param>
/// <param name="Suspended">Its connection is cut.</param>
/// <param name="Tags">Its tags, sorted.</param>
/// <param name="Resources">All it has, and what of it no task holds.</param>
internal readonly record struct EngineLoad(
    int EngineId, int Workers, int Running, int Queued, bool Draining, bool Ending, bool Suspended,
    IReadOnlyList<string> Tags, IReadOnlyList<(string Name, double Amount, double Free)> Resources)
{
    public int Outstanding => Running + Queued;
}

/// <summary>Where a task is, what became of its attempts, and what it waits for.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="State">Where it is.</param>
/// <param name="EngineId">The engine that holds it, or -1.</param>
/// <param name="Attempt">How often it was assigned.</param>
/// <param name="Earlier">The attempts that are over, the last 32 at most.</param>
/// <param name="Because">A phrase that goes on after "Task 7 ".</param>
internal sealed record TaskExplanation(
    long TaskId, TaskState State, int EngineId, int Attempt, IReadOnlyList<AttemptEnd> Earlier, string Because)
{
    public override string ToString() => Earlier.Count == 0
        ? $"Task {TaskId} {Because}."
        : $"Task {TaskId} {Because}. Before that: {string.Join(", ", Earlier.Select(a => $"attempt {a.Attempt} on engine {a.EngineId} {Words(a.Reason)}"))}.";

    static string Words(Reason reason) => reason switch
    {
        Reason.Exception => "threw an exception",
        Reason.EngineLost => "may have been running when the engine was lost",
        Reason.Displaced => "went with the engine, not charged",
        Reason.Returned => "came back without having started",
        Reason.UnsuitableEngine => "found that it can't run there",
        _ => $"ended ({reason})",
    };
}
