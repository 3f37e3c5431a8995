using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Event;

namespace ActorParallel.Controllers;

/// <summary>
/// The controller: knows the engines, decides by its <see cref="SchedulerCore"/> which runs what, and keeps the ledger of the tasks in flight.
/// It moves payloads and never opens them. This file takes messages and carries out the scheduler's instructions;
/// <c>.Engines</c> starts, watches and replaces engines, <c>.Outcomes</c> ends tasks.
/// </summary>
internal sealed partial class ControllerActor : UntypedActor, IWithTimers
{
    /// <summary>So many submissions are taken in one turn: results come in between.</summary>
    const int TurnSubmissions = 4096;

    readonly PoolShared _shared;
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly SchedulerCore _core;
    readonly InstructionList _instructions = new();
    readonly Dictionary<long, LedgerEntry> _ledger = [];
    readonly List<TaskSubmitted> _submitted = [];
    readonly List<EngineHandle> _touched = [];
    long? _tickAt;
    bool _closed;
    bool _terminated;

    public ControllerActor(PoolShared shared)
    {
        _shared = shared;
        var settings = shared.Settings;
        _target = settings.Workers;
        _core = new SchedulerCore(new SchedulerOptions { HighWaterMark = settings.HighWaterMark == 0 ? null : settings.HighWaterMark }, new Random(Environment.ProcessId));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    static long Now => SchedulerTime.FromStopwatch(Clock.Now);

    protected override void PreStart()
    {
        FillUp();
        if (_shared.Settings.MaxMemoryGrowth > 0) Timers.StartPeriodicTimer(nameof(MemoryDue), MemoryDue.Instance, TimeSpan.FromSeconds(1));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TasksFinished finished:
                Finished(finished.Batch);
                break;
            case SubmissionsWaiting:
                TakeSubmissions();
                break;
            case CancelRequest cancel:
                Cancel(cancel.TaskId);
                break;
            case TaskProgressed progressed:
                if (_ledger.TryGetValue(progressed.TaskId, out var entry)) entry.Result.Control.Reported = progressed.Fraction;
                break;
            case TaskOverran overran when FindEngine(Sender) is { } engine:
                Overran(engine.Id, overran.TaskId, overran.Attempt);
                break;
            case StopOverdue overdue:
                Overran(overdue.EngineId, overdue.TaskId, overdue.Attempt);
                break;
            case TickDue:
                _tickAt = null;
                _core.Handle(new Tick(), Now, _instructions);
                Obey();
                break;
            case CloseRequest:
                _closed = true;
                break;
            case TerminateRequest:
                Terminate();
                break;
            case ResizeRequest resize:
                Resize(resize.Workers);
                break;
            default:
                if (!OnEngineMessage(message)) Unhandled(message);
                break;
        }
        if (_closed) EndIfDrained();
    }

    void TakeSubmissions()
    {
        _shared.Awake();
        _submitted.Clear();
        while (_submitted.Count < TurnSubmissions && _shared.Submissions.TryDequeue(out var entry))
        {
            if (entry.Result.ControlIfAny is { CancelRequested: true })
            {
                GiveBack(entry);
                entry.Result.Control.Step = CancellationStep.BeforeStart;
                entry.Result.TryEnd(TaskState.Cancelled, new OperationCanceledException($"Task {entry.Result.Id} was cancelled."));
                continue;
            }
            _ledger[entry.Result.Sequence] = entry;
            _submitted.Add(new TaskSubmitted(entry.Result.Sequence, entry.Function.Spec(entry.Result.Options, _shared.Settings)));
        }
        if (!_shared.Submissions.IsEmpty) _shared.Wake();
        if (_submitted.Count == 0) return;
        _core.Handle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_submitted), Now, _instructions);
        Obey();
        if (!_terminated) return;
        foreach (var late in _submitted.ToArray()) Cancel(late.TaskId);
    }

    void Cancel(long taskId)
    {
        // Has it ended, or is it still on its way? Then it is marked, and never begins.
        if (!_ledger.ContainsKey(taskId)) return;
        _core.Handle(new CancelRequested(taskId), Now, _instructions);
        Obey();
    }

    void Overran(int engineId, long taskId, int attempt)
    {
        _core.Handle(new Scheduling.TaskOverran(engineId, taskId, attempt), Now, _instructions);
        Obey();
    }

    /// <summary>Carries out what the scheduler decided, in its order.</summary>
    void Obey()
    {
        // Ending a task may not hand new events to the scheduler, or this loop would run inside itself.
        foreach (ref readonly var instruction in _instructions.AsSpan())
        {
            switch (instruction.Kind)
            {
                case InstructionKind.Assign:
                    Assign(instruction);
                    break;
                case InstructionKind.Recall when _engines.TryGetValue(instruction.EngineId, out var holder):
                    Send(holder, new EngineActor.RecallTask(instruction.TaskId, instruction.Attempt));
                    break;
                case InstructionKind.CancelRunning when _engines.TryGetValue(instruction.EngineId, out var holder):
                    Send(holder, new EngineActor.CancelTask(instruction.TaskId, instruction.Attempt));
                    // A process that answers nothing is ended from here.
                    Timers.StartSingleTimer(
                        (instruction.TaskId, instruction.Attempt),
                        new StopOverdue(instruction.EngineId, instruction.TaskId, instruction.Attempt),
                        _shared.Settings.CancelGracePeriod + TimeSpan.FromSeconds(1));
                    break;
                case InstructionKind.EndEngine when _engines.TryGetValue(instruction.EngineId, out var holder):
                    holder.Child.Kill();
                    break;
                case InstructionKind.Drained when _engines.TryGetValue(instruction.EngineId, out var holder):
                    Stop(holder);
                    break;
                case InstructionKind.Requeued when _ledger.TryGetValue(instruction.TaskId, out var again):
                    if (instruction.Reason == Reason.EngineLost) again.Result.Control.EngineLosses++;
                    if (instruction.Source >= 0) again.Result.Control.EarlierRunTicks += Clock.ToTimestampTicks(TimeSpan.FromTicks(_outcomes[instruction.Source].RunTicks));
                    again.Result.MoveTo(instruction.State);
                    break;
                case InstructionKind.Complete:
                    Complete(instruction);
                    break;
            }
        }
        _instructions.Clear();
        foreach (var engine in _touched)
            if (!engine.Batch.IsEmpty) engine.Actor.Tell(engine.Batch.Take(), Self);
        _touched.Clear();
        ArmTick();
    }

    void Assign(in Instruction instruction)
    {
        var entry = _ledger[instruction.TaskId];
        var engine = _engines[instruction.EngineId];
        entry.Result.MoveTo(TaskState.Assigned);
        entry.Result.EngineId = engine.Id;
        entry.Result.Attempt = instruction.Run;
        if (engine.Batch.IsEmpty) _touched.Add(engine);
        if (engine.Batch.Add(entry, instruction.TaskId, instruction.Attempt, instruction.Run, engine.KnownFunctions))
            engine.Actor.Tell(engine.Batch.Take(), Self);
    }

    /// <summary>Behind the assignments it may speak of.</summary>
    void Send(EngineHandle engine, IWireMessage message)
    {
        if (!engine.Batch.IsEmpty) engine.Actor.Tell(engine.Batch.Take(), Self);
        engine.Actor.Tell(message, Self);
    }

    void ArmTick()
    {
        if (_core.NextDeadline is not { } next || (_tickAt is { } armed && armed <= next)) return;
        _tickAt = next;
        Timers.StartSingleTimer(nameof(TickDue), TickDue.Instance, TimeSpan.FromTicks(Math.Clamp(next - Now, 1, TimeSpan.FromDays(1).Ticks)));
    }

    void Terminate()
    {
        _closed = true;
        _terminated = true;
        while (!_shared.Submissions.IsEmpty) TakeSubmissions();
        foreach (var taskId in _ledger.Keys.ToArray()) _core.Handle(new CancelRequested(taskId), Now, _instructions);
        Obey();
    }

    void EndIfDrained()
    {
        if (_ledger.Count > 0 || _shared.IsHeld || !_shared.Submissions.IsEmpty) return;
        foreach (var engine in _engines.Values)
        {
            if (_terminated || !engine.IsRegistered) Kill(engine);
            else Stop(engine);
        }
        if (_engines.Count == 0 && _starting == 0) _shared.Drained.TrySetResult();
    }

    protected override void PostStop()
    {
        foreach (var engine in _engines.Values) Kill(engine);
        while (_shared.Submissions.TryDequeue(out var entry)) _ledger[entry.Result.Sequence] = entry;
        foreach (var entry in _ledger.Values)
            entry.Result.TryEnd(TaskState.Cancelled, new OperationCanceledException($"Task {entry.Result.Id} was cancelled: its pool has ended."));
        _ledger.Clear();
        _shared.Drained.TrySetResult();
    }

    /// <summary>The queue has submissions.</summary>
    internal sealed record SubmissionsWaiting
    {
        public static readonly SubmissionsWaiting Instance = new();
    }

    internal sealed record CancelRequest(long TaskId);

    internal sealed record CloseRequest;

    internal sealed record TerminateRequest;

    internal sealed record ResizeRequest(int Workers);

    /// <summary>Outcomes of an engine; see <see cref="Outbox"/>.</summary>
    internal sealed record TasksFinished(byte[] Batch) : IWireMessage;

    /// <summary>A task goes on after its token was cancelled and the grace period is over.</summary>
    internal sealed record TaskOverran(long TaskId, int Attempt) : IWireMessage;

    /// <summary>A task told how far it is.</summary>
    internal sealed record TaskProgressed(long TaskId, double Fraction) : IWireMessage;

    sealed record StopOverdue(int EngineId, long TaskId, int Attempt);

    sealed record TickDue
    {
        public static readonly TickDue Instance = new();
    }
}
