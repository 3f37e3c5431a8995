using System.Runtime.CompilerServices;

namespace ActorParallel.Results;

/// <summary>
/// Waits for many results, on one at a time, so that a million of them cost one registration and not a million; and gathers their
/// values on the way, so that each is looked at once.
/// </summary>
internal sealed class AllCompletion<T> : CompletionNode, IThreadPoolWorkItem
{
    // Collecting a million values is not the completing worker's work.
    const int MostOnWorker = 256;

    readonly TaskCompletionSource<T[]> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly T[] _values;
    readonly bool _typed;
    AsyncResult[] _results;
    int _next;

    // How many of the caller's results come before those that are kept here.
    int _before;
    List<Exception>? _errors;
    bool _otherThanCancelled;
    IDisposable? _lent;

    AllCompletion(AsyncResult[] results, bool typed)
    {
        _results = results;
        _typed = typed;
        _values = typed ? new T[results.Length] : [];
    }

    /// <param name="results">The results; none is null.</param>
    /// <param name="given">What the caller gave: he may change an array of his own as soon as this has returned.</param>
    /// <param name="typed">They are all <see cref="AsyncResult{T}"/>, and their values are wanted.</param>
    public static Task<T[]> Start(AsyncResult[] results, object given, bool typed)
    {
        var all = new AllCompletion<T>(results, typed);
        if (all.Gather(int.MaxValue))
        {
            all.Finish();
            return all._source.Task;
        }
        if (ReferenceEquals(results, given)) all.KeepRest();
        // Only here is the caller the task that waits; the rest runs where results end.
        if (TaskContext.Current is not null)
            for (var i = all._next; i < all._results.Length && all._lent is null; i++)
                if (!all._results[i].Ready) all._lent = all._results[i].Host.LendPlace();
        all.Await();
        return all._source.Task;
    }

    void KeepRest()
    {
        _results = _results[_next..];
        _before = _next;
        _next = 0;
    }

    void Await() => _results[_next].AddWaiter(this);

    internal override void Invoke(AsyncResult result) => Advance(MostOnWorker);

    void IThreadPoolWorkItem.Execute() => Advance(int.MaxValue);

    void Advance(int most)
    {
        if (Gather(most)) Finish();
        else if (_results[_next].Ready) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        // The node is free to wait again: the list it was in has been taken apart.
        else Await();
    }

    /// <summary>False when a result has not ended, or the most have been gathered.</summary>
    bool Gather(int most)
    {
        var results = _results;
        var end = Math.Min(results.Length, _next + (long)most);
        for (var next = _next; next < end; next++)
        {
            var result = results[next];
            var state = result.State;
            if (!state.IsFinal())
            {
                _next = next;
                return false;
            }
            if (state != TaskState.Succeeded) AddError(result.Error!);
            else if (_typed) _values[_before + next] = Unsafe.As<AsyncResult<T>>(result).ValueOrDefault!;
        }
        _next = (int)end;
        return _next == results.Length;
    }

    void AddError(Exception error)
    {
        (_errors ??= []).Add(error);
        _otherThanCancelled |= error is not OperationCanceledException;
    }

    void Finish()
    {
        _lent?.Dispose();
        if (_errors is null) _source.TrySetResult(_values);
        else if (_otherThanCancelled) _source.TrySetException(_errors);
        else _source.TrySetCanceled();
    }
}
