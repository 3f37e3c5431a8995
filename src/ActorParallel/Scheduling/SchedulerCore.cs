using System.Runtime.InteropServices;

namespace ActorParallel.Scheduling;

/// <summary>
/// Decides which engine runs which task. A pure state machine: events go in with the time, instructions come out; no clock, no I/O,
/// no threads. The same events give the same instructions. One owner at a time; not thread-safe.
/// </summary>
/// <remarks>
/// <c>.Events</c> takes the events; this file has a task's beginning and end; <c>.Waiting</c> sees to tasks that come after others, <c>.Classes</c> to
/// what tasks ask of engines; <c>.Assigning</c> gives work to engines, <c>.Alone</c> to those emptied for it, <c>.Balancing</c> asks it back, <c>.Copies</c> gives
/// it twice, <c>.Returning</c> takes it back; <c>.Engines</c> sees engines come and go, <c>.Reconnecting</c> come back; <c>.Explaining</c> tells, <c>.Validation</c> checks.
/// </remarks>
internal sealed partial class SchedulerCore
{
    const int TrimEvery = 4096;
    const int KeptAnyway = 1 << 14;

    readonly SchedulerOptions _options;
    readonly Random _random;
    readonly long _recallAfter;

    readonly Dictionary<long, TaskEntry> _tasks = [];
    readonly Dictionary<int, EngineState> _engines = [];
    readonly EntryPool _pool = new();
    readonly SpecTable _specs = new();
    readonly TimerHeap _timers = new();
    readonly FairShare _shares = new();

    /// <summary>How tasks ended that may still be named, and where.</summary>
    readonly Dictionary<long, (TaskState State, int EngineId)> _kept = [];

    readonly long[] _ended = new long[(int)TaskState.Unschedulable + 1];
    int _delayed, _assigned, _running, _sinceTrim;
    long _staleResults, _duplicateSubmissions, _recalls, _adoptions;

    // Of the event being handled.
    long _now = long.MinValue;
    InstructionList _output = null!;
    int _source = -1;
    int _outputStart;

    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <param name="random">Jitters the backoff, and draws for the policies that draw. Seed it to have the same run again.</param>
    public SchedulerCore(SchedulerOptions? options = null, Random? random = null)
    {
        _options = options ?? new SchedulerOptions();
        _random = random ?? new Random(0);
        _plain = new TaskClass(null, _options.Policy(_random), _shares);
        _recallAfter = _options.RecallAfter.Ticks;
    }

    /// <summary>When the next <see cref="Tick"/> is due, or null. May change with every event, also to a later moment.</summary>
    public long? NextDeadline
    {
        get
        {
            var next = Math.Min(_timers.NextDue, Math.Min(Math.Min(_rebalanceAt, _noEnginesAt), _infeasibleAt));
            return next == SchedulerTime.Never ? null : next;
        }
    }

    /// <summary>Tasks that haven't ended.</summary>
    public int InFlight => _tasks.Count;

    void Submit(in TaskSubmitted e)
    {
        if (Enter(e.TaskId, e.Spec, e.Client) is not { } entry)
            return;
        if (entry.Class != _plain && Infeasible(entry.Class))
            EndUnschedulable(entry, WhyNone(entry.Class.Constraint!));
        else if (e.Dependencies is null || Await(entry, e.Dependencies))
            MakeReady(entry, front: false);
    }

    /// <summary>A new entry, in no place yet; null if the task is in flight already.</summary>
    TaskEntry? Enter(long taskId, TaskSpec spec, int client)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_tasks, taskId, out var exists);
        if (exists)
        {
            _duplicateSubmissions++;
            return null;
        }
        var entry = slot = _pool.Rent();
        entry.Id = taskId;
        entry.Client = client;
        entry.Stats = _specs.Enter(spec);
        entry.Class = spec.Constraint is { } constraint ? EnterClass(constraint, entry.Stats) : _plain;
        if (spec.QueueTimeout is { } limit)
            entry.QueueDeadline = SchedulerTime.After(_now, limit.Ticks);
        if (_kept.Count > 0)
            _kept.Remove(taskId);
        return entry;
    }

    void FireTimers()
    {
        while (_timers.NextDue <= _now)
        {
            var entry = _timers.First;
            if (entry.State == TaskState.Delayed)
            {
                // It was submitted before whatever is queued now.
                _delayed--;
                MakeReady(entry, front: true);
            }
            else if (entry.State == TaskState.Running)
            {
                ReviewRun(entry);
            }
            else
            {
                ExpireInQueue(entry);
            }
        }
    }

    /// <summary>False when it ended instead, no engine being able to run it.</summary>
    bool MakeReady(TaskEntry entry, bool front)
    {
        var taskClass = entry.Class;
        if (taskClass != _plain && Infeasible(taskClass))
        {
            EndUnschedulable(entry, WhyNone(taskClass.Constraint!));
            return false;
        }
        entry.State = TaskState.Ready;
        if (entry.Isolate)
        {
            AddIsolated(entry, front);
        }
        else
        {
            if (front)
                taskClass.Ready.AddFirst(entry);
            else
                taskClass.Ready.AddLast(entry);
            if (taskClass != _plain)
                Enqueued(taskClass, entry);
        }
        _timers.Set(entry, entry.Runs == 0 ? entry.QueueDeadline : SchedulerTime.Never);
        return true;
    }

    /// <summary>Out of the place where it waits for whatever.</summary>
    void Unqueue(TaskEntry entry)
    {
        if (entry.State == TaskState.Waiting)
        {
            StopWaiting(entry);
        }
        else if (entry.State == TaskState.Delayed)
        {
            _delayed--;
        }
        else if (entry.List == entry.Class.Isolated)
        {
            RemoveIsolated(entry);
        }
        else
        {
            entry.Class.Ready.Remove(entry);
            if (entry.Class != _plain)
                Dequeued(entry.Class);
        }
    }

    /// <summary>The task's entry, or its copy's, if this attempt at this engine holds it; otherwise counts a stale message.</summary>
    TaskEntry? Holder(int engineId, long taskId, int attempt)
    {
        if (_tasks.TryGetValue(taskId, out var entry))
        {
            if (entry.Attempt == attempt && entry.Engine is { } engine && engine.Id == engineId)
                return entry;
            if (entry.Copy is { } copy && copy.Attempt == attempt && copy.Engine!.Id == engineId)
                return copy;
        }
        _staleResults++;
        return null;
    }

    void Emit(InstructionKind kind, TaskEntry entry, EngineState? engine, Reason reason, TaskState state = Instruction.NoState, int run = 0, long culprit = -1) =>
        _output.Add(new Instruction(kind, entry.Id, engine?.Id ?? -1, entry.Attempt, run, state, reason, _source, culprit));

    /// <summary>Ends a task that is in no list any more.</summary>
    void Complete(TaskEntry entry, TaskState state, Reason reason, EngineState? engine = null, long culprit = -1)
    {
        Emit(InstructionKind.Complete, entry, engine, reason, state, entry.Runs, culprit);
        _ended[(int)state]++;
        if (entry.Copy is { } copy)
            Retire(entry, copy);
        Untime(entry);
        _tasks.Remove(entry.Id);
        if (_options.KeepsEnded && !entry.Released)
            _kept[entry.Id] = (state, engine?.Id ?? -1);
        if (entry.Dependents is { } dependents)
            _decided.Enqueue((dependents, entry.Id, state, engine?.Id ?? -1));
        if (entry.Class != _plain)
            LeaveClass(entry.Class);
        _specs.Leave(entry.Stats);
        _pool.Return(entry, _tasks.Count);
        if (++_sinceTrim >= TrimEvery)
            Trim();
    }

    /// <summary>Ends a task that is in no list, no engine ever being able to run it.</summary>
    void EndUnschedulable(TaskEntry entry, Reason reason, long culprit = -1)
    {
        // What an engine said last is not what it ends with.
        var source = _source;
        _source = -1;
        if (reason == Reason.FollowedEngineGone && culprit < 0)
            culprit = entry.Follows;
        Complete(entry, TaskState.Unschedulable, reason, culprit: culprit);
        _source = source;
    }

    void Release(ReadOnlySpan<long> taskIds)
    {
        foreach (var id in taskIds)
        {
            if (_tasks.TryGetValue(id, out var entry))
                entry.Released = true;
            else
                _kept.Remove(id);
        }
    }

    void Trim()
    {
        _sinceTrim = 0;
        _pool.Trim(_tasks.Count);
        if (_tasks.Capacity > KeptAnyway && _tasks.Count < _tasks.Capacity / 8)
            _tasks.TrimExcess(Math.Max(KeptAnyway, _tasks.Count * 2));
        if (_kept.Capacity > KeptAnyway && _kept.Count < _kept.Capacity / 8)
            _kept.TrimExcess(Math.Max(KeptAnyway, _kept.Count * 2));
    }
}
