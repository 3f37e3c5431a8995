using ActorParallel.Engines;
using ActorParallel.Pools;
using ActorParallel.Results;

namespace ActorParallel;

/// <summary>
/// The calls of every executor. <c>Apply</c>, <c>Map</c> and <c>ForEach</c> wait; the same name with <c>Async</c> returns at once.
/// Functions may be asynchronous. On processes, functions, arguments and values travel; on threads nothing is copied.
/// All calls throw <see cref="ArgumentNullException"/> for a null function or input, <see cref="InvalidOperationException"/> when the pool is closed,
/// <see cref="ObjectDisposedException"/> after dispose, <see cref="PoolFaultedException"/> when the pool failed and, on processes,
/// <see cref="ShippingException"/> for what can't travel. Thread-safe.
/// </summary>
public static partial class ParallelExecutorExtensions
{
    /// <summary>The same executor with options for its calls. What is not given stays as it is.</summary>
    /// <param name="executor">The executor.</param>
    /// <param name="retries">How often a task that threw is run again; see <see cref="TaskOptions.Retries"/>.</param>
    /// <param name="timeout">The longest one attempt may run; see <see cref="TaskOptions.Timeout"/>.</param>
    /// <param name="queueTimeout">The longest a task may wait before it starts; see <see cref="TaskOptions.QueueTimeout"/>.</param>
    /// <param name="label">A name for the tasks; see <see cref="TaskOptions.Label"/>.</param>
    /// <param name="chunkSize">How many items travel together; see <see cref="TaskOptions.ChunkSize"/>.</param>
    /// <param name="priority">Higher starts first; see <see cref="TaskOptions.Priority"/>.</param>
    /// <returns>An executor that shares everything but the options.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative, or zero where that makes no sense.</exception>
    public static IParallelExecutor With(
        this IParallelExecutor executor,
        int? retries = null, TimeSpan? timeout = null, TimeSpan? queueTimeout = null,
        string? label = null, int? chunkSize = null, int? priority = null)
    {
        ArgumentNullException.ThrowIfNull(executor);
        var now = executor.Options;
        return executor.With(now with
        {
            Retries = retries ?? now.Retries,
            Timeout = timeout ?? now.Timeout,
            QueueTimeout = queueTimeout ?? now.QueueTimeout,
            Label = label ?? now.Label,
            ChunkSize = chunkSize ?? now.ChunkSize,
            Priority = priority ?? now.Priority,
        });
    }

    static TItem Submit<TItem>(PoolExecutor executor, TItem item, CancellationToken cancellationToken)
        where TItem : AsyncResult, ITaskItem
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (cancellationToken.CanBeCanceled) CancelWith(item, cancellationToken);
        executor.Submit(item);
        return item;
    }

    static void CancelWith(AsyncResult result, CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(static r => ((AsyncResult)r!).Cancel(), result);
        result.AddWaiter(new InlineCompletion(_ => registration.Unregister()));
    }

    static AsyncMapResult<TResult> StartMap<T, TResult>(
        IParallelExecutor executor, Func<T, TResult> function, IEnumerable<T> items, bool discard, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(items);
        var host = executor.Executor;
        return InMemory.TryGet(items, out var memory)
            ? StartMap(executor, function, memory, discard, cancellationToken)
            : StartPipeline<T, TResult>(executor, new SequenceSource<T>(items), (o, chunk, start) => new ChunkTask<T, TResult>(host, o, function, chunk, start, discard), discard, cancellationToken);
    }

    static AsyncMapResult<TResult> StartMap<T, TResult>(
        IParallelExecutor executor, Func<T, TResult> function, ReadOnlyMemory<T> items, bool discard, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        var host = executor.Executor;
        cancellationToken.ThrowIfCancellationRequested();
        if (host.TryMap(executor.Options, function, items, discard) is { } map)
        {
            if (cancellationToken.CanBeCanceled) CancelWith(map, cancellationToken);
            return map;
        }
        return StartPipeline<T, TResult>(executor, new MemorySource<T>(items), (o, chunk, start) => new ChunkTask<T, TResult>(host, o, function, chunk, start, discard), discard, cancellationToken);
    }

    static AsyncMapResult<TResult> StartMapAsync<T, TResult>(
        IParallelExecutor executor, Func<T, Task<TResult>> function, IEnumerable<T> items, bool discard, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(items);
        var host = executor.Executor;
        return StartPipeline<T, TResult>(executor, ItemSource<T>.Of(items), (o, chunk, start) => new ChunkTaskAsync<T, TResult>(host, o, function, chunk, start, discard), discard, cancellationToken);
    }

    static PipelineMap<T, TResult> StartPipeline<T, TResult>(
        IParallelExecutor executor, ItemSource<T> source, ChunkFactory<T> makeChunk, bool discard, CancellationToken cancellationToken)
    {
        var host = executor.Executor;
        cancellationToken.ThrowIfCancellationRequested();
        host.ThrowIfClosed();
        var map = new PipelineMap<T, TResult>(host, executor.Options, source, makeChunk, discard);
        if (cancellationToken.CanBeCanceled) CancelWith(map, cancellationToken);
        map.Start();
        return map;
    }

    static IAsyncEnumerable<TResult> StartStream<T, TResult>(
        IParallelExecutor executor, ItemSource<T> source, ChunkFactory<T> makeChunk,
        bool ordered, int? maxInFlight, Action<int, Exception>? onError, TResult? _, CancellationToken cancellationToken)
    {
        var host = executor.Executor;
        host.ThrowIfClosed();
        if (maxInFlight is { } given) Checks.AtLeast(given, 1, nameof(maxInFlight));
        return new PipelineStream<T, TResult>(host, executor.Options, source, makeChunk, ordered, maxInFlight ?? host.MaxInFlight, onError).RunAsync(cancellationToken);
    }
}
