using System.Runtime.CompilerServices;
using ActorParallel.Engines;
using ActorParallel.Pools;

namespace ActorParallel;

public static partial class ParallelExecutorExtensions
{
    // A result is never meant as an argument itself, so where both kinds of overload fit, these do.

    /// <summary>
    /// Runs a function with the value of another result, when that is there: a graph of tasks. Until then the task is <see cref="TaskState.Waiting"/>, holds no worker, and can be cancelled.
    /// </summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="argument">The result whose value is the argument; of this executor or any other. When it fails, the task fails with its error, and does not run.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    [OverloadResolutionPriority(1)]
    public static AsyncResult<TResult> ApplyAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, TResult> function, AsyncResult<T> argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(argument);
        return StartLate(
            new LateApply<T, TResult>(executor.Executor, executor.Options, function, () => argument.ValueOrDefault!, new LateArguments(executor.Executor, argument)), cancellationToken);
    }

    /// <inheritdoc cref="ApplyAsync{T, TResult}(IParallelExecutor, Func{T, TResult}, AsyncResult{T}, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static AsyncResult<TResult> ApplyAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, Task<TResult>> function, AsyncResult<T> argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(argument);
        return StartLate(
            new LateApplyAsync<T, TResult>(executor.Executor, executor.Options, function, () => argument.ValueOrDefault!, new LateArguments(executor.Executor, argument)), cancellationToken);
    }

    /// <summary>
    /// Runs a function with the values of two other results, when both are there: a graph of tasks. Until then the task is <see cref="TaskState.Waiting"/>, holds no worker, and can be cancelled.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The result whose value is the first argument; of this executor or any other. When it fails, the task fails with its error, and does not run.</param>
    /// <param name="second">The same for the second argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    [OverloadResolutionPriority(1)]
    public static AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, TResult> function, AsyncResult<T1> first, AsyncResult<T2> second, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return StartLate(
            new LateApply<(T1, T2), TResult>(
                executor.Executor, executor.Options, a => function(a.Item1, a.Item2), () => (first.ValueOrDefault!, second.ValueOrDefault!), new LateArguments(executor.Executor, first, second)),
            cancellationToken);
    }

    /// <inheritdoc cref="ApplyAsync{T1, T2, TResult}(IParallelExecutor, Func{T1, T2, TResult}, AsyncResult{T1}, AsyncResult{T2}, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, Task<TResult>> function, AsyncResult<T1> first, AsyncResult<T2> second, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return StartLate(
            new LateApplyAsync<(T1, T2), TResult>(
                executor.Executor, executor.Options, a => function(a.Item1, a.Item2), () => (first.ValueOrDefault!, second.ValueOrDefault!), new LateArguments(executor.Executor, first, second)),
            cancellationToken);
    }

    static TItem StartLate<TItem>(TItem item, CancellationToken cancellationToken)
        where TItem : AsyncResult, ILateTask
    {
        cancellationToken.ThrowIfCancellationRequested();
        ((PoolExecutor)item.Host).ThrowIfClosed();
        if (cancellationToken.CanBeCanceled) CancelWith(item, cancellationToken);
        item.Arguments.Start(item);
        return item;
    }
}
