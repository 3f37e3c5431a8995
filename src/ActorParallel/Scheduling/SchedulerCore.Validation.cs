namespace ActorParallel.Scheduling;

/// <summary>The invariants, checked after every event in validate mode. O(everything).</summary>
internal sealed partial class SchedulerCore
{
    static InvalidOperationException Broken(string what) => new($"The scheduler broke its invariant '{what}'.");

    static void Check(bool holds, string invariant, TaskEntry entry)
    {
        if (!holds)
            throw Broken($"{invariant}: task {entry.Id}, {entry.State}, attempt {entry.Attempt}");
    }

    static void Check(bool holds, string invariant, EngineState engine)
    {
        if (!holds)
            throw Broken($"{invariant}: engine {engine.Id}, {engine.Running.Count} running, {engine.Queued.Count} queued");
    }

    void Validate()
    {
        var found = new Dictionary<TaskState, int>();
        foreach (var (id, entry) in _tasks)
        {
            Check(entry.Id == id, "a task is known by its id", entry);
            found[entry.State] = found.GetValueOrDefault(entry.State) + 1;
            ValidatePlace(entry);
            ValidateBudgets(entry);
        }
        foreach (var engine in _engines.Values)
            ValidateEngine(engine);
        ValidateTotals(found);
        ValidateInstructions();
    }

    void ValidatePlace(TaskEntry entry)
    {
        const string one = "a task is in one state and one place";
        var engine = entry.Engine;
        var right = entry.State switch
        {
            TaskState.Ready when entry.Isolate => engine is null && entry.List == _isolated,
            TaskState.Ready => engine is null && entry.List is not null && _ready.Holds(entry),
            TaskState.Delayed => engine is null && entry.List is null && _timers.Holds(entry),
            TaskState.Assigned => engine is not null && entry.List == engine.Queued,
            TaskState.Running => engine is not null && entry.List == engine.Running,
            _ => false,
        };
        Check(right, one, entry);
        Check(engine is null || (_engines.TryGetValue(engine.Id, out var known) && known == engine), "a task's engine is there", entry);
        var waits = entry.State is TaskState.Ready or TaskState.Assigned && entry.Runs == 0;
        var timed = waits && entry.QueueDeadline != SchedulerTime.Never && !entry.QueueExpired && !entry.CancelRequested;
        Check(_timers.Holds(entry) == (timed || entry.State == TaskState.Delayed), "a task has a timer exactly while time decides about it", entry);
        Check(!_timers.Holds(entry) || entry.DueAt > _now, "no timer is overdue", entry);
        Check(entry.State != TaskState.Ready || !entry.CancelRequested, "a cancelled task that no engine holds has ended", entry);
    }

    static void ValidateBudgets(TaskEntry entry)
    {
        const string budgets = "attempts never exceed the budgets";
        Check(entry.Failures <= entry.Spec.Retries, budgets, entry);
        Check(entry.Losses <= entry.Spec.EngineLossRetries, budgets, entry);
        Check(entry.Runs <= entry.Attempt, budgets, entry);
    }

    void ValidateEngine(EngineState engine)
    {
        const string equals = "outstanding per engine equals what the ledger says of it";
        int running = 0, queued = 0, recalled = 0;
        for (var entry = engine.Running.First; entry is not null; entry = entry.Next, running++)
            Check(entry.Engine == engine && entry.List == engine.Running && _tasks.ContainsKey(entry.Id), equals, engine);
        for (var entry = engine.Queued.First; entry is not null; entry = entry.Next, queued++)
        {
            Check(entry.Engine == engine && entry.List == engine.Queued && _tasks.ContainsKey(entry.Id), equals, engine);
            recalled += entry.Recalled ? 1 : 0;
        }
        Check(running == engine.Running.Count && queued == engine.Queued.Count && recalled == engine.RecalledQueued, equals, engine);
        Check(engine.Outstanding <= (long)(_options.HighWaterMark ?? SpecStats.MaxCredit) * engine.Workers, "no engine holds more than its credits", engine);
        Check(queued == 0 || running >= engine.Workers, "nothing is queued behind a free worker", engine);
        Check(engine.Isolated is null || (engine.Outstanding == 1 && engine.Isolated.Engine == engine), "an isolated task is alone on its engine", engine);
        Check(engine.Reserved == _reserved.Contains(engine), "a reserved engine is on the list", engine);
        Check(engine.InPolicy == engine.Accepting, "the policy holds the engines that take work", engine);
        Check(engine.InStallList == engine.Backlog > 0, "an engine with a backlog is on the list", engine);
    }

    void ValidateTotals(Dictionary<TaskState, int> found)
    {
        int active = 0, workers = 0, free = 0, recalled = 0, alone = 0, stalled = 0;
        foreach (var engine in _engines.Values)
        {
            active += engine.Active ? 1 : 0;
            workers += engine.Active ? engine.Workers : 0;
            free += engine.Accepting ? engine.FreeWorkers : 0;
            recalled += engine.RecalledQueued;
            alone += engine.Isolated is null ? 0 : 1;
            stalled += engine.InStallList ? 1 : 0;
        }
        if (active != _activeEngines || workers != _activeWorkers || free != _freeWorkers || recalled != _recalledQueued || alone != _isolatedRunning || stalled != _stalled.Count)
            throw Broken("totals equal the sum of their parts (engines)");
        if (_ready.Count + _isolated.Count != found.GetValueOrDefault(TaskState.Ready)
            || _delayed != found.GetValueOrDefault(TaskState.Delayed)
            || _assigned != found.GetValueOrDefault(TaskState.Assigned)
            || _running != found.GetValueOrDefault(TaskState.Running))
        {
            throw Broken("totals equal the sum of their parts (tasks)");
        }
        if (_ready.Count > 0 && _freeWorkers > 0)
            throw Broken($"if a ready task and a suitable free worker exist, an Assign is due: {_ready.Count} ready, {_freeWorkers} free workers");
        if (_isolated.Count > 0 && _reserved.Count + _isolatedRunning == 0 && _freeWorkers > 0)
            throw Broken("a task that must run alone gets an engine emptied");
        if (_activeEngines == 0 && ExhaustedBecause is not null && _ready.Count + _isolated.Count + _delayed > 0)
            throw Broken("no task waits for engines that won't come");
        for (var engine = _stalled.First; engine?.StallLink.Next is { } next; engine = next)
        {
            if (engine.LastProgress > next.LastProgress)
                throw Broken("the engine longest without progress comes first");
        }
        if (_ready.Count == 0 && _freeWorkers > _recalledQueued && _stalled.First is { } head && _activeEngines > 0
            && _rebalanceAt > SchedulerTime.After(head.LastProgress, _recallAfter))
        {
            throw Broken("no task waits behind another for long while a worker is idle");
        }
    }

    void ValidateInstructions()
    {
        var ended = new HashSet<long>();
        foreach (ref readonly var instruction in _output.AsSpan()[_outputStart..])
        {
            if (instruction.Kind == InstructionKind.Complete && !ended.Add(instruction.TaskId))
                throw Broken($"a task ends once: task {instruction.TaskId}");
            else if (instruction.Kind == InstructionKind.Assign && ended.Contains(instruction.TaskId))
                throw Broken($"nothing follows for an ended task: task {instruction.TaskId}");
            if (instruction.Kind == InstructionKind.Complete && !instruction.State.IsEnd())
                throw Broken($"a task ends in a final state: {instruction}");
        }
        foreach (var id in ended)
        {
            if (_tasks.ContainsKey(id))
                throw Broken($"an ended task leaves nothing behind: task {id}");
        }
    }
}
