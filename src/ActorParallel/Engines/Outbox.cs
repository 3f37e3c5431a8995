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
internal sealed class Outbox(EngineRuntime runtime, SegmentStore? store)
{
    const int MostOfMessage = 1000;

    int _flushAsked;

    public void Add(RemoteTask task, TaskOutcome outcome, long startedAt, long runTicks, PayloadWriter? value, Exception? error = null)
    {
        var output = task.TakeOutput();
        var segment = store is not null && value is not null && value.Length > runtime.InlineLimit ? store.Rent(value.Length) : null;
        if (segment is not null) value!.CopyTo(segment.Span(0, (int)value.Length));
        var link = runtime.Link;
        lock (link.Gate)
        {
            var writer = link.Writer;
            writer.WriteByte((byte)ControllerEntry.Finished);
            writer.WriteInt64(task.TaskId);
            writer.WriteInt32(task.Attempt);
            writer.WriteByte((byte)outcome);
            writer.WriteInt64(startedAt == 0 ? 0 : Clock.ToUtcTicks(startedAt));
            writer.WriteInt64(Clock.Between(startedAt, startedAt + runTicks).Ticks);
            writer.WriteInt32(task.WorkerId);
            writer.WriteString(output);
            if (segment is not null)
            {
                TaskWire.WriteSegment(writer, segment.Id, segment.FileName, (int)value!.Length);
            }
            else
            {
                writer.WriteByte(TaskWire.Inline);
                writer.WriteBytes(value);
            }
            if (outcome is TaskOutcome.Failed or TaskOutcome.Unsuitable)
            {
                // For those who don't open payloads.
                writer.WriteString(error?.GetType().FullName);
                writer.WriteString(error is { Message: { Length: > MostOfMessage } text } ? text[..MostOfMessage] : error?.Message);
            }
            link.Written();
        }
        if (task.IsIdleAfter) link.Flush(idle: true);
        else if (Interlocked.Exchange(ref _flushAsked, 1) == 0) runtime.Self.Tell(EngineActor.FlushOutbox.Instance, ActorRefs.NoSender);
    }

    public void Flush()
    {
        Volatile.Write(ref _flushAsked, 0);
        runtime.Link.Flush();
    }

    /// <summary>Something short that is not an outcome.</summary>
    public void Tell(Action<PayloadWriter> write) => runtime.Link.Tell(write);
}
