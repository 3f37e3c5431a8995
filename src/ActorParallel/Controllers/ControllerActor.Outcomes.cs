using System.Runtime.InteropServices;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Controllers;

internal sealed partial class ControllerActor
{
    readonly List<Outcome> _outcomes = [];
    readonly List<TaskFinished> _finished = [];
    readonly List<int> _unread = [];

    /// <summary>How the last engine that was lost ended: tasks that end with it say so.</summary>
    string? _lossText;
    int? _lossCode;
    long? _lossPeak;

    struct Outcome
    {
        public long StartedUtc;
        public long RunTicks;
        public int WorkerId;
        public string Output;
        public PayloadPlace Place;
        public bool Read;
    }

    void Finished(byte[] batch)
    {
        if (FindEngine(Sender) is not { } engine) return;
        _outcomes.Clear();
        _finished.Clear();
        var reader = new PayloadReader(batch);
        while (reader.Remaining > 0)
        {
            var taskId = reader.ReadInt64();
            var attempt = reader.ReadInt32();
            var outcome = (TaskOutcome)reader.ReadByte();
            var started = reader.ReadInt64();
            var ticks = reader.ReadInt64();
            _outcomes.Add(new Outcome
            {
                StartedUtc = started, RunTicks = ticks, WorkerId = reader.ReadInt32(), Output = reader.ReadString() ?? "",
                Place = TaskWire.ReadPlace(ref reader, batch),
            });
            _finished.Add(new TaskFinished(engine.Id, taskId, attempt, outcome, Math.Max(0, ticks)));
            if (outcome != TaskOutcome.Returned) engine.Finished++;
        }
        _losses = 0;
        _core.Handle(CollectionsMarshal.AsSpan(_finished), Now, _instructions);
        Obey();
        ReleaseUnread(engine);
        RecycleIfSpent(engine);
    }

    /// <summary>Values nobody waits for: of stale attempts, or of attempts that are made again.</summary>
    void ReleaseUnread(EngineHandle engine)
    {
        _unread.Clear();
        foreach (ref readonly var outcome in CollectionsMarshal.AsSpan(_outcomes))
            if (outcome is { Read: false, Place.SegmentName: not null }) _unread.Add(outcome.Place.SegmentId);
        if (_unread.Count > 0) engine.Actor.Tell(new EngineActor.ReleaseSegments([.. _unread]), Self);
    }

    void GiveBack(LedgerEntry entry)
    {
        if (entry.Segment is { } segment) _shared.Store.Return(segment);
    }

    void Complete(in Instruction instruction)
    {
        if (!_ledger.Remove(instruction.TaskId, out var entry)) return;
        GiveBack(entry);
        var result = entry.Result;
        if (!result.TryClaimEnd()) return;
        var state = instruction.State;
        if (instruction.Source < 0)
        {
            if (result.ControlIfAny is not null || state is TaskState.Cancelled or TaskState.TimedOut) SetStep(result, state, started: _lossText is not null, forced: _lossText is not null);
            result.DeliverError(state, ErrorOf(instruction, result));
            return;
        }
        ref var outcome = ref CollectionsMarshal.AsSpan(_outcomes)[instruction.Source];
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
        DeliverValue(entry, state, ref outcome);
    }

    static void SetStep(AsyncResult result, TaskState state, bool started, bool forced)
    {
        if (state is TaskState.Cancelled or TaskState.TimedOut)
            result.Control.Step = forced ? CancellationStep.Forced : started ? CancellationStep.Token : CancellationStep.BeforeStart;
    }

    void DeliverValue(LedgerEntry entry, TaskState state, ref Outcome outcome)
    {
        var place = outcome.Place;
        if (place.SegmentName is null)
        {
            // Decoding runs users' code where a type has some: only plain values are decoded here.
            if (state == TaskState.Succeeded && entry.Item.HasPlainValue) Deliver(entry.Item, state, place.Bytes.Span);
            else ThreadPool.UnsafeQueueUserWorkItem(static d => Deliver(d.Item, d.State, d.Bytes.Span), (entry.Item, State: state, place.Bytes), preferLocal: false);
            return;
        }
        outcome.Read = true;
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
        var (actor, self) = (Sender, Self);
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                using (segment) Deliver(entry.Item, state, segment.Span(0, place.Length));
                actor.Tell(new EngineActor.ReleaseSegments([place.SegmentId]), self);
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

    Exception ErrorOf(in Instruction instruction, AsyncResult result) => (instruction.State, instruction.Reason) switch
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
