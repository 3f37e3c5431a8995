using ActorParallel.Payloads;

namespace ActorParallel.History;

/// <summary>One sort key of a query.</summary>
internal readonly record struct HistoryOrder(HistoryOperand Key, bool Descending);

/// <summary>
/// What a store is asked: the records that match, in this order (ties by submission), without the first <see cref="Skip"/>, and no more
/// than <see cref="Take"/>; a page of them, or their number.
/// </summary>
internal sealed record HistoryQuery
{
    public const int MaxOrder = 16;
    public const int MaxKeyText = 256;

    public HistoryFilter? Filter { get; init; }

    public IReadOnlyList<HistoryOrder> Order { get; init; } = [];

    public long Skip { get; init; }

    public long Take { get; init; } = long.MaxValue;

    /// <summary>Only the number is wanted.</summary>
    public bool CountOnly { get; init; }

    /// <summary>Where the page before ended; null for the first.</summary>
    public HistoryCursor? Cursor { get; init; }

    public void Write(PayloadWriter writer)
    {
        writer.WriteBool(Filter is not null);
        Filter?.Write(writer);
        writer.WriteUInt32((uint)Order.Count);
        foreach (var order in Order)
        {
            order.Key.Write(writer);
            writer.WriteBool(order.Descending);
        }
        writer.WriteInt64(Skip);
        writer.WriteInt64(Take);
        writer.WriteBool(CountOnly);
        HistoryCursor.Write(writer, Cursor);
    }

    /// <exception cref="InvalidDataException">The bytes are no query.</exception>
    public static HistoryQuery Read(ref PayloadReader reader)
    {
        var filter = reader.ReadBool() ? HistoryFilter.Read(ref reader) : null;
        var order = new HistoryOrder[reader.ReadCount()];
        if (order.Length > MaxOrder) throw reader.Corrupt("a history's query has too many sort keys");
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = new(HistoryOperand.Read(ref reader), reader.ReadBool());
            if (order[i].Key.Value.Text?.Length > MaxKeyText) throw reader.Corrupt("a history's sort key has too long a text");
        }
        var query = new HistoryQuery
        {
            Filter = filter, Order = order, Skip = reader.ReadInt64(), Take = reader.ReadInt64(), CountOnly = reader.ReadBool(),
            Cursor = HistoryCursor.Read(ref reader),
        };
        if (query.Skip < 0 || query.Take < 0 || (query.Cursor is { } cursor && (cursor.Keys.Count != order.Length || cursor.Taken < 0)))
            throw reader.Corrupt("a history's query contradicts itself");
        return query;
    }
}

/// <summary>The place of a page's last record, and what bounds the pages after it.</summary>
/// <param name="Keys">Its sort keys.</param>
/// <param name="SubmittedUtc">When it was submitted.</param>
/// <param name="Ordinal">Its place in the store.</param>
/// <param name="Bound">Records the store took after the query began are not in the answer.</param>
/// <param name="Taken">How many records were handed out so far.</param>
internal sealed record HistoryCursor(IReadOnlyList<HistoryValue> Keys, long SubmittedUtc, long Ordinal, long Bound, long Taken)
{
    public static void Write(PayloadWriter writer, HistoryCursor? cursor)
    {
        writer.WriteBool(cursor is not null);
        if (cursor is null) return;
        writer.WriteUInt32((uint)cursor.Keys.Count);
        foreach (var key in cursor.Keys) key.Write(writer);
        writer.WriteInt64(cursor.SubmittedUtc);
        writer.WriteInt64(cursor.Ordinal);
        writer.WriteInt64(cursor.Bound);
        writer.WriteInt64(cursor.Taken);
    }

    public static HistoryCursor? Read(ref PayloadReader reader)
    {
        if (!reader.ReadBool()) return null;
        var keys = new HistoryValue[reader.ReadCount()];
        for (var i = 0; i < keys.Length; i++) keys[i] = HistoryValue.Read(ref reader);
        return new(keys, reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
    }
}
