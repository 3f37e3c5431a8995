using ActorParallel.Payloads;
using ActorParallel.Pools;
using ActorParallel.Results;

namespace ActorParallel.Engines;

/// <summary>What became of a chunk: a value an item, and the errors of those that failed.</summary>
internal sealed record ChunkOutcome<TResult>(TResult[] Values, List<KeyValuePair<int, Exception>>? Errors);

/// <summary>Some items of a map or stream that travel together as one task.</summary>
internal sealed class ChunkTask<T, TResult>(
    PoolExecutor host, TaskOptions options, Func<T, TResult> function, ReadOnlyMemory<T> items, int start, bool discard)
    : SyncTask<ChunkOutcome<TResult>>(host, options), IChunk<T, TResult>
{
    public override Delegate Function => function;

    public override TaskShape Shape => TaskShape.Chunk;

    public int Start => start;

    public ReadOnlyMemory<T> Items => items;

    public override void WriteArgument(PayloadWriter writer) => ChunkWire.WriteItems(writer, items, discard, Attempt);

    public override ChunkOutcome<TResult> ReadValue(ref PayloadReader reader) => ChunkWire.ReadOutcome<TResult>(ref reader);

    protected override ChunkOutcome<TResult> Invoke() => ChunkRunner.Run(function, items.Span, discard);
}

/// <inheritdoc cref="ChunkTask{T, TResult}" />
internal sealed class ChunkTaskAsync<T, TResult>(
    PoolExecutor host, TaskOptions options, Func<T, Task<TResult>> function, ReadOnlyMemory<T> items, int start, bool discard)
    : AsyncTask<ChunkOutcome<TResult>>(host, options), IChunk<T, TResult>
{
    public override Delegate Function => function;

    public override TaskShape Shape => TaskShape.ChunkAsync;

    public int Start => start;

    public ReadOnlyMemory<T> Items => items;

    public override void WriteArgument(PayloadWriter writer) => ChunkWire.WriteItems(writer, items, discard, Attempt);

    public override ChunkOutcome<TResult> ReadValue(ref PayloadReader reader) => ChunkWire.ReadOutcome<TResult>(ref reader);

    protected override Task<ChunkOutcome<TResult>> Invoke() => ChunkRunner.RunAsync(function, items, discard);
}

/// <summary>A chunk, whichever way its function runs.</summary>
internal interface IChunk<T, TResult> : ITaskItem
{
    int Start { get; }

    ReadOnlyMemory<T> Items { get; }
}

/// <summary>Runs a chunk's items one after the other; a failed item does not stop the others.</summary>
internal static class ChunkRunner
{
    // How many items are run between two looks at the token.
    const int LookEvery = 4;

    public static ChunkOutcome<TResult> Run<T, TResult>(Func<T, TResult> function, ReadOnlySpan<T> items, bool discard)
    {
        var values = discard ? [] : new TResult[items.Length];
        List<KeyValuePair<int, Exception>>? errors = null;
        var context = TaskContext.Current;
        var stop = context?.CancellationToken ?? default;
        for (var i = 0; i < items.Length;)
        {
            stop.ThrowIfCancellationRequested();
            var end = Math.Min(i + LookEvery, items.Length);
            try
            {
                if (discard) for (; i < end; i++) function(items[i]);
                else for (; i < end; i++) values[i] = function(items[i]);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                throw;
            }
            catch (UnsuitableEngineException) when (MovesWhole(context, i))
            {
                throw;
            }
#pragma warning disable CA1031 // Whatever an item throws is that item's outcome.
            catch (Exception e)
            {
                (errors ??= []).Add(new(i++, e));
            }
#pragma warning restore CA1031
        }
        return new ChunkOutcome<TResult>(values, errors);
    }

    /// <summary>Nothing of it has run: it can go to another engine as a whole. Later, an item goes alone.</summary>
    static bool MovesWhole(TaskContext? context, int index) => index == 0 && context is { MayMove: true };

    public static async Task<ChunkOutcome<TResult>> RunAsync<T, TResult>(Func<T, Task<TResult>> function, ReadOnlyMemory<T> items, bool discard)
    {
        var values = discard ? [] : new TResult[items.Length];
        List<KeyValuePair<int, Exception>>? errors = null;
        var context = TaskContext.Current;
        var stop = context?.CancellationToken ?? default;
        for (var i = 0; i < items.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                var value = await function(items.Span[i]).ConfigureAwait(false);
                if (!discard) values[i] = value;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                throw;
            }
            catch (UnsuitableEngineException) when (MovesWhole(context, i))
            {
                throw;
            }
#pragma warning disable CA1031 // Whatever an item throws is that item's outcome.
            catch (Exception e)
            {
                (errors ??= []).Add(new(i, e));
            }
#pragma warning restore CA1031
        }
        return new ChunkOutcome<TResult>(values, errors);
    }
}
