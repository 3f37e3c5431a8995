using System.Runtime.CompilerServices;
using ActorParallel.Results;

namespace ActorParallel;

/// <summary>One item of a map that has ended.</summary>
/// <typeparam name="T">The type of the map's results.</typeparam>
/// <param name="Index">The item's index in the input, from 0.</param>
/// <param name="Value">Its value; the default when it failed.</param>
/// <param name="Error">Why it failed, or null.</param>
public readonly record struct MapItem<T>(int Index, T? Value, Exception? Error);

/// <summary>
/// The values of a map, now or later, in input order; or its items as they come: <c>await foreach</c> in input order,
/// <see cref="AsCompleted"/> in the order in which they end. Waiting for the whole throws <see cref="ParallelMapException{T}"/> when items failed.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class AsyncMapResult<T> : AsyncResult<T[]>, IAsyncEnumerable<T>
{
    readonly Lock _gate = new();
    readonly List<Part> _parts = [];
    SortedDictionary<int, Exception>? _errors;
    TaskCompletionSource? _more;
    long _completed;
    long _serialTicks;

    private protected AsyncMapResult(ITaskHost host, TaskOptions options)
        : base(host, options)
    {
    }

    /// <summary>How many items have ended, well or not.</summary>
    public int Completed => (int)Interlocked.Read(ref _completed);

    /// <summary>How many items there are; null while a lazy input has not been read to its end.</summary>
    public abstract int? Total { get; }

    /// <inheritdoc />
    public override TaskProgress Progress => TaskProgress.Of(Completed, Total, null, Elapsed);

    /// <inheritdoc />
    public override TimeSpan SerialTime => TimeSpan.FromSeconds(Interlocked.Read(ref _serialTicks) / (double)System.Diagnostics.Stopwatch.Frequency);

    /// <summary>Yields the items in the order in which they end, failed ones too. May be called several times, from several threads.</summary>
    /// <param name="cancellationToken">Ends the enumeration, not the map.</param>
    /// <returns>Each item once.</returns>
    /// <exception cref="OperationCanceledException">The map was cancelled before all items ended.</exception>
    public async IAsyncEnumerable<MapItem<T>> AsCompleted([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var next = 0;; next++)
        {
            Part part;
            while (!TryPart(next, out part, out var more))
            {
                if (more is null)
                {
                    if (Error is not null and not ParallelMapException) ThrowIfNotSuccessful();
                    yield break;
                }
                Host.LendWhileAwaiting(this);
                await more.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            for (var i = 0; i < part.Length; i++)
            {
                var error = ErrorAt(part.Start + i);
                yield return new MapItem<T>(part.Start + i, error is null ? part.Values[part.Offset + i] : default, error);
            }
        }
    }

    /// <summary>Yields the values in input order as they come. When it reaches an item that failed it throws that item's exception.</summary>
    /// <param name="cancellationToken">Ends the enumeration, not the map.</param>
    /// <returns>The values.</returns>
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var waiting = new SortedDictionary<int, Part>();
        var next = 0;
        for (var seen = 0;;)
        {
            if (waiting.TryGetValue(next, out var part))
            {
                waiting.Remove(next);
                for (var i = 0; i < part.Length; i++)
                {
                    if (ErrorAt(part.Start + i) is { } error) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
                    yield return part.Values[part.Offset + i];
                }
                next = part.Start + part.Length;
                continue;
            }
            if (TryPart(seen, out var found, out var more))
            {
                seen++;
                waiting.Add(found.Start, found);
                continue;
            }
            if (more is null)
            {
                if (Error is not null and not ParallelMapException) ThrowIfNotSuccessful();
                yield break;
            }
            Host.LendWhileAwaiting(this);
            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    bool TryPart(int index, out Part part, out Task? more)
    {
        lock (_gate)
        {
            more = null;
            part = default;
            if (index < _parts.Count)
            {
                part = _parts[index];
                return true;
            }
            if (Ready) return false;
            more = (_more ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            return false;
        }
    }

    Exception? ErrorAt(int index)
    {
        if (Volatile.Read(ref _errors) is null) return null;
        lock (_gate) return _errors!.GetValueOrDefault(index);
    }

    internal void AddError(int index, Exception error)
    {
        lock (_gate) (_errors ??= [])[index] = error;
    }

    /// <summary>Items have ended; returns how many that makes in all.</summary>
    internal long AddPart(int start, int length, T[] values, int offset, long runTicks)
    {
        TaskCompletionSource? more;
        Interlocked.Add(ref _serialTicks, runTicks);
        lock (_gate)
        {
            if (values.Length > 0) _parts.Add(new Part(start, length, values, offset));
            (more, _more) = (_more, null);
        }
        more?.TrySetResult();
        return Interlocked.Add(ref _completed, length);
    }

    /// <summary>All items have ended: the values, or every error with the values.</summary>
    internal void EndWith(T[] values)
    {
        if (!TryClaimEnd()) return;
        CompletedAt = Clock.Now;
        if (_errors is null) DeliverValue(values);
        else DeliverError(TaskState.Failed, MapError(values, _errors));
        SignalEnd();
    }

    private protected virtual Exception MapError(T[] values, SortedDictionary<int, Exception> errors) =>
        new ParallelMapException<T>(values, errors, errors.Keys.First());

    internal void EndEarly(TaskState state, Exception error)
    {
        if (!TryClaimEnd()) return;
        CompletedAt = Clock.Now;
        DeliverError(state, error);
        SignalEnd();
    }

    void SignalEnd()
    {
        TaskCompletionSource? more;
        lock (_gate) (more, _more) = (_more, null);
        more?.TrySetResult();
    }

    /// <summary>A run of items that ended together; the buffer may be the whole map's or the run's own.</summary>
    readonly record struct Part(int Start, int Length, T[] Values, int Offset);

    /// <summary>Puts the parts of a lazy map together.</summary>
    internal T[] Assemble(int count)
    {
        lock (_gate)
        {
            var values = new T[count];
            foreach (var part in _parts) Array.Copy(part.Values, part.Offset, values, part.Start, part.Length);
            return values;
        }
    }
}
