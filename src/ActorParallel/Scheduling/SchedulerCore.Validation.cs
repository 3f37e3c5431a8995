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
        BringMembersUpToDate();
        var found = new Dictionary<TaskState, int>();
        var copies = 0;
        foreach (var (id, entry) in _tasks)
        {
            Check(entry.Id == id, "a task is known by its id", entry);
            found[entry.State] = found.GetValueOrDefault(entry.State) + 1;
            ValidatePlace(entry);
            ValidateBudgets(entry);
            ValidateWait(entry);
            copies += entry.Copy is null ? 0 : 1;
        }
        ValidateCopies(copies);
        ValidateClasses();
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
            TaskState.Waiting => engine is null && entry.List is null && entry.Wait?.Entry == entry,
            TaskState.Ready when entry.Isolate => engine is null && entry.List == entry.Class.Isolated,
            TaskState.Ready => engine is null && entry.List is not null && entry.Class.Ready.Holds(entry),
            TaskState.Delayed => engine is null && entry.List is null && _timers.Holds(entry),
            TaskState.Assigned => engine is not null && entry.List == engine.Queued,
            TaskState.Running => engine is not null && entry.List == engine.Running,
            _ => false,
        };
        Check(right, one, entry);
        Check(engine is null || (_engines.TryGetValue(engine.Id, out var known) && known == engine), "a task's engine is there", entry);
        var waits = entry.State is TaskState.Waiting or TaskState.Ready or TaskState.Assigned && entry.Runs == 0;
        var timed = waits && entry.QueueDeadline != SchedulerTime.Never && !entry.QueueExpired && !entry.CancelRequested;
        var watched = entry is { State: TaskState.Running, Straggles: false } && MayHaveCopy(entry);
        Check(_timers.Holds(entry) == (timed || watched || entry.State == TaskState.Delayed), "a task has a timer exactly while time decides about it", entry);
        Check(entry.Straggles == _stragglers.Holds(entry) && (!entry.Straggles || entry is { State: TaskState.Running, Copy: null }), "a straggler runs, without a copy", entry);
        Check(!entry.QueueExpired || entry.Recalled || engine is null or { Ending: true } || entry.State == TaskState.Running || entry.CancelRequested || entry.Runs > 0, "a task at an engine whose queue timeout is over is asked back", entry);
        Check(!_timers.Holds(entry) || entry.DueAt > _now, "no timer is overdue", entry);
        Check(!entry.CancelRequested || engine is not null, "a cancelled task that no engine holds has ended", entry);
    }

    static void ValidateBudgets(TaskEntry entry)
    {
        const string budgets = "attempts never exceed the budgets";
        Check(entry.Failures <= entry.Spec.Retries, budgets, entry);
        Check(entry.Losses <= entry.Spec.EngineLossRetries, budgets, entry);
        Check(entry.Runs <= entry.Attempts && entry.Attempt <= entry.Attempts, budgets, entry);
    }

    void ValidateWait(TaskEntry entry)
    {
        const string unmet = "a waiting task has unmet dependencies, each of them with a task in flight that knows of it";
        Check((entry.State == TaskState.Waiting) == (entry.Wait is not null), unmet, entry);
        if (entry.Wait is not { } wait)
            return;
        Check(wait.Unmet > 0 && wait.Unmet == wait.Groups.Count(static g => !g.Met), unmet, entry);
        for (var g = 0; g < wait.Groups.Length; g++)
        {
            var edge = (wait, g);
            var open = wait.What.Groups[g].TaskIds.Count(id => _tasks.TryGetValue(id, out var other) && other.Dependents?.Edges.Contains(edge) == true);
            Check(wait.Groups[g].Met || (open > 0 && open == wait.Groups[g].Left), unmet, entry);
        }
    }

    void ValidateCopies(int copies)
    {
        if (copies != _copies || _copies + _retired.Count(static r => !r.Value.Adopted) > Math.Max(_mostCopies, 1))
            throw Broken($"second copies use a bounded share of the workers: {_copies} copies, {_retired.Count} retired, {_mostCopies} at most");
        foreach (var (id, retired) in _retired)
        {
            Check(retired is { Retired: true, Original: null, Copy: null, Engine: not null } && retired.Id == id, "a retired attempt is at its engine", retired);
            Check(_engines.ContainsValue(retired.Engine!), "a retired attempt's engine is there", retired);
        }
        foreach (var task in _tasks.Values)
        {
            if (task.Copy is not { } copy)
                continue;
            const string two = "a task has at most two copies, on two engines, with numbers of their own";
            Check(copy.Original == task && copy.Copy is null && !task.Extra && copy.Id == task.Id, two, task);
            Check(task.Engine is not null && copy.Engine is not null && copy.Engine != task.Engine && copy.Attempt != task.Attempt, two, task);
            Check(task.Spec.Idempotent && !_retired.ContainsKey(task.Id), two, task);
        }
    }

    void ValidateClasses()
    {
        var ready = 0;
        foreach (var (constraint, taskClass) in _classes)
        {
            ready += taskClass.Ready.Count;
            var members = _engines.Values.Where(constraint.Suits).ToHashSet();
            var right = taskClass.Attached && taskClass.Members.Count == members.Count && taskClass.Members.TrueForAll(m => members.Contains(m.Engine))
                && taskClass.Possible == taskClass.Members.Count(static m => !m.Engine.Draining)
                && taskClass.Idle == taskClass.Members.Count(static m => m.Engine is { Accepting: true, FreeWorkers: > 0 } && m.Fits)
                && taskClass.InFlight == _tasks.Values.Count(t => t.Class == taskClass);
            if (!right)
                throw Broken($"a class knows the engines that suit it and its tasks: {taskClass.InFlight} tasks, {taskClass.Members.Count} members, {taskClass.Possible} possible, {taskClass.Idle} idle");
            if (_activeEngines > 0 && (taskClass.HeapIndex >= 0 || taskClass.Blocked != taskClass.Ready.Count > 0))
                throw Broken("a class with ready tasks is blocked after each event");
            if (taskClass.Ready.Count > 0 && taskClass.Idle > 0)
                throw Broken($"if a ready task and a suitable free worker exist, an Assign is due: task {taskClass.Ready.First!.Id}");
            if (taskClass.Ready.Count + taskClass.Isolated.Count > 0 && taskClass.Possible == 0 && _present > 0 && (taskClass.InfeasibleAt <= _now || !_graced.Contains(taskClass)))
                throw Broken("a task no engine can ever run does not wait for ever");
        }
        if (ready != _constrained || _plain.HeapIndex >= 0)
            throw Broken("totals equal the sum of their parts (classes)");
    }

    void ValidateEngine(EngineState engine)
    {
        const string equals = "outstanding per engine equals what the ledger says of it";
        int running = 0, queued = 0, recalled = 0, adopted = 0;
        var held = new long[engine.Resources.Length];
        for (var entry = engine.Running.First; entry is not null; entry = entry.Next, running++)
        {
            Check(entry.Engine == engine && entry.List == engine.Running && entry.State == TaskState.Running && IsKnown(entry), equals, engine);
            AddHeld(entry, held);
            adopted += entry.Adopted ? 1 : 0;
        }
        for (var entry = engine.Queued.First; entry is not null; entry = entry.Next, queued++)
        {
            Check(entry.Engine == engine && entry.List == engine.Queued && entry.State == TaskState.Assigned && IsKnown(entry), equals, engine);
            AddHeld(entry, held);
            recalled += entry.Recalled ? 1 : 0;
        }
        Check(running == engine.Running.Count && queued == engine.Queued.Count && recalled == engine.RecalledQueued, equals, engine);
        for (var i = 0; i < held.Length; i++)
        {
            Check(engine.Resources[i].Amount - held[i] == engine.Free[i], "what is held of a resource and what is free add up", engine);
            Check(engine.Free[i] >= 0 || adopted > 0, "tasks never hold more of a resource than the engine has", engine);
        }
        Check(engine.Outstanding - adopted <= (long)(_options.HighWaterMark ?? SpecStats.MaxCredit) * engine.Workers, "no engine holds more than its credits", engine);
        Check(queued == 0 || running >= engine.Workers, "nothing is queued behind a free worker", engine);
        Check(engine.Isolated is null || (engine.Outstanding - adopted <= 1 && engine.Isolated.Engine == engine), "an isolated task is alone on its engine", engine);
        Check(engine.Reserved == _reserved.Contains(engine), "a reserved engine is on the list", engine);
        Check(engine.Main.InPolicy == engine.Accepting, "the policy holds the engines that take work", engine);
        Check(engine.InStallList == engine.Backlog > 0, "an engine with a backlog is on the list", engine);
    }

    bool IsKnown(TaskEntry entry) => entry.Retired ? _retired.GetValueOrDefault(entry.Id) == entry
        : entry.Original is { } original ? original.Copy == entry && _tasks.GetValueOrDefault(entry.Id) == original
        : _tasks.GetValueOrDefault(entry.Id) == entry;

    static void AddHeld(TaskEntry entry, long[] held)
    {
        foreach (var (slot, amount) in entry.Member?.Needs ?? [])
            held[slot] += amount;
    }

    void ValidateTotals(Dictionary<TaskState, int> found)
    {
        int active = 0, workers = 0, free = 0, recalled = 0, alone = 0, stalled = 0, suspended = 0, present = 0;
        foreach (var engine in _engines.Values)
        {
            active += engine.Active ? 1 : 0;
            workers += engine.Active ? engine.Workers : 0;
            free += engine.Accepting ? engine.FreeWorkers : 0;
            recalled += engine.Suspended ? 0 : engine.RecalledQueued;
            suspended += engine.Suspended ? 1 : 0;
            present += engine.Draining ? 0 : 1;
            alone += engine.Isolated is null ? 0 : 1;
            stalled += engine.InStallList ? 1 : 0;
        }
        if (active != _activeEngines || workers != _activeWorkers || free != _freeWorkers || recalled != _recalledQueued || alone != _isolatedRunning || stalled != _stalled.Count || suspended != _suspended || present != _present)
            throw Broken("totals equal the sum of their parts (engines)");
        if (_waiting != found.GetValueOrDefault(TaskState.Waiting)
            || _plain.Ready.Count + _constrained + _isolated != found.GetValueOrDefault(TaskState.Ready)
            || _delayed != found.GetValueOrDefault(TaskState.Delayed)
            || _assigned != found.GetValueOrDefault(TaskState.Assigned)
            || _running != found.GetValueOrDefault(TaskState.Running))
        {
            throw Broken("totals equal the sum of their parts (tasks)");
        }
        if (_plain.Ready.Count > 0 && _freeWorkers > 0)
            throw Broken($"if a ready task and a suitable free worker exist, an Assign is due: {_plain.Ready.Count} ready, {_freeWorkers} free workers");
        if (_plain.Isolated.Count > 0 && _reserved.Count + _isolatedRunning == 0 && _freeWorkers > 0)
            throw Broken("a task that must run alone gets an engine emptied");
        if (_activeEngines == 0 && ExhaustedBecause is not null && _plain.Ready.Count + _constrained + _isolated + _delayed > 0)
            throw Broken("no task waits for engines that won't come");
        for (var engine = _stalled.First; engine?.StallNext is { } next; engine = next)
        {
            if (engine.LastProgress > next.LastProgress)
                throw Broken("the engine longest without progress comes first");
        }
        if (_plain.Ready.Count == 0 && _freeWorkers > _recalledQueued && _stalled.First is { } head && _activeEngines > 0
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
            if (instruction.Kind == InstructionKind.Complete && !instruction.State.IsFinal())
                throw Broken($"a task ends in a final state: {instruction}");
        }
        foreach (var id in ended)
        {
            if (_tasks.ContainsKey(id))
                throw Broken($"an ended task leaves nothing behind: task {id}");
        }
    }
}
