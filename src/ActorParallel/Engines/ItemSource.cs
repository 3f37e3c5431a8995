using ActorParallel.Results;

namespace ActorParallel.Engines;

/// <summary>Where a map or stream takes its items from, a chunk at a time, only when there is room for them.</summary>
internal abstract class ItemSource<T> : IAsyncDisposable
{
    /// <summary>How many items there are; null while that is not known.</summary>
    public virtual int? Count => null;

    /// <summary>The next items, at most so many and at least one; empty at the end.</summary>
    public abstract ValueTask<ReadOnlyMemory<T>> NextAsync(int most, CancellationToken cancellationToken);

    /// <summary>Its <see cref="NextAsync"/> may block the thread that calls.</summary>
    public virtual bool Blocks => false;

    public abstract ValueTask DisposeAsync();

    public static ItemSource<T> Of(IEnumerable<T> items) =>
        InMemory.TryGet(items, out var memory) ? new MemorySource<T>(memory) : new SequenceSource<T>(items);
}

/// <summary>Items that are in memory already.</summary>
internal static class InMemory
{
    public static bool TryGet<T>(IEnumerable<T> items, out ReadOnlyMemory<T> memory)
    {
        switch (items)
        {
            case T[] array:
                memory = array;
                return true;
            case ArraySegment<T> segment:
                memory = segment;
                return true;
            case ICollection<T> collection:
                var copy = new T[collection.Count];
                collection.CopyTo(copy, 0);
                memory = copy;
                return true;
            case IReadOnlyCollection<T>:
                memory = items.ToArray();
                return true;
            default:
                memory = default;
                return false;
        }
    }
}

internal sealed class MemorySource<T>(ReadOnlyMemory<T> items) : ItemSource<T>
{
    int _next;

    public override int? Count => items.Length;

    public override ValueTask<ReadOnlyMemory<T>> NextAsync(int most, CancellationToken cancellationToken)
    {
        var chunk = items.Slice(_next, Math.Min(most, items.Length - _next));
        _next += chunk.Length;
        return new(chunk);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A lazy sequence: read by one thread at a time, never ahead of the room there is.</summary>
internal sealed class SequenceSource<T>(IEnumerable<T> items) : ItemSource<T>
{
    static readonly long s_slow = Clock.ToTimestampTicks(TimeSpan.FromMilliseconds(1));

    IEnumerator<T>? _enumerator;
    bool _slow;
    bool _ended;
    int _read;
    Exception? _error;

    public override int? Count => _ended ? _read : null;

    public override bool Blocks => true;

    public override ValueTask<ReadOnlyMemory<T>> NextAsync(int most, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
        if (_ended) return default;
        _enumerator ??= items.GetEnumerator();
        // Items of a slow sequence go one by one: the first must not wait for the second.
        var buffer = new List<T>(Math.Min(_slow ? 1 : most, 1024));
        var start = Clock.Now;
        while (buffer.Count < (_slow ? 1 : most))
        {
            try
            {
                if (!_enumerator.MoveNext())
                {
                    _ended = true;
                    break;
                }
                buffer.Add(_enumerator.Current);
            }
            catch (Exception e) when (buffer.Count > 0)
            {
                // What came before it goes first.
                _error = e;
                break;
            }
            var now = Clock.Now;
            if (now - start <= s_slow)
            {
                if (buffer.Count == 1) _slow = false;
                continue;
            }
            _slow = buffer.Count < 16;
            break;
        }
        _read += buffer.Count;
        return new(buffer.ToArray());
    }

    public override ValueTask DisposeAsync()
    {
        _enumerator?.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A lazy asynchronous sequence: what is there goes, before anything is waited for.</summary>
internal sealed class AsyncSequenceSource<T>(IAsyncEnumerable<T> items) : ItemSource<T>
{
    IAsyncEnumerator<T>? _enumerator;
    ValueTask<bool>? _moving;
    bool _ended;
    Exception? _error;

    /// <summary>The first call's token is the sequence's own: it ends a wait for items that do not come.</summary>
    public override async ValueTask<ReadOnlyMemory<T>> NextAsync(int most, CancellationToken cancellationToken)
    {
        if (_error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
        if (_ended) return default;
        _enumerator ??= items.GetAsyncEnumerator(cancellationToken);
        var buffer = new List<T>(Math.Min(most, 1024));
        while (buffer.Count < most)
        {
            try
            {
                var moving = _moving ?? _enumerator.MoveNextAsync();
                _moving = null;
                if (buffer.Count > 0 && !moving.IsCompleted)
                {
                    _moving = moving;
                    break;
                }
                if (!await moving.ConfigureAwait(false))
                {
                    _ended = true;
                    break;
                }
                buffer.Add(_enumerator.Current);
            }
            catch (Exception e) when (buffer.Count > 0)
            {
                _error = e;
                break;
            }
        }
        return buffer.ToArray();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_enumerator is null) return;
        // An enumerator may not be disposed while it moves.
        if (_moving is { } moving)
        {
            try
            {
                await moving.ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The sequence is given up; its last error has no reader.
            catch (Exception)
            {
            }
#pragma warning restore CA1031
        }
        await _enumerator.DisposeAsync().ConfigureAwait(false);
    }
}
