using ActorParallel.Payloads;

namespace ActorParallel.Engines;

/// <summary>What a controller tells an engine. The numbers are part of the wire contract.</summary>
internal enum EngineEntry : byte
{
    /// <summary>A function that tasks call.</summary>
    Define = 1,

    /// <summary>A task to run when a worker is free.</summary>
    Task = 2,

    /// <summary>A task for the engine's own lane: one after the other, beside the workers.</summary>
    DirectTask = 3,

    /// <summary>Stop this attempt: drop it, or cancel its token.</summary>
    Cancel = 4,

    /// <summary>Give this attempt back if it has not begun; otherwise say that it has.</summary>
    Recall = 5,

    /// <summary>Large values have been read: their segments are free.</summary>
    Release = 6,

    /// <summary>Nothing will come any more: end the process.</summary>
    Stop = 7,

    /// <summary>A client is gone, with its functions and its code.</summary>
    Forget = 8,

    /// <summary>A client's answer: an assembly, or what is needed with it; or why not.</summary>
    Code = 9,

    /// <summary>A message of another engine.</summary>
    Mail = 10,

    /// <summary>An engine is there, this one included: messages may go to it.</summary>
    PeerJoined = 11,

    /// <summary>An engine is gone.</summary>
    PeerLeft = 12,

    /// <summary>The trace of the task that comes next.</summary>
    Trace = 13,
}

/// <summary>What an engine tells its controller. The numbers are part of the wire contract.</summary>
internal enum ControllerEntry : byte
{
    /// <summary>An attempt ended, or came back.</summary>
    Finished = 1,

    /// <summary>A task goes on after its token was cancelled and the grace period is over.</summary>
    Overran = 2,

    /// <summary>A task told how far it is.</summary>
    Progressed = 3,

    /// <summary>An assembly of a client is missing; see <see cref="Functions.CodeQuestion"/>.</summary>
    NeedCode = 4,

    /// <summary>A worker has been running a task for a while, or it was asked back too late. Of short ones nothing is told.</summary>
    Started = 5,

    /// <summary>A message for another engine.</summary>
    Mail = 6,

    /// <summary>The engine wants to go: no new work, and the word to stop once all has ended.</summary>
    Leaving = 7,

    /// <summary>What a task wrote to the console, while it runs; of those only that are watched.</summary>
    Wrote = 8,
}

/// <summary>How assignments and outcomes are written, one after the other in a batch.</summary>
internal static class TaskWire
{
    /// <summary>Where a value is: in the message, or in a segment of shared memory.</summary>
    public const byte Inline = 0, InSegment = 1;

    public static void WriteDefinition(PayloadWriter writer, int functionId, int client, Guid program, ReadOnlySpan<byte> definition)
    {
        writer.WriteByte((byte)EngineEntry.Define);
        writer.WriteInt32(functionId);
        writer.WriteInt32(client);
        writer.WriteFixed(program);
        writer.WriteBytes(definition);
    }

    public static void WriteTask(PayloadWriter writer, EngineEntry kind, long taskId, int attempt, int run, int functionId, long timeoutTicks)
    {
        writer.WriteByte((byte)kind);
        writer.WriteInt64(taskId);
        writer.WriteInt32(attempt);
        writer.WriteInt32(run);
        writer.WriteInt32(functionId);
        writer.WriteInt64(timeoutTicks);
    }

    /// <summary>An entry that names an attempt, and nothing more.</summary>
    public static void WriteAttempt(PayloadWriter writer, byte kind, long taskId, int attempt)
    {
        writer.WriteByte(kind);
        writer.WriteInt64(taskId);
        writer.WriteInt32(attempt);
    }

    /// <summary>A value, where it is.</summary>
    public static void WritePlace(PayloadWriter writer, in PayloadPlace place)
    {
        if (place.SegmentName is { } name) WriteSegment(writer, place.SegmentId, name, place.Length);
        else WriteInline(writer, place.Bytes.Span);
    }

    public static void WriteInline(PayloadWriter writer, ReadOnlySpan<byte> payload)
    {
        writer.WriteByte(Inline);
        writer.WriteBytes(payload);
    }

    public static void WriteSegment(PayloadWriter writer, int id, string fileName, int length)
    {
        writer.WriteByte(InSegment);
        writer.WriteInt32(id);
        writer.WriteString(fileName);
        writer.WriteInt32(length);
    }

    /// <summary>Reads where a value is. An inline one is a slice of the batch.</summary>
    public static PayloadPlace ReadPlace(ref PayloadReader reader, ReadOnlyMemory<byte> batch)
    {
        if (reader.ReadByte() == InSegment) return new PayloadPlace(default, reader.ReadInt32(), reader.ReadString(), reader.ReadInt32());
        var length = reader.ReadBytes().Length;
        return new PayloadPlace(batch.Slice(reader.Position - length, length), 0, null, length);
    }
}

/// <summary>Where a value is.</summary>
internal readonly record struct PayloadPlace(ReadOnlyMemory<byte> Bytes, int SegmentId, string? SegmentName, int Length);
