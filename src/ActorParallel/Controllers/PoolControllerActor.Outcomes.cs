using System.Runtime.InteropServices;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Telemetry;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Controllers;

internal sealed partial class PoolControllerActor
{
    /// <summary>How the last engine that was lost ended: tasks that end with it say so.</summary>
    string? _lossText;
    int? _lossCode;
    long? _lossPeak;

    protected override void Assigned(PoolTask task, in Instruction instruction)
    {
        var result = task.Result;
        result.MoveTo(TaskState.Assigned);
        result.EngineId = instruction.EngineId;
        result.Attempt = instruction.Run;
    }

    protected override void Started(PoolTask task, PoolEngine engine) => task.Result.TryMove(TaskState.Assigned, TaskState.Running);

    protected override void Requeued(PoolTask task, in Instruction instruction, long runTicks)
    {
        if (instruction.Reason == Reason.EngineLost) task.Result.Control.EngineLosses++;
        if (runTicks > 0) task.Result.Control.EarlierRunTicks += Clock.ToTimestampTicks(TimeSpan.FromTicks(runTicks));
        task.Result.MoveTo(instruction.State);
        // Given back without having begun, it was no attempt.
        if (task.Result.IsObserved && instruction.Reason is Reason.EngineLost or Reason.Exception)
            task.Result.ControlIfAny?.Trace?.Retry(
                task.Result, instruction.Reason == Reason.EngineLost ? TaskTags.EngineLost : TaskTags.Failed, Clock.ToTimestampTicks(TimeSpan.FromTicks(runTicks)));
    }

    protected override void Progressed(long taskId, double fraction)
    {
        if (Ledger.TryGetValue(taskId, out var task)) task.Result.Control.Reported = fraction;
    }

    void GiveBack(PoolTask entry)
    {
        if (entry.Segment is { } segment) _shared.Store.Return(segment);
    }

    protected override void CompleteWithout(PoolTask task, in Instruction instruction)
    {
        GiveBack(task);
        var result = task.Result;
        if (!result.TryClaimEnd()) return;
        var state = instruction.State;
        if (result.ControlIfAny is not null || state is TaskState.Cancelled or TaskState.TimedOut) TaskEnds.SetStep(result, state, started: _lossText is not null, forced: _lossText is not null);
        result.DeliverError(state, ErrorOf(instruction, result, task));
    }

    protected override void Complete(PoolTask task, in Instruction instruction, ref Outcome outcome)
    {
        GiveBack(task);
        var result = task.Result;
        if (!result.TryClaimEnd()) return;
        var state = instruction.State;
        TaskEnds.Ran(result, outcome.StartedUtc, outcome.RunTicks, outcome.WorkerId, outcome.Output);
        if (state is TaskState.Cancelled or TaskState.TimedOut)
        {
            TaskEnds.SetStep(result, state, started: outcome.StartedUtc != 0, forced: false);
            result.DeliverError(state, ErrorOf(instruction, result, task));
            return;
        }
        if (outcome.Place.SegmentName is null)
        {
            TaskEnds.Deliver(task.Item, state, outcome.Place.Bytes);
            return;
        }
        outcome.IsTaken = true;
        DeliverLarge(task.Item, state, outcome.Place, Engines[instruction.EngineId]);
    }

    void DeliverLarge(ITaskItem item, TaskState state, PayloadPlace place, PoolEngine engine) =>
        TaskEnds.DeliverLarge(item, state, place, _shared.Segments, () =>
        {
            Release(engine, place.SegmentId);
            engine.Link.Flush();
        });

    Exception ErrorOf(in Instruction instruction, AsyncResult result, PoolTask task) => (instruction.State, instruction.Reason) switch
    {
        (TaskState.Cancelled, _) when _terminated => new OperationCanceledException($"Task {result.Id} was cancelled: its pool was terminated."),
        (TaskState.Cancelled, _) => new OperationCanceledException($"Task {result.Id} was cancelled."),
        (TaskState.TimedOut, Reason.QueueTimeout) => TaskEnds.TimedOutWaiting(result),
        (TaskState.TimedOut, _) => TaskEnds.TimedOutRunning(result),
        (TaskState.Quarantined, _) => TaskEnds.Quarantined(result, 1 + (result.ControlIfAny?.EngineLosses ?? 0), _lossText ?? "the pool", _lossCode, _lossPeak),
        (TaskState.Unschedulable, _) => new UnsuitableEngineException($"{task.Unsuitable}").Everywhere(result),
        (_, Reason.NoEngines) when _shared.Fault is { } fault => fault,
        _ => new EngineLostException($"Task {result.Id}{TaskEnds.Named(result)} was lost: its process ended with {_lossText ?? "the pool"}, and its budget of {_shared.Settings.EngineLossRetries} more runs is used up."),
    };
}
