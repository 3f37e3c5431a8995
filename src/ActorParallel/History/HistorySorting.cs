namespace ActorParallel.History;

/// <summary>A query's order: its keys, then submission, then the place in the store.</summary>
internal static class HistorySorting
{
    public static HistoryCursor PlaceOf(in HistoryEntry entry, IReadOnlyList<HistoryOrder> order, long bound, long taken)
    {
        var keys = new HistoryValue[order.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = order[i].Key.ValueOf(entry);
        return new(keys, entry.SubmittedUtc, entry.Ordinal, bound, taken);
    }

    public static int Compare(in HistoryEntry left, in HistoryEntry right, IReadOnlyList<HistoryOrder> order)
    {
        for (var i = 0; i < order.Count; i++)
        {
            var by = HistoryValue.Compare(order[i].Key.ValueOf(left), order[i].Key.ValueOf(right));
            if (by != 0) return order[i].Descending ? -by : by;
        }
        var time = left.SubmittedUtc.CompareTo(right.SubmittedUtc);
        return time != 0 ? time : left.Ordinal.CompareTo(right.Ordinal);
    }

    public static bool IsAfter(in HistoryEntry entry, HistoryCursor cursor, IReadOnlyList<HistoryOrder> order)
    {
        for (var i = 0; i < order.Count; i++)
        {
            var by = HistoryValue.Compare(order[i].Key.ValueOf(entry), cursor.Keys[i]);
            if (by != 0) return order[i].Descending ? by < 0 : by > 0;
        }
        return entry.SubmittedUtc != cursor.SubmittedUtc ? entry.SubmittedUtc > cursor.SubmittedUtc : entry.Ordinal > cursor.Ordinal;
    }
}
