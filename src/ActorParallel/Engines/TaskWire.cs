using ActorParallel.Payloads;

namespace ActorParallel.Engines;

/// <summary>How assignments and outcomes are written, one after the other in a batch.</summary>
internal static class TaskWire
{
    /// <summary>Where a value is: in the message, or in a segment of shared memory.</summary>
    public const byte Inline = 0, InSegment = 1;

    /// <summary>The head of an entry that defines a function, or assigns a task.</summary>
    public const byte Define = 1, Task = 2;

    public static void WriteDefinition(PayloadWriter writer, int functionId, byte[] definition)
    {
        writer.WriteByte(Define);
        writer.WriteInt32(functionId);
        writer.WriteBytes(definition);
    }

    public static void WriteTask(PayloadWriter writer, long taskId, int attempt, int run, int functionId, long timeoutTicks)
    {
        writer.WriteByte(Task);
        writer.WriteInt64(taskId);
        writer.WriteInt32(attempt);
        writer.WriteInt32(run);
        writer.WriteInt32(functionId);
        writer.WriteInt64(timeoutTicks);
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
