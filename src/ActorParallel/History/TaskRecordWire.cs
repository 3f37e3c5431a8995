using ActorParallel.Payloads;

namespace ActorParallel.History;

internal static class TaskRecordWire
{
    /// <summary>Nine numbers that may be long, and the small ones.</summary>
    const int NumbersSize = 13 * 11;

    public static int MaxSize(TaskRecord record) => NumbersSize
        + HistoryText.WireSize(record.Id) + HistoryText.WireSize(record.ClientId) + HistoryText.WireSize(record.Label) + HistoryText.WireSize(record.Function)
        + HistoryText.WireSize(record.ErrorType) + HistoryText.WireSize(record.ErrorMessage) + HistoryText.WireSize(record.Output);

    public static void Write(PayloadWriter writer, TaskRecord record)
    {
        writer.WriteString(record.Id);
        writer.WriteString(record.ClientId);
        writer.WriteString(record.Label);
        writer.WriteString(record.Function);
        writer.WriteByte((byte)record.State);
        writer.WriteInt64(record.Submitted.UtcTicks);
        WriteOptional(writer, record.Started?.UtcTicks);
        WriteOptional(writer, record.Completed?.UtcTicks);
        WriteOptional(writer, record.EngineId);
        WriteOptional(writer, record.WorkerId);
        writer.WriteInt32(record.Attempts);
        writer.WriteInt32(record.EngineLosses);
        WriteOptional(writer, record.RunTime?.Ticks);
        WriteOptional(writer, record.QueueTime?.Ticks);
        writer.WriteString(record.ErrorType);
        writer.WriteString(record.ErrorMessage);
        writer.WriteInt32(record.Priority);
        writer.WriteInt64(record.ArgumentBytes);
        writer.WriteInt64(record.ResultBytes);
        writer.WriteString(record.Output);
    }

    public static TaskRecord Read(ref PayloadReader reader) => new()
    {
        Id = ReadText(ref reader), ClientId = ReadText(ref reader), Label = reader.ReadString(), Function = ReadText(ref reader),
        State = ReadState(ref reader), Submitted = ReadTime(ref reader, reader.ReadInt64()), Started = ReadOptionalTime(ref reader),
        Completed = ReadOptionalTime(ref reader), EngineId = (int?)ReadOptional(ref reader), WorkerId = (int?)ReadOptional(ref reader),
        Attempts = reader.ReadInt32(), EngineLosses = reader.ReadInt32(), RunTime = ReadSpan(ref reader), QueueTime = ReadSpan(ref reader),
        ErrorType = reader.ReadString(), ErrorMessage = reader.ReadString(), Priority = reader.ReadInt32(),
        ArgumentBytes = reader.ReadInt64(), ResultBytes = reader.ReadInt64(), Output = ReadText(ref reader),
    };

    static void WriteOptional(PayloadWriter writer, long? value)
    {
        writer.WriteBool(value is not null);
        if (value is { } number) writer.WriteInt64(number);
    }

    static long? ReadOptional(ref PayloadReader reader) => reader.ReadBool() ? reader.ReadInt64() : null;

    static TimeSpan? ReadSpan(ref PayloadReader reader) => ReadOptional(ref reader) is { } ticks ? new TimeSpan(ticks) : null;

    static DateTimeOffset? ReadOptionalTime(ref PayloadReader reader) =>
        ReadOptional(ref reader) is { } ticks ? ReadTime(ref reader, ticks) : null;

    static DateTimeOffset ReadTime(ref PayloadReader reader, long ticks) => ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw reader.Corrupt("a time is out of range");

    static TaskState ReadState(ref PayloadReader reader)
    {
        var state = (TaskState)reader.ReadByte();
        return state <= TaskState.Unschedulable ? state : throw reader.Corrupt("a task's state is not known");
    }

    static string ReadText(ref PayloadReader reader) => reader.ReadString() ?? throw reader.Corrupt("a task's record lacks a text");
}
