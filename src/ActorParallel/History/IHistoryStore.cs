namespace ActorParallel.History;

/// <summary>
/// Keeps the records of ended tasks within bounds. Every store gives the same answers. Safe on any thread; appending never waits for a
/// disk or a query.
/// </summary>
internal interface IHistoryStore : IAsyncDisposable
{
    /// <summary>How many records are kept.</summary>
    long Count { get; }

    /// <summary>How many were dropped since the store began, because it could not keep up.</summary>
    long Dropped { get; }

    /// <summary>Why records were dropped last, or null.</summary>
    string? Fault { get; }

    void Append(ReadOnlySpan<HistoryEntry> batch);

    /// <summary>A page of what was appended before the call. Runs off the caller's thread.</summary>
    Task<HistoryPage> QueryAsync(HistoryQuery query, CancellationToken cancellationToken);

    /// <summary>Forgets the records that match (all, without a filter) of those appended before the call, and says how many.</summary>
    Task<long> PurgeAsync(HistoryFilter? filter, CancellationToken cancellationToken);
}

internal static class HistoryStores
{
    /// <summary>The record of one task, or null.</summary>
    public static async Task<TaskRecord?> FindAsync(this IHistoryStore store, string id, CancellationToken cancellationToken)
    {
        if (!HistoryText.IsClean(id)) return null;
        var filter = new HistoryFilter.Compare(HistoryOperand.Of(HistoryField.Id), HistoryComparison.Equal, HistoryOperand.Of(new HistoryValue(id)));
        var page = await store.QueryAsync(new HistoryQuery { Filter = filter, Take = 1 }, cancellationToken).ConfigureAwait(false);
        return page.Records.Count == 0 ? null : page.Records[0];
    }
}
