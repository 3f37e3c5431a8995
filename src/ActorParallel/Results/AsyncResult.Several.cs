using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorParallel.Results;

namespace ActorParallel;

public abstract partial class AsyncResult
{
    /// <summary>Waits for all results.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="results">The results to wait for.</param>
    /// <param name="cancellationToken">Ends the wait, not the tasks.</param>
    /// <returns>
    /// A task with the values in the results' order. When some failed it fails after all have ended: awaiting it throws the first
    /// error in the results' order; <see cref="Task.Exception"/> holds them all.
    /// </returns>
    public static Task<T[]> WhenAll<T>(IEnumerable<AsyncResult<T>> results, CancellationToken cancellationToken = default)
    {
        var all = Checked(results);
        return Bounded(new AllCompletion<T>(all).Start(), cancellationToken);
    }

    /// <summary>Waits for all results, of whatever types.</summary>
    /// <inheritdoc cref="WhenAll{T}" path="/param"/>
    /// <returns>A task that fails, after all have ended, when some failed; <see cref="Task.Exception"/> holds all errors.</returns>
    public static Task WhenAll(IEnumerable<AsyncResult> results, CancellationToken cancellationToken = default)
    {
        var all = Checked(results);
        return Bounded(new AllCompletion<Nothing>(all).Start(), cancellationToken);
    }

    /// <summary>Waits for the first result.</summary>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="results">The results to wait for; at least one.</param>
    /// <param name="cancellationToken">Ends the wait, not the tasks.</param>
    /// <returns>A task with the result that ended first, well or not.</returns>
    /// <exception cref="ArgumentException">There are no results.</exception>
    public static Task<TResult> WhenAny<TResult>(IEnumerable<TResult> results, CancellationToken cancellationToken = default)
        where TResult : AsyncResult
    {
        var all = Checked(results);
        if (all.Length == 0) throw new ArgumentException("WhenAny needs at least one result.", nameof(results));
        var source = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var result in all)
        {
            result.Host.LendWhileAwaiting(result);
            result.AddWaiter(new InlineCompletion(r => source.TrySetResult((TResult)r)));
        }
        return Bounded(source.Task, cancellationToken);
    }

    /// <summary>Yields the results in the order in which they end.</summary>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="results">The results to wait for.</param>
    /// <param name="cancellationToken">Ends the enumeration, not the tasks.</param>
    /// <returns>Each result once, when it has ended, well or not.</returns>
    public static async IAsyncEnumerable<TResult> AsCompleted<TResult>(
        IEnumerable<TResult> results, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TResult : AsyncResult
    {
        var all = Checked(results);
        var ended = Channel.CreateUnbounded<TResult>(new UnboundedChannelOptions { SingleReader = true });
        foreach (var result in all)
        {
            result.Host.LendWhileAwaiting(result);
            result.AddWaiter(new InlineCompletion(r => ended.Writer.TryWrite((TResult)r)));
        }
        for (var left = all.Length; left > 0; left--)
            yield return await ended.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    static TResult[] Checked<TResult>(IEnumerable<TResult> results)
        where TResult : AsyncResult
    {
        ArgumentNullException.ThrowIfNull(results);
        var all = results.ToArray();
        if (Array.Exists(all, r => r is null)) throw new ArgumentException("One of the results is null.", nameof(results));
        return all;
    }

    static Task<T> Bounded<T>(Task<T> task, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? task.WaitAsync(cancellationToken) : task;

    /// <summary>Waits on one result at a time, so that a million of them cost one registration and not a million.</summary>
    sealed class AllCompletion<T>(AsyncResult[] results) : CompletionNode
    {
        readonly TaskCompletionSource<T[]> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int _next;

        IDisposable? _lent;

        internal Task<T[]> Start()
        {
            // Only here is the caller the task that waits; the rest runs where results end.
            if (TaskContext.Current is not null)
                for (var i = 0; i < results.Length && _lent is null; i++)
                    if (!results[i].Ready) _lent = results[i].Host.LendPlace();
            Advance();
            return _source.Task;
        }

        internal override void Invoke(AsyncResult result) => Advance();

        void Advance()
        {
            while (_next < results.Length)
            {
                var result = results[_next++];
                if (result.Ready) continue;
                // The node is free to wait again: the list it was in has been taken apart.
                result.AddWaiter(this);
                return;
            }
            // Collecting a million values is not the completing worker's work.
            _lent?.Dispose();
            ThreadPool.UnsafeQueueUserWorkItem(static all => all.Finish(), this, preferLocal: false);
        }

        void Finish()
        {
            var typed = results as AsyncResult<T>[];
            var values = new T[typed?.Length ?? 0];
            List<Exception>? errors = null;
            var onlyCancelled = true;
            for (var i = 0; i < results.Length; i++)
            {
                if (results[i].Error is { } error)
                {
                    (errors ??= []).Add(error);
                    onlyCancelled &= error is OperationCanceledException;
                }
                else if (typed is not null)
                {
                    values[i] = typed[i].ValueOrDefault!;
                }
            }
            if (errors is null) _source.TrySetResult(values);
            else if (onlyCancelled) _source.TrySetCanceled();
            else _source.TrySetException(errors);
        }
    }
}
