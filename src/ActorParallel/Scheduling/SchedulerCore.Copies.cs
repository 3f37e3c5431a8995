namespace ActorParallel.Scheduling;

/// <summary>
/// Second copies of tasks that take unusually long, on idle workers: the first copy to end decides. Backup tasks: J. Dean, S. Ghemawat,
/// "MapReduce: simplified data processing on large clusters", OSDI 2004; a bounded share of the workers, the longest running first and
/// never a third copy: LATE (M. Zaharia et al., OSDI 2008).
/// </summary>
internal sealed partial class SchedulerCore
{
    /// <summary>So many measurements tell how long such tasks usually take.</summary>
    const int TrustedSamples = 3;

    /// <summary>Waiting for an idle worker, the one that started first before the others.</summary>
    readonly TimerHeap _stragglers = new();

    /// <summary>Attempts at engines whose task ended without them, or is held by another: at most one of a task.</summary>
    readonly Dictionary<long, TaskEntry> _retired = [];
    int _copies;
    long _speculations;

    /// <summary>How many there could be when they were last counted: for validation, engines having gone since.</summary>
    int _mostCopies;

    void WatchRun(TaskEntry entry)
    {
        if (MayHaveCopy(entry))
            _timers.Set(entry, StragglesAt(entry));
    }

    bool MayHaveCopy(TaskEntry entry) =>
        entry.Spec.Idempotent && _options.SpeculationShare > 0 && entry is { Isolate: false, CancelRequested: false, Copy: null } && !HasLostEngine(entry);

    /// <summary>It may have killed one: going on as ever another copy it would kill more of them, and never be run alone.</summary>
    static bool HasLostEngine(TaskEntry entry) => entry.Losses > 0 || entry.History is { } history && history.Exists(static end => end.Reason == Reason.EngineLost);

    long StragglesAt(TaskEntry entry)
    {
        var floor = _options.SpeculationFloor.Ticks;
        // Nobody knows yet how long such tasks take: looked at again when it has run for twice as long.
        var usual = entry.Stats.Samples >= TrustedSamples
            ? _options.SpeculationFactor * entry.Stats.MeanRunTicks!.Value
            : 2.0 * (_now - entry.StartedAt);
        return SchedulerTime.After(entry.StartedAt, Math.Max(floor, usual >= SchedulerTime.Never ? SchedulerTime.Never : (long)usual));
    }

    /// <summary>Its timer fired while it runs.</summary>
    void ReviewRun(TaskEntry entry)
    {
        if (StragglesAt(entry) is var at && at > _now)
        {
            _timers.Set(entry, at);
            return;
        }
        _timers.Remove(entry);
        entry.Straggles = true;
        _stragglers.Set(entry, entry.StartedAt);
    }

    void Untime(TaskEntry entry)
    {
        if (entry.Straggles)
            _stragglers.Remove(entry);
        else
            _timers.Remove(entry);
        entry.Straggles = false;
    }

    /// <summary>A worker is idle and nothing else is to be had for it.</summary>
    void Speculate()
    {
        if (_plain.Ready.Count > 0 || _stalled.Count > 0)
            return;
        BringMembersUpToDate();
        var most = Math.Max(1, (int)(_options.SpeculationShare * _activeWorkers));
        _mostCopies = Math.Max(most, _copies + _retired.Count);
        while (_stragglers.Count > 0 && _copies + _retired.Count < most && _freeWorkers > _recalledQueued)
        {
            var entry = _stragglers.First;
            var member = _retired.ContainsKey(entry.Id) ? null : entry.Class.Policy.Pick(credit: 1, avoid: entry.Engine!.Id);
            Untime(entry);
            if (member is null || member.Engine == entry.Engine || entry.Unsuitable?.Contains(member.Engine.Id) == true)
                _timers.Set(entry, SchedulerTime.After(_now, _options.SpeculationFloor.Ticks));
            else
                StartCopy(entry, member);
        }
    }

    void StartCopy(TaskEntry entry, PolicyMember member)
    {
        var copy = Stand(entry);
        copy.Original = entry;
        copy.Member = member as ClassMember;
        entry.Copy = copy;
        _copies++;
        _speculations++;
        Assign(copy, member.Engine, Reason.Straggles, entry.Runs + 2);
        if (copy.Member is not null)
            BringMembersUpToDate();
    }

    /// <summary>An entry that stands for another attempt of a task.</summary>
    TaskEntry Stand(TaskEntry entry)
    {
        var other = _pool.Rent();
        (other.Id, other.Stats, other.Class, other.Client) = (entry.Id, entry.Stats, entry.Class, entry.Client);
        return other;
    }

    /// <summary>The task, now at the place where this entry of it was; its other copy, if there is one, at the other place.</summary>
    TaskEntry ToPlaceOf(TaskEntry node)
    {
        if (node.Original is not { } entry)
            return node;
        var spare = _pool.Rent();
        var (here, there) = (entry.List!, node.List!);
        here.Replace(entry, spare);
        there.Replace(node, entry);
        here.Replace(spare, node);
        _pool.Return(spare, _tasks.Count);
        if (entry.State != node.State)
        {
            var change = entry.State == TaskState.Running ? -1 : 1;
            _running += change;
            _assigned -= change;
        }
        (entry.Engine, node.Engine) = (node.Engine, entry.Engine);
        (entry.State, node.State) = (node.State, entry.State);
        (entry.Attempt, node.Attempt) = (node.Attempt, entry.Attempt);
        (entry.StartedAt, node.StartedAt) = (node.StartedAt, entry.StartedAt);
        (entry.Member, node.Member) = (node.Member, entry.Member);
        (entry.Recalled, node.Recalled) = (node.Recalled, entry.Recalled);
        (entry.Suspect, node.Suspect) = (node.Suspect, entry.Suspect);
        (entry.Overran, node.Overran) = (node.Overran, entry.Overran);
        (entry.Adopted, node.Adopted) = (node.Adopted, entry.Adopted);
        return entry;
    }

    /// <summary>This attempt is over, and the task in no list: it goes on as its other copy.</summary>
    void GoOnAsCopy(TaskEntry entry, EngineState engine, Reason reason)
    {
        var copy = entry.Copy!;
        Remember(entry, engine, reason);
        Emit(InstructionKind.Requeued, entry, engine, reason, copy.State, entry.Runs);
        copy.List!.Replace(copy, entry);
        (entry.Engine, entry.State, entry.Attempt, entry.StartedAt, entry.Member) = (copy.Engine, copy.State, copy.Attempt, copy.StartedAt, copy.Member);
        (entry.Recalled, entry.Suspect, entry.Overran, entry.Adopted) = (copy.Recalled, copy.Suspect, copy.Overran, copy.Adopted);
        entry.Avoid = engine.Id;
        entry.Copy = null;
        _copies--;
        _pool.Return(copy, _tasks.Count);
        if (entry.State == TaskState.Assigned)
        {
            _assigned++;
            return;
        }
        _running++;
        WatchRun(entry);
    }

    /// <summary>The task ended by its other copy: this one is called off, and keeps its worker until its engine says so.</summary>
    void Retire(TaskEntry entry, TaskEntry copy)
    {
        entry.Copy = null;
        _copies--;
        copy.Original = null;
        copy.Retired = true;
        _retired.Add(copy.Id, copy);
        var engine = copy.Engine!;
        if (!entry.CancelRequested)
            CallOff(copy, engine, Reason.Beaten);
    }

    void CallOff(TaskEntry entry, EngineState engine, Reason reason)
    {
        if (engine.Ending)
            return;
        if (!engine.Suspended)
            Emit(InstructionKind.CancelRunning, entry, engine, reason);
        if (entry.State == TaskState.Assigned && !entry.Recalled)
            MarkRecalled(entry);
    }

    /// <summary>What is left of an attempt at this engine, or null.</summary>
    TaskEntry? RetiredAt(int engineId, long taskId, int attempt) =>
        _retired.Count > 0 && _retired.TryGetValue(taskId, out var retired) && retired.Attempt == attempt && retired.Engine!.Id == engineId ? retired : null;

    TaskEntry? Placed(int engineId, long taskId, int attempt) => RetiredAt(engineId, taskId, attempt) ?? Holder(engineId, taskId, attempt);

    /// <summary>The engine says that an attempt is over that counts for nothing: its worker is free.</summary>
    void Forget(TaskEntry retired)
    {
        _retired.Remove(retired.Id);
        Progressed(retired.Engine!);
        var engine = Detach(retired);
        _pool.Return(retired, _tasks.Count);
        TellDrained(engine);
    }
}
