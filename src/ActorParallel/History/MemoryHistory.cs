using System.Runtime.CompilerServices;

namespace ActorParallel.History;

/// <summary>
/// The history in memory: a ring of entries, bounded by number and by bytes. The oldest fall out and leave nothing behind. Queries copy
/// the ring in blocks, so that appending waits for one block at most.
/// </summary>
internal sealed class MemoryHistory : IHistoryStore
{
    public const int DefaultRecords = 10_000;
    public const long DefaultBytes = 64L * 1024 * 1024;

    const int Block = 256;

    readonly Lock _lock = new();
    readonly int _maxRecords;
    readonly long _maxBytes;
    HistoryEntry[] _ring;
    int _head;
    int _count;
    long _bytes;
    long _ordinal;

    public MemoryHistory(int maxRecords = DefaultRecords, long maxBytes = DefaultBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRecords);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        _maxRecords = maxRecords;
        _maxBytes = maxBytes;
        _ring = new HistoryEntry[Math.Min(maxRecords, Block)];
    }

    public long Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>What the entries take, with their own texts.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>A page's records take no more.</summary>
    public int PageBytes { get; init; } = HistoryPage.RecordBytes;

    public long Dropped => 0;

    public string? Fault => null;

    public void Append(ReadOnlySpan<HistoryEntry> batch)
    {
        lock (_lock)
        {
            foreach (ref readonly var entry in batch) Append(entry);
        }
    }

    public Task<HistoryPage> QueryAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        long last;
        lock (_lock) last = _ordinal;
        return Task.Run(() => Query(query, query.Cursor?.Bound ?? last, cancellationToken), cancellationToken);
    }

    public Task<long> PurgeAsync(HistoryFilter? filter, CancellationToken cancellationToken)
    {
        long last;
        lock (_lock) last = _ordinal;
        return Task.Run(() => Purge(filter, last, cancellationToken), cancellationToken);
    }

    public ValueTask DisposeAsync() => default;

    void Append(in HistoryEntry entry)
    {
        if (_count == _maxRecords) DropOldest();
        else if (_count == _ring.Length) Grow();
        ref var slot = ref _ring[At(_count++)];
        slot = entry;
        slot.Bound();
        slot.Ordinal = ++_ordinal;
        _bytes += SizeOf(slot);
        while (_bytes > _maxBytes && _count > 1) DropOldest();
    }

    void DropOldest()
    {
        ref var oldest = ref _ring[_head];
        _bytes -= SizeOf(oldest);
        oldest = default;
        _head = _head + 1 == _ring.Length ? 0 : _head + 1;
        _count--;
    }

    void Grow()
    {
        var larger = new HistoryEntry[(int)Math.Min(_maxRecords, 2L * _ring.Length)];
        for (var i = 0; i < _count; i++) larger[i] = _ring[At(i)];
        (_ring, _head) = (larger, 0);
    }

    int At(int index)
    {
        var at = _head + index;
        return at >= _ring.Length ? at - _ring.Length : at;
    }

    static int SizeOf(in HistoryEntry entry) => Unsafe.SizeOf<HistoryEntry>() + entry.TextBytes;

    HistoryPage Query(HistoryQuery query, long bound, CancellationToken cancellationToken)
    {
        var matches = Matches(query, bound, cancellationToken);
        var taken = query.Cursor?.Taken ?? 0;
        var skip = (int)Math.Min(query.Cursor is null ? query.Skip : 0, matches.Count);
        var take = (int)Math.Min(query.Take - Math.Min(taken, query.Take), matches.Count - skip);
        if (query.CountOnly) return HistoryPage.OfCount(take, Dropped);

        // The places are sorted, not the entries: those are large.
        var entries = matches.ToArray();
        var places = new int[entries.Length];
        for (var i = 0; i < places.Length; i++) places[i] = i;
        Array.Sort(places, (a, b) => HistorySorting.Compare(entries[a], entries[b], query.Order));

        var page = new HistoryPage.Builder(PageBytes);
        while (page.Records.Count < take)
            if (!page.TryAdd(entries[places[skip + page.Records.Count]].ToRecord())) break;
        var given = page.Records.Count;
        return new(page.Records)
        {
            Dropped = Dropped,
            Next = given == take ? null : HistorySorting.PlaceOf(entries[places[skip + given - 1]], query.Order, bound, taken + given),
        };
    }

    List<HistoryEntry> Matches(HistoryQuery query, long bound, CancellationToken cancellationToken)
    {
        var found = new List<HistoryEntry>();
        var block = new HistoryEntry[Block];
        var after = 0L;
        while (Copy(block, after, bound) is var copied and > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (ref readonly var entry in block.AsSpan(0, copied))
            {
                if (query.Filter is { } filter && !filter.Matches(entry)) continue;
                if (query.Cursor is { } cursor && !HistorySorting.IsAfter(entry, cursor, query.Order)) continue;
                found.Add(entry);
            }
            after = block[copied - 1].Ordinal;
        }
        return found;
    }

    /// <summary>The next entries after one, up to another.</summary>
    int Copy(HistoryEntry[] block, long after, long bound)
    {
        lock (_lock)
        {
            int low = 0, high = _count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_ring[At(middle)].Ordinal <= after) low = middle + 1;
                else high = middle;
            }
            var copied = 0;
            for (; copied < block.Length && low + copied < _count && _ring[At(low + copied)].Ordinal <= bound; copied++) block[copied] = _ring[At(low + copied)];
            return copied;
        }
    }

    long Purge(HistoryFilter? filter, long bound, CancellationToken cancellationToken)
    {
        var doomed = filter is null ? null : Matches(new HistoryQuery { Filter = filter }, bound, cancellationToken).Select(e => e.Ordinal).ToHashSet();
        lock (_lock)
        {
            var kept = 0;
            for (var i = 0; i < _count; i++)
            {
                ref var entry = ref _ring[At(i)];
                if (entry.Ordinal <= bound && doomed?.Contains(entry.Ordinal) != false) _bytes -= SizeOf(entry);
                else _ring[At(kept++)] = entry;
            }
            for (var i = kept; i < _count; i++) _ring[At(i)] = default;
            var purged = _count - kept;
            _count = kept;
            return purged;
        }
    }
}
