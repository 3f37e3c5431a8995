using ActorParallel.Engines;
using ActorParallel.Payloads;

namespace ActorParallel.Controllers;

/// <summary>What goes to one engine in one message: tasks, and the functions they call that the engine has not been told of.</summary>
internal sealed class AssignBatch
{
    /// <summary>A batch is sent when it has so many bytes; with one more task it is still far below the frame limit.</summary>
    const int BatchBytes = 256 << 10;

    readonly PayloadWriter _writer = PayloadWriter.Rent();

    public bool IsEmpty => _writer.Length == 0;

    /// <summary>Adds a task; true when the batch should be sent.</summary>
    public bool Add(LedgerEntry entry, long taskId, int attempt, int run, HashSet<int> known)
    {
        var function = entry.Function;
        if (known.Add(function.Id)) TaskWire.WriteDefinition(_writer, function.Id, function.Bytes);
        TaskWire.WriteTask(_writer, taskId, attempt, run, function.Id, entry.Result.Options.Timeout?.Ticks ?? 0);
        if (entry.Segment is { } segment) TaskWire.WriteSegment(_writer, segment.Id, segment.FileName, entry.SegmentLength);
        else TaskWire.WriteInline(_writer, entry.Payload);
        return _writer.Length >= BatchBytes;
    }

    public EngineActor.Assign Take()
    {
        var message = new EngineActor.Assign(_writer.ToArray());
        _writer.Reset();
        return message;
    }
}
