using ActorParallel.Engines;
using ActorParallel.Results;

namespace ActorParallel;

public static partial class ParallelExecutorExtensions
{
    /// <summary>
    /// Runs a function on every item and yields the values as they come. Reads ahead and holds results only within a bound, so input and
    /// output may be endless. Leaving the enumeration cancels what is under way.
    /// </summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="items">The items; read lazily, on one thread at a time.</param>
    /// <param name="ordered">True (default): in input order. False: as they end.</param>
    /// <param name="maxInFlight">How many items may be between reading and yielding; default: the pool's <c>MaxInFlight</c>.</param>
    /// <param name="onError">Gets the index and exception of each failed item, which is then left out. Default null: the enumeration throws the item's exception when it comes to it.</param>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <returns>The values. Nothing runs before the enumeration starts; enumerate it once.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxInFlight"/> is less than 1.</exception>
    public static IAsyncEnumerable<TResult> StreamAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, TResult> function, IEnumerable<T> items,
        bool ordered = true, int? maxInFlight = null, Action<int, Exception>? onError = null, CancellationToken cancellationToken = default)
    {
        Check(executor, function, items);
        return StartStream(executor, ItemSource<T>.Of(items), Chunks(executor, function), ordered, maxInFlight, onError, default(TResult), cancellationToken);
    }

    /// <inheritdoc cref="StreamAsync{T, TResult}(IParallelExecutor, Func{T, TResult}, IEnumerable{T}, bool, int?, Action{int, Exception}?, CancellationToken)"/>
    public static IAsyncEnumerable<TResult> StreamAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, TResult> function, IAsyncEnumerable<T> items,
        bool ordered = true, int? maxInFlight = null, Action<int, Exception>? onError = null, CancellationToken cancellationToken = default)
    {
        Check(executor, function, items);
        return StartStream(executor, new AsyncSequenceSource<T>(items), Chunks(executor, function), ordered, maxInFlight, onError, default(TResult), cancellationToken);
    }

    /// <inheritdoc cref="StreamAsync{T, TResult}(IParallelExecutor, Func{T, TResult}, IEnumerable{T}, bool, int?, Action{int, Exception}?, CancellationToken)"/>
    public static IAsyncEnumerable<TResult> StreamAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, Task<TResult>> function, IEnumerable<T> items,
        bool ordered = true, int? maxInFlight = null, Action<int, Exception>? onError = null, CancellationToken cancellationToken = default)
    {
        Check(executor, function, items);
        return StartStream(executor, ItemSource<T>.Of(items), ChunksAsync(executor, function), ordered, maxInFlight, onError, default(TResult), cancellationToken);
    }

    /// <inheritdoc cref="StreamAsync{T, TResult}(IParallelExecutor, Func{T, TResult}, IEnumerable{T}, bool, int?, Action{int, Exception}?, CancellationToken)"/>
    public static IAsyncEnumerable<TResult> StreamAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, Task<TResult>> function, IAsyncEnumerable<T> items,
        bool ordered = true, int? maxInFlight = null, Action<int, Exception>? onError = null, CancellationToken cancellationToken = default)
    {
        Check(executor, function, items);
        return StartStream(executor, new AsyncSequenceSource<T>(items), ChunksAsync(executor, function), ordered, maxInFlight, onError, default(TResult), cancellationToken);
    }

    static void Check(IParallelExecutor executor, Delegate function, object items)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(items);
    }

    static ChunkFactory<T> Chunks<T, TResult>(IParallelExecutor executor, Func<T, TResult> function) =>
        (options, items, start) => new ChunkTask<T, TResult>(executor.Executor, options, function, items, start, discard: false);

    static ChunkFactory<T> ChunksAsync<T, TResult>(IParallelExecutor executor, Func<T, Task<TResult>> function) =>
        (options, items, start) => new ChunkTaskAsync<T, TResult>(executor.Executor, options, function, items, start, discard: false);

    /// <summary>Runs an action on every item; returns at once. Keeps no values: the input may be of any length.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="action">The action.</param>
    /// <param name="items">The items; a lazy input is read as there is room.</param>
    /// <param name="cancellationToken">Cancels the loop.</param>
    /// <returns>Its end, later; when items failed, a <see cref="ParallelMapException"/> with every error.</returns>
    public static AsyncResult ForEachAsync<T>(
        this IParallelExecutor executor, Action<T> action, IEnumerable<T> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        Check(executor, action, items);
        return StartMap(executor, Wrap(action), items, discard: true, cancellationToken);
    }

    /// <inheritdoc cref="ForEachAsync{T}(IParallelExecutor, Action{T}, IEnumerable{T}, CancellationToken)"/>
    public static AsyncResult ForEachAsync<T>(
        this IParallelExecutor executor, Func<T, Task> action, IEnumerable<T> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        Check(executor, action, items);
        return StartMapAsync(executor, WrapAsync(action), items, discard: true, cancellationToken);
    }

    /// <inheritdoc cref="ForEachAsync{T}(IParallelExecutor, Action{T}, IEnumerable{T}, CancellationToken)"/>
    public static AsyncResult ForEachAsync<T>(
        this IParallelExecutor executor, Func<T, Task> action, IAsyncEnumerable<T> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        Check(executor, action, items);
        var function = WrapAsync(action);
        return StartPipeline<T, Nothing>(
            executor, new AsyncSequenceSource<T>(items),
            (options, chunk, start) => new ChunkTaskAsync<T, Nothing>(executor.Executor, options, function, chunk, start, discard: true),
            discard: true, cancellationToken);
    }

    /// <summary>Runs an action on every item and waits until all have ended.</summary>
    /// <inheritdoc cref="ForEachAsync{T}(IParallelExecutor, Action{T}, IEnumerable{T}, CancellationToken)" path="//typeparam|//param"/>
    /// <exception cref="ParallelMapException">Items failed; thrown after all have ended, with every error.</exception>
    public static void ForEach<T>(
        this IParallelExecutor executor, Action<T> action, IEnumerable<T> items, CancellationToken cancellationToken = default)
    {
        var result = ForEachAsync(executor, action, items, cancellationToken);
        result.Wait();
        result.ThrowIfNotSuccessful();
    }

    /// <inheritdoc cref="ForEach{T}(IParallelExecutor, Action{T}, IEnumerable{T}, CancellationToken)"/>
    public static void ForEach<T>(
        this IParallelExecutor executor, Func<T, Task> action, IEnumerable<T> items, CancellationToken cancellationToken = default)
    {
        var result = ForEachAsync(executor, action, items, cancellationToken);
        result.Wait();
        result.ThrowIfNotSuccessful();
    }

    // In methods of their own: a closure must not drag the executor and the items along.
    static Func<T, Nothing> Wrap<T>(Action<T> action) => item =>
    {
        action(item);
        return default;
    };

    static Func<T, Task<Nothing>> WrapAsync<T>(Func<T, Task> action) => async item =>
    {
        await action(item).ConfigureAwait(false);
        return default;
    };
}
