using System.Collections;
using System.Runtime.CompilerServices;

namespace ActorParallel.History.Linq;

/// <summary>The records, or the number, that a store answers one query with: as they are read, or as they were loaded.</summary>
internal sealed class HistorySource(HistoryQuery query, Func<HistoryQuery, CancellationToken, Task<HistoryPage>> fetch) : IEnumerable<TaskRecord>
{
    IReadOnlyList<TaskRecord>? _loaded;
    long? _count;

    public HistoryQuery Query => query;

    /// <summary>For queries that ask for the number only.</summary>
    public long Count => _count ??= fetch(query, CancellationToken.None).GetAwaiter().GetResult().Count;

    public IEnumerator<TaskRecord> GetEnumerator() => (_loaded ?? Read()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (query.CountOnly)
        {
            _count = (await fetch(query, cancellationToken).ConfigureAwait(false)).Count;
            return;
        }
        List<TaskRecord> all = [];
        await foreach (var page in PagesAsync(cancellationToken).ConfigureAwait(false)) all.AddRange(page);
        _loaded = all;
    }

    /// <summary>From now on the source is this page only.</summary>
    public void Load(IReadOnlyList<TaskRecord> page) => _loaded = page;

    public async IAsyncEnumerable<IReadOnlyList<TaskRecord>> PagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = query; next is not null;)
        {
            var page = await fetch(next, cancellationToken).ConfigureAwait(false);
            yield return page.Records;
            next = After(page);
        }
    }

    IEnumerable<TaskRecord> Read()
    {
        for (var next = query; next is not null;)
        {
            var page = fetch(next, CancellationToken.None).GetAwaiter().GetResult();
            foreach (var record in page.Records) yield return record;
            next = After(page);
        }
    }

    HistoryQuery? After(HistoryPage page) => page.Next is { } cursor ? query with { Cursor = cursor } : null;
}
