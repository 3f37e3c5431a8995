using ActorParallel.Pools;
using ActorParallel.Results;

namespace ActorParallel.Engines;

/// <summary>
/// A map over a list in memory, on workers of this process: each worker takes the next run of items from a shared cursor.
/// </summary>
/// <remarks>
/// The length of a run is guided self-scheduling (C. D. Polychronopoulos and D. J. Kuck, 1987: a share of what remains, so that
/// workers end together), bounded by the measured cost of an item: long enough for taking it to cost nothing, short enough for
/// other work to come in between.
/// </remarks>
internal sealed class LocalMap<T, TResult> : AsyncMapResult<TResult>, IWork, ICurrentTask, IStoppable, IShared
{
    static readonly long s_target = Clock.ToTimestampTicks(TimeSpan.FromMilliseconds(1));
    static readonly long s_slice = Clock.ToTimestampTicks(TimeSpan.FromMilliseconds(5));

    // How many items are run between two looks at whether the map was stopped.
    const int LookEvery = 64;

    readonly LocalExecutor _executor;
    readonly Func<T, TResult> _function;
    readonly ReadOnlyMemory<T> _items;
    readonly TResult[] _values;
    readonly bool _discard;
    int _next;
    int _active;
    int _sharers = 1;
    int _runLength;
    bool _stopped;
    Exception? _fault;

    public LocalMap(LocalExecutor executor, TaskOptions options, Func<T, TResult> function, ReadOnlyMemory<T> items, bool discard)
        : base(executor, options)
    {
        _executor = executor;
        _function = function;
        _items = items;
        _discard = discard;
        // A map without values (ForEach) keeps nothing.
        _values = discard ? [] : typeof(TResult).IsPrimitive ? GC.AllocateUninitializedArray<TResult>(items.Length) : new TResult[items.Length];
        _runLength = options.ChunkSize ?? 1;
    }

    public override int? Total => _items.Length;

    int IWork.Priority => Options.Priority;

    TaskContext ICurrentTask.Context => Control.Context ??= new LocalMapContext(this);

    public void Start(int workers)
    {
        if (_items.Length == 0)
        {
            EndWith(_values);
            return;
        }
        _sharers = Math.Max(1, Math.Min(workers, _items.Length));
        for (var i = 0; i < _sharers; i++) _executor.SubmitShare(this);
    }

    public WorkStatus Run(Worker worker) => Run(worker, mayYield: true);

    public void Help(Worker worker) => Run(worker, mayYield: false);

    WorkStatus Run(Worker worker, bool mayYield)
    {
        if (Ready) return WorkStatus.Done;
        Interlocked.Increment(ref _active);
        if (TryMove(TaskState.Ready, TaskState.Running))
        {
            WorkerId = worker.Id;
            Attempt = 1;
            StartedAt = Clock.Now;
        }
        var previous = TaskContext.EnterThread(this);
        var span = IsObserved ? Control.Trace?.BeginShare() : null;
        var status = WorkStatus.Done;
        var sliceStart = Clock.Now;
        var start = sliceStart;
        while (!Volatile.Read(ref _stopped) && TryTake(out var first, out var length))
        {
            if (!TryRunItems(first, length, out var later)) break;
            var end = Clock.Now;
            Adapt(length, end - start);
            if (later is null) EndIfLast(AddPart(first, length, _values, first, end - start));
            else Settle(later, end - start);
            start = end;
            if (!mayYield || end - sliceStart < s_slice || !_executor.OthersWait) continue;
            status = WorkStatus.Yield;
            break;
        }
        TaskContext.LeaveThread(previous);
        span?.Stop();
        if (Interlocked.Decrement(ref _active) == 0 && Volatile.Read(ref _stopped)) EndStopped();
        return Ready ? WorkStatus.Done : status;
    }

    bool TryTake(out int first, out int length)
    {
        first = Volatile.Read(ref _next);
        while (first < _items.Length)
        {
            var left = _items.Length - first;
            var wanted = Volatile.Read(ref _runLength);
            length = Options.ChunkSize is null ? Math.Max(1, Math.Min(wanted, left / (2 * _sharers))) : Math.Min(wanted, left);
            var was = Interlocked.CompareExchange(ref _next, first + length, first);
            if (was == first) return true;
            first = was;
        }
        length = 0;
        return false;
    }

    /// <summary>Runs the items and keeps the errors. False: the map was stopped before all were run.</summary>
    bool TryRunItems(int first, int length, out Later? later)
    {
        var items = _items.Span.Slice(first, length);
        var values = _discard ? default : _values.AsSpan(first, length);
        // The size that was given may be of items that take seconds.
        var look = Options.ChunkSize is null ? LookEvery : 1;
        later = null;
        for (var i = 0; i < items.Length;)
        {
            if (Volatile.Read(ref _stopped)) return false;
            var end = Math.Min(i + look, items.Length);
            try
            {
                // The loops are written out: this is the price of an item.
                if (_discard) for (; i < end; i++) _function(items[i]);
                else for (; i < end; i++) values[i] = _function(items[i]);
            }
            catch (OperationCanceledException) when (Volatile.Read(ref _stopped))
            {
                return false;
            }
#pragma warning disable CA1031 // Whatever an item throws is that item's outcome.
            catch (Exception e)
            {
                if (Options.Retries > 0 && e is not UnsuitableEngineException && !Volatile.Read(ref _stopped))
                {
                    later ??= new Later(first, length);
                    Interlocked.Increment(ref later.Open);
                    _executor.Delay(new Retry(this, later, first + i), 1, static _ => true, this);
                }
                else
                {
                    Fail(first + i, e);
                }
                i++;
            }
#pragma warning restore CA1031
        }
        return true;
    }

    void Fail(int index, Exception error)
    {
        if (!_discard) _values[index] = default!;
        // There is no other engine here.
        AddError(index, error is UnsuitableEngineException unsuitable ? unsuitable.Everywhere(this) : error);
    }

    /// <summary>Grows the run towards the target time; halves it when it took too long.</summary>
    void Adapt(int length, long ticks)
    {
        if (Options.ChunkSize is not null) return;
        var now = Volatile.Read(ref _runLength);
        var wanted = ticks <= 0 ? length * 16L : length * s_target / ticks;
        Volatile.Write(ref _runLength, (int)Math.Clamp(wanted, 1, Math.Min(now * 16L, 1 << 20)));
    }

    /// <summary>A run some of whose items are run again: its part is added with the last of them.</summary>
    sealed class Later(int first, int length)
    {
        public int First => first;
        public int Length => length;

        // The run itself, and each item that is to be run again.
        public int Open = 1;
        public long Ticks;
    }

    void Settle(Later run, long ticks)
    {
        Interlocked.Add(ref run.Ticks, ticks);
        if (Interlocked.Decrement(ref run.Open) == 0) EndIfLast(AddPart(run.First, run.Length, _values, run.First, run.Ticks));
    }

    void EndIfLast(long completed)
    {
        if (completed == _items.Length) EndWith(_values);
    }

    public void Stop(Exception? fault = null)
    {
        _fault = fault;
        if (Volatile.Read(ref _active) > 0)
        {
            Volatile.Write(ref _stopped, true);
            _executor.StopRunning(this, TaskState.Cancelled, LocalExecutor.Cancelled(this));
        }
        Volatile.Write(ref _stopped, true);
        if (Volatile.Read(ref _active) == 0) EndStopped();
    }

    void EndStopped()
    {
        if (_fault is not null) EndEarly(TaskState.Failed, _fault);
        else EndEarly(TaskState.Cancelled, LocalExecutor.Cancelled(this));
    }

    /// <summary>One item that failed and has retries left.</summary>
    sealed class Retry(LocalMap<T, TResult> map, Later later, int index) : IWork, IStoppable, ICurrentTask
    {
        int _attempt = 1;

        TaskContext ICurrentTask.Context => field?.Attempt == _attempt ? field : field = new LocalRetryContext(map, _attempt);

        public int Priority => map.Options.Priority;

        public WorkStatus Run(Worker worker)
        {
            if (map.Ready || Volatile.Read(ref map._stopped)) return WorkStatus.Done;
            _attempt++;
            var start = Clock.Now;
            var previous = TaskContext.EnterThread(this);
            try
            {
                var value = map._function(map._items.Span[index]);
                if (!map._discard) map._values[index] = value;
            }
#pragma warning disable CA1031 // Whatever an item throws is that item's outcome.
            catch (Exception e)
            {
                if (e is OperationCanceledException && Volatile.Read(ref map._stopped))
                {
                    TaskContext.LeaveThread(previous);
                    return WorkStatus.Done;
                }
                if (_attempt <= map.Options.Retries && e is not UnsuitableEngineException)
                {
                    TaskContext.LeaveThread(previous);
                    map._executor.Delay(this, _attempt, static _ => true, map);
                    return WorkStatus.Done;
                }
                map.Fail(index, e);
            }
#pragma warning restore CA1031
            TaskContext.LeaveThread(previous);
            map.Settle(later, Clock.Now - start);
            return WorkStatus.Done;
        }

        public void Stop(Exception? fault = null) => map.Stop(fault);
    }
}
