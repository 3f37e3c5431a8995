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
        return Bounded(AllCompletion<T>.Start(Checked(results, copy: false), results, typed: true), cancellationToken);
    }

    /// <summary>Waits for all results, of whatever types.</summary>
    /// <inheritdoc cref="WhenAll{T}" path="/param"/>
    /// <returns>A task that fails, after all have ended, when some failed; <see cref="Task.Exception"/> holds all errors.</returns>
    public static Task WhenAll(IEnumerable<AsyncResult> results, CancellationToken cancellationToken = default)
    {
        return Bounded(AllCompletion<Nothing>.Start(Checked(results, copy: false), results, typed: false), cancellationToken);
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

    /// <summary>The results as an array: the caller's own when it is one and no copy is wanted.</summary>
    static TResult[] Checked<TResult>(IEnumerable<TResult> results, bool copy = true)
        where TResult : AsyncResult
    {
        ArgumentNullException.ThrowIfNull(results);
        var all = !copy && results is TResult[] given ? given : results.ToArray();
        if (Array.IndexOf(all, null) >= 0) throw new ArgumentException("One of the results is null.", nameof(results));
        return all;
    }

    static Task<T> Bounded<T>(Task<T> task, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? task.WaitAsync(cancellationToken) : task;
}
