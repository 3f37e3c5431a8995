using ActorParallel.Clients;
using ActorParallel.Pools;
using ActorParallel.Results;

namespace ActorParallel.Engines;

/// <summary>Makes the task that runs a chunk, whichever way the function runs.</summary>
internal delegate ITaskItem ChunkFactory<T>(TaskOptions options, ReadOnlyMemory<T> items, int start);

/// <summary>
/// A map whose items travel in chunks: over a lazy input, or to other processes. Holds a bounded number of chunks in flight,
/// runs failed items again, and splits a chunk that kills engines until the item that does it is alone.
/// </summary>
internal sealed class PipelineMap<T, TResult> : AsyncMapResult<TResult>, IStoppable, IParted
{
    static readonly TimeSpan s_target = TimeSpan.FromMilliseconds(4);

    readonly PoolExecutor _executor;
    readonly ChunkFactory<T> _makeChunk;
    readonly ItemSource<T> _source;
    readonly TaskOptions _chunkOptions;
    readonly bool _discard;
    readonly ChunkSize _size;
    readonly SemaphoreSlim _window;
    readonly CancellationTokenSource _stop = new();
    readonly HashSet<ITaskItem> _inFlight = [];
    readonly Lock _gate = new();
    Dictionary<int, int>? _attempts;
    int _read;
    int _delayed;
    bool _fed;
    bool _stopping;
    Exception? _feedError;
    Exception? _fault;

    public PipelineMap(PoolExecutor executor, TaskOptions options, ItemSource<T> source, ChunkFactory<T> makeChunk, bool discard)
        : base(executor, options)
    {
        _executor = executor;
        _makeChunk = makeChunk;
        _source = source;
        _discard = discard;
        // An item's limits can't be told from its chunk's: with limits, items travel alone unless told otherwise.
        var given = options.ChunkSize ?? (options.Timeout is not null || options.QueueTimeout is not null ? 1 : null);
        var (chunks, largest) = Window(executor, given, executor.MaxInFlight);
        _window = new SemaphoreSlim(chunks);
        _size = new ChunkSize(given, largest, s_target);
        _chunkOptions = options with { Retries = 0 };
    }

    /// <summary>How many chunks may be in flight, of how many items at the most.</summary>
    public static (int Chunks, int Largest) Window(PoolExecutor executor, int? given, int items)
    {
        var chunks = Math.Max(1, Math.Min(4 * executor.Workers, items / (given ?? 1)));
        return (chunks, Math.Max(1, items / chunks));
    }

    public override int? Total => _source.Count ?? (_fed ? Volatile.Read(ref _read) : null);

    IReadOnlyList<AsyncResult> IParted.OpenTasks
    {
        get
        {
            lock (_gate) return [.. _inFlight.Select(c => c.Result).Where(r => !r.Ready)];
        }
    }

    public void Start()
    {
        _executor.Hold();
        AddWaiter(new InlineCompletion(_ =>
        {
            _executor.Leave(this);
            _executor.Release();
        }));
        _executor.Enter(this);
        if (_source.Blocks)
        {
            // A lazy sequence is the caller's code and may block: it gets a thread of its own.
            Task.Factory.StartNew(FeedAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        else
        {
            Task.Run(FeedAsync);
        }
    }

    async Task FeedAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                // Stays on the sequence's own thread while it may block.
                if (_source.Blocks) _window.Wait(_stop.Token);
                else await _window.WaitAsync(_stop.Token).ConfigureAwait(false);
                var chunk = await _source.NextAsync(NextSize(), _stop.Token).ConfigureAwait(false);
                if (chunk.IsEmpty) break;
                var start = _read;
                Volatile.Write(ref _read, start + chunk.Length);
                Submit(chunk, start);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Whatever the input throws ends the map with it, after what was begun.
        catch (Exception e)
        {
            _feedError = e;
        }
#pragma warning restore CA1031
        await DisposeSourceAsync().ConfigureAwait(false);
        lock (_gate) _fed = true;
        EndIfDone();
    }

    async Task DisposeSourceAsync()
    {
        try
        {
            await _source.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031
        catch (Exception e)
        {
            _feedError ??= e;
        }
#pragma warning restore CA1031
    }

    int NextSize()
    {
        var size = _size.Current;
        // The last chunks get smaller, so that the workers end together.
        return _source.Count is { } count && Options.ChunkSize is null
            ? Math.Max(1, Math.Min(size, (count - _read + 2 * _executor.Workers - 1) / (2 * _executor.Workers)))
            : size;
    }

    /// <param name="items">The items.</param>
    /// <param name="start">The first one's index.</param>
    /// <param name="earlier">How often an item that travels alone has run.</param>
    void Submit(ReadOnlyMemory<T> items, int start, int earlier = 0)
    {
        var chunk = _makeChunk(_chunkOptions, items, start);
        chunk.Result.Attempt = earlier;
        lock (_gate)
        {
            // The map may have ended while its input was read.
            if (_stop.IsCancellationRequested) return;
            _inFlight.Add(chunk);
        }
        TryMove(TaskState.Ready, TaskState.Running);
        chunk.Result.AddWaiter(new InlineCompletion(_ => Ended(chunk, items, start)));
        try
        {
            _executor.SubmitPart(chunk);
        }
#pragma warning disable CA1031 // What can't be sent is a failed chunk, like any other.
        catch (Exception e)
        {
            chunk.Result.TryEnd(TaskState.Failed, e);
        }
#pragma warning restore CA1031
    }

    void Ended(ITaskItem chunk, ReadOnlyMemory<T> items, int start)
    {
        var result = (AsyncResult<ChunkOutcome<TResult>>)chunk.Result;
        if (StartedAt == 0) StartedAt = result.StartedAt;
        var ticks = Math.Max(0, result.CompletedAt - result.StartedAt);
        switch (result.State)
        {
            case TaskState.Succeeded:
                _size.Measured(items.Length, ticks);
                Succeeded(result.ValueOrDefault!, items, start, ticks);
                break;
            case TaskState.Quarantined when items.Length > 1:
            // What the first one found may be true of that one alone.
            case TaskState.Unschedulable when items.Length > 1 && result.Error?.InnerException is UnsuitableEngineException:
                var half = items.Length / 2;
                Submit(items[..half], start);
                Submit(items[half..], start + half);
                break;
            case TaskState.Cancelled:
                // By this map, or because the pool ends.
                Stop();
                break;
            case var _ when result.Error is PoolFaultedException fault:
                Stop(fault);
                break;
            default:
                Failed(result, items, start, ticks);
                break;
        }
        lock (_gate) _inFlight.Remove(chunk);
        _window.Release();
        EndIfDone();
    }

    void Succeeded(ChunkOutcome<TResult> outcome, ReadOnlyMemory<T> items, int start, long ticks)
    {
        if (outcome.Errors is null)
        {
            AddPart(start, items.Length, outcome.Values, 0, ticks);
            return;
        }
        // The runs between failed items are parts of their own: a failed item may come again.
        var begin = 0;
        foreach (var (index, error) in outcome.Errors)
        {
            if (index > begin) AddPart(start + begin, index - begin, outcome.Values, begin, 0);
            FailedItem(items.Slice(index, 1), start + index, error);
            begin = index + 1;
        }
        if (begin < items.Length) AddPart(start + begin, items.Length - begin, outcome.Values, begin, 0);
        AddPart(start, 0, [], 0, ticks);
    }

    void Failed(AsyncResult result, ReadOnlyMemory<T> items, int start, long ticks)
    {
        var error = result.Error!;
        for (var i = 0; i < items.Length; i++)
        {
            if (result.State == TaskState.Failed && error is not ShippingException) FailedItem(items.Slice(i, 1), start + i, error);
            else EndItem(start + i, error);
        }
        AddPart(start, 0, [], 0, ticks);
    }

    void FailedItem(ReadOnlyMemory<T> item, int index, Exception error)
    {
        // Others of its chunk had run on that engine: alone, it can move to another.
        var moves = error is UnsuitableEngineException;
        if ((Options.Retries == 0 && !moves) || _stop.IsCancellationRequested)
        {
            EndItem(index, error);
            return;
        }
        int attempt;
        lock (_gate)
        {
            attempt = (_attempts ??= []).GetValueOrDefault(index) + 1;
            if (moves)
            {
                _delayed++;
            }
            else if (attempt <= Options.Retries)
            {
                _attempts[index] = attempt;
                _delayed++;
            }
            else
            {
                _attempts.Remove(index);
            }
        }
        if (moves) _ = RunAgainAsync(item, index, attempt, TimeSpan.Zero);
        else if (attempt > Options.Retries) EndItem(index, error);
        else _ = RunAgainAsync(item, index, attempt, _executor.BackoffAfter(attempt));
    }

    async Task RunAgainAsync(ReadOnlyMemory<T> item, int index, int attempt, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, _stop.Token).ConfigureAwait(false);
            await _window.WaitAsync(_stop.Token).ConfigureAwait(false);
            Submit(item, index, attempt);
        }
        catch (OperationCanceledException)
        {
        }
        lock (_gate) _delayed--;
        EndIfDone();
    }

    void EndItem(int index, Exception error)
    {
        AddError(index, error);
        AddPart(index, 1, _discard ? [] : [default!], 0, 0);
    }

    void EndIfDone()
    {
        // A map that is stopped does not wait for its input, which may be silent for ever.
        var stopped = _stop.IsCancellationRequested;
        lock (_gate)
            if (_inFlight.Count > 0 || (!stopped && (!_fed || _delayed > 0))) return;
        if (Ready) return;
        if (_fault is not null) EndEarly(TaskState.Failed, _fault);
        else if (_stop.IsCancellationRequested) EndEarly(TaskState.Cancelled, new OperationCanceledException($"Task {Id} was cancelled."));
        else if (_feedError is not null) EndEarly(TaskState.Failed, _feedError);
        else EndWith(_discard ? [] : Assemble(_read));
    }

    public void Stop(Exception? fault = null)
    {
        _fault ??= fault;
        ITaskItem[] running;
        lock (_gate)
        {
            if (_stopping) return;
            _stopping = true;
        }
        _stop.Cancel();
        lock (_gate) running = [.. _inFlight];
        foreach (var chunk in running) chunk.Result.Cancel();
        EndIfDone();
    }
}
