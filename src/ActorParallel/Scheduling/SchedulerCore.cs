using System.Runtime.InteropServices;

namespace ActorParallel.Scheduling;

/// <summary>
/// Decides which engine runs which task. A pure state machine: events go in with the time, instructions come out; no clock, no I/O,
/// no threads. The same events give the same instructions. One owner at a time; not thread-safe.
/// </summary>
/// <remarks>
/// This file takes the events; <c>.Assigning</c> gives work to engines, <c>.Returning</c> takes it back, <c>.Engines</c> sees them come and go,
/// <c>.Explaining</c> tells, <c>.Validation</c> checks.
/// </remarks>
internal sealed partial class SchedulerCore
{
    const int TrimEvery = 4096;
    const int KeptAnyway = 1 << 14;

    readonly SchedulerOptions _options;
    readonly Random _random;
    readonly ISchedulingPolicy _policy;
    readonly long _recallAfter;

    readonly Dictionary<long, TaskEntry> _tasks = [];
    readonly Dictionary<int, EngineState> _engines = [];
    readonly EntryPool _pool = new();
    readonly SpecTable _specs = new();
    readonly TimerHeap _timers = new();
    readonly ReadyQueue _ready = new();

    /// <summary>Ready, but to run alone.</summary>
    readonly EntryList _isolated = new();

    readonly long[] _ended = new long[(int)TaskState.Unschedulable + 1];
    int _delayed, _assigned, _running, _sinceTrim;
    long _staleResults, _duplicateSubmissions, _recalls;

    // Of the event being handled.
    long _now = long.MinValue;
    InstructionList _output = null!;
    int _source = -1;
    int _outputStart;

    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <param name="random">Jitters the backoff, and nothing else. Seed it to have the same run again.</param>
    public SchedulerCore(SchedulerOptions? options = null, Random? random = null)
    {
        _options = options ?? new SchedulerOptions();
        _random = random ?? new Random(0);
        _policy = _options.Policy();
        _recallAfter = _options.RecallAfter.Ticks;
    }

    /// <summary>When the next <see cref="Tick"/> is due, or null. May change with every event, also to a later moment.</summary>
    public long? NextDeadline
    {
        get
        {
            var next = Math.Min(_timers.NextDue, Math.Min(_rebalanceAt, _noEnginesAt));
            return next == SchedulerTime.Never ? null : next;
        }
    }

    /// <summary>Tasks that haven't ended.</summary>
    public int InFlight => _tasks.Count;

    public void Handle(in TaskSubmitted e, long now, InstructionList output)
    {
        Begin(now, output);
        Submit(e);
        Settle();
    }

    public void Handle(ReadOnlySpan<TaskSubmitted> batch, long now, InstructionList output)
    {
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
        if (Holder(e.EngineId, e.TaskId, e.Attempt) is { State: TaskState.Assigned } entry)
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

    public void Handle(in TaskOverran e, long now, InstructionList output)
    {
        Begin(now, output);
        if (Holder(e.EngineId, e.TaskId, e.Attempt) is { } entry)
            Overrun(entry);
        Settle();
    }

    public void Handle(in EngineJoined e, long now, InstructionList output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(e.Workers, 1, nameof(e));
        ArgumentOutOfRangeException.ThrowIfNegative(e.EngineId, nameof(e));
        Begin(now, output);
        Join(e);
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
        Pump();
        if (_options.Validate)
            Validate();
        _output = null!;
    }

    void Submit(in TaskSubmitted e)
    {
        ArgumentNullException.ThrowIfNull(e.Spec, nameof(e));
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_tasks, e.TaskId, out var exists);
        if (exists)
        {
            _duplicateSubmissions++;
            return;
        }
        var entry = slot = _pool.Rent();
        entry.Id = e.TaskId;
        entry.Stats = _specs.Enter(e.Spec);
        entry.SubmittedAt = _now;
        if (e.Spec.QueueTimeout is { } limit)
            entry.QueueDeadline = SchedulerTime.After(_now, limit.Ticks);
        MakeReady(entry, front: false);
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
            else
            {
                ExpireInQueue(entry);
            }
        }
    }

    void MakeReady(TaskEntry entry, bool front)
    {
        entry.State = TaskState.Ready;
        if (entry.Isolate && front)
            _isolated.AddFirst(entry);
        else if (entry.Isolate)
            _isolated.AddLast(entry);
        else if (front)
            _ready.AddFirst(entry);
        else
            _ready.AddLast(entry);
        _timers.Set(entry, entry.Runs == 0 ? entry.QueueDeadline : SchedulerTime.Never);
    }

    void Unqueue(TaskEntry entry)
    {
        if (entry.State == TaskState.Delayed)
            _delayed--;
        else if (entry.List == _isolated)
            _isolated.Remove(entry);
        else
            _ready.Remove(entry);
    }

    /// <summary>The task's entry if this attempt at this engine holds it; otherwise counts a stale message.</summary>
    TaskEntry? Holder(int engineId, long taskId, int attempt)
    {
        if (_tasks.TryGetValue(taskId, out var entry) && entry.Attempt == attempt && entry.Engine is { } engine && engine.Id == engineId)
            return entry;
        _staleResults++;
        return null;
    }

    void Emit(InstructionKind kind, TaskEntry entry, EngineState? engine, Reason reason, TaskState state = TaskState.None, int run = 0) =>
        _output.Add(new Instruction(kind, entry.Id, engine?.Id ?? -1, entry.Attempt, run, state, reason, _source));

    /// <summary>Ends a task that is in no list any more.</summary>
    void Complete(TaskEntry entry, TaskState state, Reason reason, EngineState? engine = null)
    {
        Emit(InstructionKind.Complete, entry, engine, reason, state, entry.Runs);
        _ended[(int)state]++;
        _timers.Remove(entry);
        _tasks.Remove(entry.Id);
        _specs.Leave(entry.Stats);
        _pool.Return(entry, _tasks.Count);
        if (++_sinceTrim >= TrimEvery)
            Trim();
    }

    void Trim()
    {
        _sinceTrim = 0;
        _pool.Trim(_tasks.Count);
        if (_tasks.Capacity > KeptAnyway && _tasks.Count < _tasks.Capacity / 8)
            _tasks.TrimExcess(Math.Max(KeptAnyway, _tasks.Count * 2));
    }
}
