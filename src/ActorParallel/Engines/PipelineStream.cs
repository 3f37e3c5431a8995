using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorParallel.Pools;
using ActorParallel.Results;

namespace ActorParallel.Engines;

/// <summary>A stream of results: reads ahead no further than the window, and keeps no result nobody has read.</summary>
internal sealed class PipelineStream<T, TResult>(
    PoolExecutor executor, TaskOptions options, ItemSource<T> source, ChunkFactory<T> makeChunk,
    bool ordered, int maxInFlight, Action<int, Exception>? onError) : IStoppable
{
    static readonly TimeSpan s_target = TimeSpan.FromMilliseconds(1);

    // For an input that ignores its token.
    static readonly TimeSpan s_leaveTime = TimeSpan.FromSeconds(1);

    readonly Channel<Entry> _entries = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    readonly Lock _gate = new();
    readonly HashSet<AsyncResult> _inFlight = [];
    int _read;

    sealed record Entry(ITaskItem Chunk, ReadOnlyMemory<T> Items, int Start);

    public async IAsyncEnumerable<TResult> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var given = options.ChunkSize ?? (options.Timeout is not null || options.QueueTimeout is not null ? 1 : null);
        var (chunks, largest) = PipelineMap<T, TResult>.Window(executor, given, maxInFlight);
        var size = new ChunkSize(given is { } g ? Math.Min(g, largest) : null, largest, s_target);
        using var window = new SemaphoreSlim(chunks);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        executor.Hold();
        try
        {
            // The pool may have been closed between the call and the first read.
            executor.ThrowIfClosed();
        }
        catch
        {
            executor.Release();
            throw;
        }
        _stop = stop;
        executor.Enter(this);
        var feeding = source.Blocks
            ? Task.Factory.StartNew(() => FeedAsync(window, size, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()
            : Task.Run(() => FeedAsync(window, size, stop.Token), CancellationToken.None);
        try
        {
            while (await NextEntryAsync(cancellationToken).ConfigureAwait(false) is { } entry)
            {
                var result = (AsyncResult<ChunkOutcome<TResult>>)entry.Chunk.Result;
                await result.WaitAsync(cancellationToken).ConfigureAwait(false);
                // Items fail, and may be skipped; a pool that ends, ends the stream.
                if (result.State == TaskState.Cancelled || result.Error is PoolFaultedException) ThrowStopped(result.Error!);
                var errors = ErrorsOf(result, entry);
                for (var i = 0; i < entry.Items.Length; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (errors is not null && errors.TryGetValue(i, out var error))
                    {
                        error = await RetryAsync(entry, i, error, cancellationToken).ConfigureAwait(false);
                        if (error is null)
                        {
                            yield return _retried!;
                            continue;
                        }
                        if (onError is null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
                        onError!(entry.Start + i, error);
                        continue;
                    }
                    yield return result.ValueOrDefault!.Values[i];
                }
                if (result.State == TaskState.Succeeded) size.Measured(entry.Items.Length, result.CompletedAt - result.StartedAt);
                lock (_gate) _inFlight.Remove(result);
                window.Release();
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            AsyncResult[] left;
            lock (_gate) left = [.. _inFlight];
            foreach (var result in left) result.Cancel();
            // The sequence may be blocked in the caller's own code: it is disposed when it returns.
            if (!source.Blocks) await feeding.WaitAsync(s_leaveTime, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            executor.Leave(this);
            executor.Release();
        }
    }

    TResult? _retried;
    volatile CancellationTokenSource? _stop;
    Exception? _stopError;

    /// <summary>The pool ends: so does the stream, even while its input is silent.</summary>
    public void Stop(Exception? fault = null)
    {
        _stopError = fault ?? new OperationCanceledException("The stream was cancelled: its pool was terminated.");
        _entries.Writer.TryComplete(_stopError);
        try
        {
            _stop?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Its reader has just left.
        }
    }

    void ThrowStopped(Exception error) => System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_stopError ?? error);

    async ValueTask<Entry?> NextEntryAsync(CancellationToken cancellationToken)
    {
        if (_entries.Reader.TryRead(out var entry)) return entry;
        using var lent = executor.LendPlace();
        return await _entries.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && _entries.Reader.TryRead(out entry) ? entry : null;
    }

    async Task FeedAsync(SemaphoreSlim window, ChunkSize size, CancellationToken stop)
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                if (source.Blocks) window.Wait(stop);
                else await window.WaitAsync(stop).ConfigureAwait(false);
                var items = await source.NextAsync(size.Current, stop).ConfigureAwait(false);
                if (items.IsEmpty) break;
                Submit(items);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && stop.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Whatever the input throws reaches the reader, after what came before it.
        catch (Exception e)
        {
            error = e;
        }
        try
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            error ??= e;
        }
#pragma warning restore CA1031
        _feedError = error;
        _fed = true;
        CompleteIfDone();
    }

    Exception? _feedError;
    volatile bool _fed;
    int _unwritten;

    void Submit(ReadOnlyMemory<T> items)
    {
        var entry = new Entry(makeChunk(options with { Retries = 0 }, items, _read), items, _read);
        _read += items.Length;
        lock (_gate) _inFlight.Add(entry.Chunk.Result);
        if (ordered)
        {
            _entries.Writer.TryWrite(entry);
        }
        else
        {
            Interlocked.Increment(ref _unwritten);
            entry.Chunk.Result.AddWaiter(new InlineCompletion(_ =>
            {
                _entries.Writer.TryWrite(entry);
                Interlocked.Decrement(ref _unwritten);
                CompleteIfDone();
            }));
        }
        try
        {
            executor.SubmitPart(entry.Chunk);
        }
#pragma warning disable CA1031 // What can't be sent is a failed chunk, like any other.
        catch (Exception e)
        {
            entry.Chunk.Result.TryEnd(TaskState.Failed, e);
        }
#pragma warning restore CA1031
    }

    void CompleteIfDone()
    {
        if (_fed && Volatile.Read(ref _unwritten) == 0) _entries.Writer.TryComplete(_feedError);
    }

    static Dictionary<int, Exception>? ErrorsOf(AsyncResult<ChunkOutcome<TResult>> result, Entry entry)
    {
        if (result.Error is { } whole) return Enumerable.Range(0, entry.Items.Length).ToDictionary(i => i, _ => whole);
        return result.ValueOrDefault!.Errors?.ToDictionary();
    }

    /// <summary>Runs a failed item again while it has retries; null when that gave a value.</summary>
    async Task<Exception?> RetryAsync(Entry entry, int index, Exception error, CancellationToken cancellationToken)
    {
        // Others of its chunk had run on that engine, or could on another: alone, it can move.
        var moves = error is UnsuitableEngineException || (entry.Items.Length > 1 && error.InnerException is UnsuitableEngineException);
        for (var attempt = moves ? 0 : 1; attempt <= options.Retries && (attempt == 0 || error is not (ShippingException or TimeoutException or UnschedulableException)); attempt++)
        {
            if (attempt > 0) await Task.Delay(executor.BackoffAfter(attempt), cancellationToken).ConfigureAwait(false);
            var again = makeChunk(options with { Retries = 0 }, entry.Items.Slice(index, 1), entry.Start + index);
            again.Result.Attempt = Math.Max(1, attempt);
            executor.SubmitPart(again);
            var result = (AsyncResult<ChunkOutcome<TResult>>)again.Result;
            await result.WaitAsync(cancellationToken).ConfigureAwait(false);
            var errors = ErrorsOf(result, entry with { Items = entry.Items.Slice(index, 1) });
            if (errors is null)
            {
                _retried = result.ValueOrDefault!.Values[0];
                return null;
            }
            error = errors[0];
        }
        return error;
    }
}
