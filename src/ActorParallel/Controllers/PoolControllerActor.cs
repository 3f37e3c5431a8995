using System.Runtime.InteropServices;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Telemetry;

namespace ActorParallel.Controllers;

/// <summary>
/// The controller of a pool of processes. This file takes submissions; <c>.Engines</c> starts, watches and replaces engines,
/// <c>.Outcomes</c> ends tasks.
/// </summary>
internal sealed partial class PoolControllerActor : ControllerActor<PoolTask, PoolEngine>
{
    /// <summary>So many submissions are taken in one turn: results come in between.</summary>
    const int TurnSubmissions = 4096;

    readonly PoolShared _shared;
    readonly List<TaskSubmitted> _submitted = [];
    bool _closed;
    bool _terminated;

    public PoolControllerActor(PoolShared shared)
        : base(new SchedulerOptions { HighWaterMark = shared.Settings.HighWaterMark == 0 ? null : shared.Settings.HighWaterMark })
    {
        _shared = shared;
        _target = shared.Settings.Workers;
    }

    protected override TimeSpan CancelGracePeriod => _shared.Settings.CancelGracePeriod;

    protected override void PreStart()
    {
        base.PreStart();
        FillUp();
        if (_shared.Settings.MaxMemoryGrowth > 0) Timers.StartPeriodicTimer(nameof(MemoryDue), MemoryDue.Instance, TimeSpan.FromSeconds(1));
    }

    protected override void OnReceive(object message)
    {
        base.OnReceive(message);
        if (_closed) EndIfDrained();
    }

    protected override bool OnMessage(object message)
    {
        switch (message)
        {
            case SubmissionsWaiting:
                TakeSubmissions();
                return true;
            case CancelRequest cancel:
                Cancel(cancel.TaskId);
                return true;
            case LoadRequest load:
                load.Reply(ExecutorLoad.Of(Ledger.Values.Select(static task => task.Result), RegisteredEngines, RegisteredEngines));
                return true;
            case CloseRequest:
                _closed = true;
                return true;
            case TerminateRequest:
                Terminate();
                return true;
            case ResizeRequest resize:
                Resize(resize.Workers);
                return true;
            default:
                return OnEngineMessage(message);
        }
    }

    void TakeSubmissions()
    {
        _shared.Submissions.Awake();
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
            Ledger[entry.Result.Sequence] = entry;
            _submitted.Add(new TaskSubmitted(entry.Result.Sequence, entry.Function.Spec(entry.Result.Options, _shared.Settings)));
        }
        if (!_shared.Submissions.IsEmpty) _shared.Submissions.Wake();
        if (_submitted.Count == 0) return;
        Core.Handle(CollectionsMarshal.AsSpan(_submitted), Now, Instructions);
        Obey();
        if (!_terminated) return;
        foreach (var late in _submitted.ToArray()) Cancel(late.TaskId);
    }

    void Terminate()
    {
        _closed = true;
        _terminated = true;
        while (!_shared.Submissions.IsEmpty) TakeSubmissions();
        foreach (var taskId in Ledger.Keys.ToArray()) Core.Handle(new CancelRequested(taskId), Now, Instructions);
        Obey();
    }

    void EndIfDrained()
    {
        if (Ledger.Count > 0 || _shared.IsHeld || !_shared.Submissions.IsEmpty) return;
        foreach (var engine in Engines.Values)
        {
            if (_terminated || !engine.IsRegistered) Kill(engine);
            else Stop(engine);
        }
        if (Engines.Count == 0 && _starting == 0) _shared.Drained.TrySetResult();
    }

    protected override void PostStop()
    {
        foreach (var engine in Engines.Values) Kill(engine);
        while (_shared.Submissions.TryDequeue(out var entry)) Ledger[entry.Result.Sequence] = entry;
        foreach (var entry in Ledger.Values)
            entry.Result.TryEnd(TaskState.Cancelled, new OperationCanceledException($"Task {entry.Result.Id} was cancelled: its pool has ended."));
        Ledger.Clear();
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
}
