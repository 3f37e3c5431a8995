using System.Runtime.InteropServices;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Scheduling;
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

    protected override void Requeued(PoolTask task, in Instruction instruction, long runTicks)
    {
        if (instruction.Reason == Reason.EngineLost) task.Result.Control.EngineLosses++;
        if (runTicks > 0) task.Result.Control.EarlierRunTicks += Clock.ToTimestampTicks(TimeSpan.FromTicks(runTicks));
        task.Result.MoveTo(Public(instruction.State));
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
        var state = Public(instruction.State);
        if (result.ControlIfAny is not null || state is TaskState.Cancelled or TaskState.TimedOut) SetStep(result, state, started: _lossText is not null, forced: _lossText is not null);
        result.DeliverError(state, ErrorOf(instruction, result));
    }

    protected override void Complete(PoolTask task, in Instruction instruction, ref Outcome outcome)
    {
        GiveBack(task);
        var result = task.Result;
        if (!result.TryClaimEnd()) return;
        var state = Public(instruction.State);
        if (outcome.StartedUtc != 0)
        {
            result.StartedAt = Clock.FromUtcTicks(outcome.StartedUtc);
            result.CompletedAt = result.StartedAt + Clock.ToTimestampTicks(TimeSpan.FromTicks(outcome.RunTicks));
            result.WorkerId = outcome.WorkerId;
        }
        if (outcome.Output.Length > 0) result.Control.Output = outcome.Output;
        if (state is TaskState.Cancelled or TaskState.TimedOut)
        {
            SetStep(result, state, started: outcome.StartedUtc != 0, forced: false);
            result.DeliverError(state, ErrorOf(instruction, result));
            return;
        }
        DeliverValue(task, state, ref outcome);
    }

    static void SetStep(AsyncResult result, TaskState state, bool started, bool forced)
    {
        if (state is TaskState.Cancelled or TaskState.TimedOut)
            result.Control.Step = forced ? CancellationStep.Forced : started ? CancellationStep.Token : CancellationStep.BeforeStart;
    }

    void DeliverValue(PoolTask entry, TaskState state, ref Outcome outcome)
    {
        var place = outcome.Place;
        if (place.SegmentName is null)
        {
            // Decoding runs users' code where a type has some: only plain values are decoded here.
            if (state == TaskState.Succeeded && entry.Item.HasPlainValue) Deliver(entry.Item, state, place.Bytes.Span);
            else ThreadPool.UnsafeQueueUserWorkItem(static d => Deliver(d.Item, d.State, d.Bytes.Span), (entry.Item, State: state, place.Bytes), preferLocal: false);
            return;
        }
        outcome.IsTaken = true;
        MappedSegment segment;
        try
        {
            // Mapped before anything else happens to its engine: then it stays readable.
            segment = _shared.Segments.Open(place.SegmentName, place.Length);
        }
        catch (IOException e)
        {
            entry.Result.DeliverError(TaskState.Lost, new EngineLostException($"The value of task {entry.Result.Id} was lost with its engine: {e.Message}"));
            return;
        }
        var engine = FindEngine(Sender)!;
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                using (segment) Deliver(entry.Item, state, segment.Span(0, place.Length));
                Release(engine, place.SegmentId);
                engine.Link.Flush();
            },
            null);
    }

    /// <summary>Reads what an engine wrote and ends the task with it.</summary>
    static void Deliver(ITaskItem item, TaskState state, ReadOnlySpan<byte> bytes)
    {
        Exception error;
        try
        {
            var reader = new PayloadReader(bytes);
            if (state == TaskState.Succeeded)
            {
                item.ReadAndSucceed(ref reader);
                return;
            }
            error = reader.Read<Exception>();
        }
#pragma warning disable CA1031 // What can't be read is a failure of that task.
        catch (Exception e)
        {
            state = TaskState.Failed;
            error = new ShippingException($"The value of task {item.Result.Id} came but can't be read here: {e.Message}", "", e);
        }
#pragma warning restore CA1031
        item.Result.DeliverError(state, error);
    }

    Exception ErrorOf(in Instruction instruction, AsyncResult result) => (Public(instruction.State), instruction.Reason) switch
    {
        (TaskState.Cancelled, _) when _terminated => new OperationCanceledException($"Task {result.Id} was cancelled: its pool was terminated."),
        (TaskState.Cancelled, _) => new OperationCanceledException($"Task {result.Id} was cancelled."),
        (TaskState.TimedOut, Reason.QueueTimeout) => new TimeoutException(
            $"Task {result.Id} waited for a worker for more than its queueTimeout of {result.Options.QueueTimeout?.TotalSeconds:0.###} s."),
        (TaskState.TimedOut, _) => new TimeoutException($"Task {result.Id} ran for more than its timeout of {result.Options.Timeout?.TotalSeconds:0.###} s."),
        (TaskState.Quarantined, _) => new TaskQuarantinedException(
            $"Task {result.Id}{Named(result)} killed each of the {result.ControlIfAny?.EngineLosses + 1 ?? 1} processes that ran it, the last time alone: it ended with {_lossText}. It is not run again.",
            result.Id, _lossCode, _lossPeak),
        (_, Reason.NoEngines) when _shared.Fault is { } fault => fault,
        _ => new EngineLostException($"Task {result.Id}{Named(result)} was lost: its process ended with {_lossText ?? "the pool"}, and its budget of {_shared.Settings.EngineLossRetries} more runs is used up."),
    };

    static string Named(AsyncResult result) => result.Label is { } label ? $" ({label})" : "";
}
