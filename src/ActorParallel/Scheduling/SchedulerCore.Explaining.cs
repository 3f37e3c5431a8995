using System.Globalization;

namespace ActorParallel.Scheduling;

/// <summary>Tells how things stand.</summary>
internal sealed partial class SchedulerCore
{
    public SchedulerCounters Counters => new()
    {
        Waiting = _waiting,
        Ready = _plain.Ready.Count + _constrained + _isolated,
        Isolated = _isolated,
        Delayed = _delayed,
        Assigned = _assigned,
        Running = _running,
        Copies = _copies,
        Retired = _retired.Count,
        Engines = _engines.Count,
        SuspendedEngines = _suspended,
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
        Speculations = _speculations,
        Adoptions = _adoptions,
        KeptEnded = _kept.Count,
    };

    /// <summary>Everything kept for tasks, in entries: what is in flight, and what is kept for reuse.</summary>
    public (int Tasks, int TaskCapacity, int Pooled, int Timers, int TimerCapacity, int Specs, int Classes, int Accounts, int Ended) Kept =>
        (_tasks.Count, _tasks.Capacity, _pool.Free, _timers.Count + _stragglers.Count, _timers.Capacity, _specs.Count, _classes.Count, _shares.Kept, _kept.Count);

    /// <summary>What each engine holds.</summary>
    public IEnumerable<EngineLoad> Engines() => _engines.Values.Select(LoadOf);

    /// <summary>What one engine holds, or null when it is not there.</summary>
    public EngineLoad? Load(int engineId) => _engines.TryGetValue(engineId, out var engine) ? LoadOf(engine) : null;

    static EngineLoad LoadOf(EngineState e) => new(
        e.Id, e.Workers, e.Running.Count, e.Queued.Count, e.Draining, e.Ending, e.Suspended, e.Tags,
        [.. e.Resources.Select((r, i) => (r.Name, ResourceAmount.ToDouble(r.Amount), ResourceAmount.ToDouble(e.Free[i])))]);

    /// <summary>The client's tasks in flight. O(tasks in flight). Not while events are handled.</summary>
    public IEnumerable<long> TasksOf(int client) => _tasks.Values.Where(t => t.Client == client).Select(static t => t.Id);

    /// <summary>How an ended task ended and on which engine (-1 for none), while that is kept.</summary>
    public (TaskState State, int EngineId)? Ended(long taskId) => _kept.TryGetValue(taskId, out var end) ? end : null;

    /// <summary>Why a task is where it is, or null when it isn't in flight.</summary>
    public TaskExplanation? Explain(long taskId)
    {
        if (!_tasks.TryGetValue(taskId, out var entry))
            return null;
        var because = entry.State switch
        {
            TaskState.Waiting => WhyWaiting(entry.Wait!),
            TaskState.Delayed => $"waits {Span(entry.DueAt - _now)} more before it runs again",
            TaskState.Ready => "is ready: " + WhyReady(entry),
            TaskState.Assigned => $"is queued at engine {entry.Engine!.Id}, behind {entry.Engine.Running.Count} running and {Position(entry)} queued" + Asked(entry),
            _ => $"runs on engine {entry.Engine!.Id} (attempt {entry.Attempt})" + Asked(entry),
        };
        return new TaskExplanation(taskId, entry.State, entry.Engine?.Id ?? -1, entry.Attempt, entry.History?.ToArray() ?? [], because);
    }

    string WhyWaiting(TaskWait wait)
    {
        const int named = 5;
        var groups = new List<string>();
        for (var g = 0; g < wait.Groups.Length; g++)
        {
            if (wait.Groups[g].Met)
                continue;
            var group = wait.What.Groups[g];
            var open = group.TaskIds.Where(_tasks.ContainsKey).ToArray();
            var ids = string.Join(", ", open.Take(named)) + (open.Length > named ? $" and {open.Length - named} more" : "");
            var how = (group.OnSuccess, group.OnFailure) switch { (true, true) => "end", (true, false) => "succeed", _ => "fail" };
            var where = group.Kind == DependencyKind.Follow ? ", to run where they ran" : "";
            groups.Add(open.Length == 1 ? $"task {ids} to {how}{where}" : $"{(group.All ? "all" : "one")} of the tasks {ids} to {how}{where}");
        }
        return "waits for " + string.Join(", and for ", groups);
    }

    string WhyReady(TaskEntry entry)
    {
        if (_engines.Count == 0)
            return ExhaustedBecause is null ? "there is no engine yet" : $"there is no engine, and none will come ({ExhaustedBecause})";
        if (_activeEngines == 0)
            return $"all {_engines.Count} engines are draining or ending";
        if (entry.Class.Constraint is { } constraint && WhyNoneOfClass(entry.Class, constraint) is { } why)
            return why;
        if (entry.Isolate)
            return $"it was running when {entry.Losses} engines died, so it runs alone next, and no engine is empty yet";
        var above = _plain.Ready.CountAbove(entry.Spec.Priority) + _classes.Values.Sum(c => c.Ready.CountAbove(entry.Spec.Priority));
        var credit = Credit(entry.Stats);
        var engines = entry.Class == _plain ? _activeEngines : entry.Class.Members.Count(static m => m.Engine.Active);
        var suspended = _suspended > 0 ? $", and {_suspended} are cut off" : "";
        var full = $"the {engines} engines{(entry.Class == _plain ? "" : " that suit it")} have no room ({credit} tasks a worker for tasks like this one){suspended}";
        return above > 0 ? $"{above} tasks of higher priority come first, and {full}" : full;
    }

    string? WhyNoneOfClass(TaskClass taskClass, TaskConstraint constraint)
    {
        if (taskClass.Possible == 0)
            return $"{Missing(constraint).Words ?? "no engine suits it"}, and it waits {Span(Math.Max(0, taskClass.InfeasibleAt - _now))} more for one";
        if (taskClass.Members.TrueForAll(static m => m.Engine.Suspended || m.Engine.Draining))
            return $"engine {string.Join(", ", taskClass.Members.Where(static m => m.Engine.Suspended).Select(static m => m.Engine.Id))}, which suits it, is cut off";
        foreach (var (name, amount) in constraint.Resources)
        {
            if (taskClass.Members.TrueForAll(m => m.Engine.Free[m.Engine.SlotOf(name)] < amount))
                return string.Create(CultureInfo.InvariantCulture, $"it needs {ResourceAmount.ToDouble(amount)} of the resource '{name}', and other tasks hold it on each of the {taskClass.Members.Count} engines that suit it");
        }
        if (constraint.Tags.Length > 0 && !taskClass.Members.Exists(m => m.InPolicy && SchedulingPolicy.HasCredit(m.Engine, 1)))
            return $"no engine with the tag{(constraint.Tags.Length > 1 ? "s" : "")} '{string.Join("', '", constraint.Tags)}' has room";
        return null;
    }

    static string Asked(TaskEntry entry) =>
        (entry.CancelRequested ? ", and is being cancelled"
        : entry.Overran ? ", and its engine is being ended because it ran on after its timeout"
        : entry.QueueExpired ? ", and ends if it hasn't started, its queue timeout being over"
        : entry.Recalled ? ", and is asked back"
        : "")
        + (entry.Engine!.Suspended ? ", which is cut off" : "")
        + (entry.Copy is { } copy ? $"; a second copy (attempt {copy.Attempt}) runs on engine {copy.Engine!.Id}" : entry.Straggles ? "; it takes unusually long, and a second copy waits for an idle worker" : "");

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
