namespace ActorParallel.Results;

/// <summary>
/// What the calls that one thread makes one after the other share: executor, options, a run of ids, and the time they count from.
/// So a result refers to one object instead of three, and a million calls take turns for ids only every 64th time.
/// </summary>
internal sealed class CallBlock
{
    const int Size = 64;

    // Keeps the executor of a thread's last call, at most one a thread, until the thread calls another or the pool is disposed.
    [ThreadStatic]
    static CallBlock? t_last;

    readonly long _firstSequence;
    readonly long _start;
    int _used;

    CallBlock(ITaskHost host, TaskOptions options, long now)
    {
        Host = host;
        Options = options;
        _firstSequence = host.ReserveSequences(Size);
        _start = now;
        HasLimits = options.Timeout is not null || options.QueueTimeout is not null;
    }

    public ITaskHost Host { get; }

    public TaskOptions Options { get; }

    /// <summary>The tasks are limited in their running or waiting time.</summary>
    public bool HasLimits { get; }

    public long Sequence(byte index) => _firstSequence + index;

    public long SubmittedAt(ushort units) => _start + Clock.FromUnits(units);

    /// <summary>The calling thread makes a call now.</summary>
    public static CallBlock Take(ITaskHost host, TaskOptions options, out byte index, out ushort submitted)
    {
        var now = Clock.Now;
        var block = t_last;
        if (block is null || block._used == Size || !ReferenceEquals(block.Options, options) || !ReferenceEquals(block.Host, host)
            || Clock.ToUnits(now - block._start) > ushort.MaxValue)
        {
            t_last = block = new CallBlock(host, options, now);
        }
        index = (byte)block._used++;
        submitted = (ushort)Clock.ToUnits(now - block._start);
        return block;
    }

    /// <summary>The calling thread has nothing more to do with the executor.</summary>
    public static void Forget(ITaskHost host)
    {
        if (ReferenceEquals(t_last?.Host, host)) t_last = null;
    }
}
