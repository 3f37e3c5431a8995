using ActorParallel.Payloads;

namespace ActorParallel.History;

/// <summary>Some of the records a query asks for, or their number.</summary>
internal sealed record HistoryPage(IReadOnlyList<TaskRecord> Records)
{
    /// <summary>A page's bytes on the wire are at most so many.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>What a page takes besides its records: its numbers and the cursor's sort keys.</summary>
    const int Reserve = 64 * 1024;

    /// <summary>What is left for the records.</summary>
    public const int RecordBytes = MaxBytes - Reserve;

    /// <summary>The answer of a query that asks for the number only.</summary>
    public long Count { get; init; }

    /// <summary>What to ask next with; null when this page is the last.</summary>
    public HistoryCursor? Next { get; init; }

    /// <summary>How many records the store had to drop since it began, because its disk did not keep up.</summary>
    public long Dropped { get; init; }

    public static HistoryPage OfCount(long count, long dropped) => new([]) { Count = count, Dropped = dropped };

    public void Write(PayloadWriter writer)
    {
        writer.WriteUInt32((uint)Records.Count);
        foreach (var record in Records) TaskRecordWire.Write(writer, record);
        writer.WriteInt64(Count);
        HistoryCursor.Write(writer, Next);
        writer.WriteInt64(Dropped);
    }

    /// <exception cref="InvalidDataException">The bytes are no page.</exception>
    public static HistoryPage Read(ref PayloadReader reader)
    {
        var records = new TaskRecord[reader.ReadCount()];
        for (var i = 0; i < records.Length; i++) records[i] = TaskRecordWire.Read(ref reader);
        return new(records) { Count = reader.ReadInt64(), Next = HistoryCursor.Read(ref reader), Dropped = reader.ReadInt64() };
    }

    /// <summary>Collects a page's records until it is full.</summary>
    internal sealed class Builder(int bytes)
    {
        readonly List<TaskRecord> _records = [];
        int _room = bytes;

        public List<TaskRecord> Records => _records;

        public bool TryAdd(TaskRecord record)
        {
            var size = TaskRecordWire.MaxSize(record);
            if (_records.Count > 0 && size > _room) return false;
            _room -= size;
            _records.Add(record);
            return true;
        }
    }
}
