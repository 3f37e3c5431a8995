using ActorParallel.Controllers;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Engines;

/// <summary>
/// Outcomes on their way to the controller. A worker that has nothing else to do sends what is there itself; one that goes on with the next
/// task leaves the sending to the engine's actor. So nothing waits, and what comes fast travels together.
/// </summary>
internal sealed class Outbox(EngineRuntime runtime, SegmentStore store)
{
    /// <summary>A batch is sent when it has so many bytes; with one inline value more it is still far below the frame limit.</summary>
    const int BatchBytes = 256 << 10;

    readonly Lock _gate = new();
    PayloadWriter _batch = PayloadWriter.Rent();
    int _flushAsked;

    public void Add(RemoteTask task, TaskOutcome outcome, long startedAt, long runTicks, PayloadWriter? value)
    {
        var output = task.TakeOutput();
        var large = value is not null && value.Length > runtime.InlineLimit;
        var segment = large ? store.Rent(value!.Length) : null;
        if (segment is not null) value!.CopyTo(segment.Span(0, (int)value.Length));
        byte[]? full = null;
        lock (_gate)
        {
            _batch.WriteInt64(task.TaskId);
            _batch.WriteInt32(task.Attempt);
            _batch.WriteByte((byte)outcome);
            _batch.WriteInt64(startedAt == 0 ? 0 : Clock.ToUtcTicks(startedAt));
            _batch.WriteInt64(Clock.Between(startedAt, startedAt + runTicks).Ticks);
            _batch.WriteInt32(task.WorkerId);
            _batch.WriteString(output);
            if (segment is not null) TaskWire.WriteSegment(_batch, segment.Id, segment.FileName, (int)value!.Length);
            else WriteInline(value);
            if (_batch.Length >= BatchBytes) full = Take();
        }
        if (full is not null) Send(full);
        else if (runtime.Workers.Queue.IsEmpty) Flush(idle: true);
        else if (Interlocked.Exchange(ref _flushAsked, 1) == 0) runtime.Self.Tell(EngineActor.FlushOutbox.Instance, ActorRefs.NoSender);
    }

    void WriteInline(PayloadWriter? value)
    {
        _batch.WriteByte(TaskWire.Inline);
        _batch.WriteBytes(value);
    }

    public void Flush(bool idle = false)
    {
        Volatile.Write(ref _flushAsked, 0);
        byte[]? batch;
        lock (_gate) batch = _batch.Length == 0 ? null : Take();
        if (batch is null) return;
        if (idle) OwnThreads.Tell(runtime.Controller, new ControllerActor.TasksFinished(batch), runtime.Self);
        else Send(batch);
    }

    byte[] Take()
    {
        var bytes = _batch.ToArray();
        _batch.Reset();
        return bytes;
    }

    void Send(byte[] batch) => runtime.Controller.Tell(new ControllerActor.TasksFinished(batch), runtime.Self);
}
