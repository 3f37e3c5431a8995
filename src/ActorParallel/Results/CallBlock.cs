namespace ActorParallel.Results;

/// <summary>
/// What the calls that one thread makes one after the other share: executor, options, a run of ids, and the time they count from.
/// So a result refers to one object instead of three, and a million calls take turns for ids only every 64th time.
/// </summary>
/// <remarks>
/// A look at the clock costs as much as half of the rest of a call. So in a burst, calls share one: the more of them, the longer each
/// call has taken less than 250 ns, up to 16 (4 µs). Whether the caller paused meanwhile is asked of the system's tick counter, which
/// is cheap and coarse: a call that comes after a pause in the midst of a burst may be dated up to a tick (4 ms on Linux) too early.
/// </remarks>
internal sealed class CallBlock
{
    const int Size = 64;
    const int MostShare = 16;
    static readonly long s_inBurst = Clock.ToTimestampTicks(TimeSpan.FromMicroseconds(0.25));

    // Keeps the executor of a thread's last call, at most one a thread, until the thread calls another or the pool is disposed.
    [ThreadStatic]
    static CallBlock? t_last;

    readonly long _firstSequence;
    readonly long _start;
    int _used;

    // The last look at the clock: when, by the tick counter too, at which call, and how many calls after it may share it.
    ushort _looked;
    int _lookedAt;
    int _share;
    int _mayShare;
    long _tick;

    CallBlock(ITaskHost host, TaskOptions options, long now)
    {
        // A burst goes on over the ends of blocks.
        if (t_last is { } last && ReferenceEquals(last.Host, host) && now - last._start < Size * s_inBurst) _share = last._share;
        Host = host;
        Options = options;
        _firstSequence = host.ReserveSequences(Size);
        _start = now;
        HasLimits = options.Timeout is not null || options.QueueTimeout is not null;
        IsObserved = Telemetry.Instruments.IsOn;
    }

    public ITaskHost Host { get; }

    public TaskOptions Options { get; }

    /// <summary>The tasks are limited in their running or waiting time.</summary>
    public bool HasLimits { get; }

    /// <summary>Somebody listened when the first of the calls was made: they are traced and measured.</summary>
    public bool IsObserved { get; }

    public long Sequence(byte index) => _firstSequence + index;

    public long SubmittedAt(ushort units) => _start + Clock.FromUnits(units);

    /// <summary>The calling thread makes a call now.</summary>
    public static CallBlock Take(ITaskHost host, TaskOptions options, out byte index, out ushort submitted)
    {
        var block = t_last;
        if (block is null || block._used == Size || !ReferenceEquals(block.Options, options) || !ReferenceEquals(block.Host, host))
            t_last = block = new CallBlock(host, options, Clock.Now);
        else if (block._mayShare > 0 && block._tick == Environment.TickCount64)
            block._mayShare--;
        else
            block = block.Look();
        index = (byte)block._used++;
        submitted = block._looked;
        return block;
    }

    CallBlock Look()
    {
        var now = Clock.Now;
        var units = Clock.ToUnits(now - _start);
        if (units > ushort.MaxValue || IsObserved != Telemetry.Instruments.IsOn) return t_last = new CallBlock(Host, Options, now);
        var calls = _used - _lookedAt;
        _share = units - _looked < Clock.ToUnits(calls * s_inBurst) ? Math.Min(2 * _share + 1, MostShare - 1) : 0;
        if (_share > 0) _tick = Environment.TickCount64;
        (_mayShare, _looked, _lookedAt) = (_share, (ushort)units, _used);
        return this;
    }

    /// <summary>The calling thread has nothing more to do with the executor.</summary>
    public static void Forget(ITaskHost host)
    {
        if (ReferenceEquals(t_last?.Host, host)) t_last = null;
    }
}
