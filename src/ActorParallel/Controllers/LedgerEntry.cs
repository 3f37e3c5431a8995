using ActorParallel.Engines;
using ActorParallel.Telemetry;
using ActorParallel.Transport;

namespace ActorParallel.Controllers;

/// <summary>A task in flight: its function and its arguments as bytes, kept until it has ended.</summary>
internal abstract class LedgerEntry
{
    /// <summary>The function's number here, and its definition.</summary>
    public abstract int FunctionId { get; }

    public abstract ReadOnlySpan<byte> Definition { get; }

    /// <summary>Whose it is; 0 in a pool.</summary>
    public virtual int Client => 0;

    /// <summary>The client's program that the function belongs to.</summary>
    public virtual Guid Program => default;

    /// <summary>The trace it belongs to; null: none.</summary>
    public abstract TraceParent? Trace { get; }

    /// <summary>Captured values and argument, where they are.</summary>
    public abstract PayloadPlace Payload { get; }

    /// <summary>The longest an attempt may run, in ticks of 100 ns; 0: no limit.</summary>
    public abstract long TimeoutTicks { get; }

    /// <summary>The engines where it found that it can't run; null: none.</summary>
    public UnsuitableEngines? Unsuitable { get; set; }
}

/// <summary>Which engines a task found unsuitable, and why.</summary>
internal sealed class UnsuitableEngines
{
    const int Shown = 8;

    readonly List<string> _first = [];
    int _count;

    public void Add(int engineId, string? why)
    {
        if (++_count <= Shown) _first.Add($"engine {engineId}: {why}");
    }

    public override string ToString() => $"{string.Join("; ", _first)}{(_count > Shown ? $"; and {_count - Shown} more" : "")}";
}

/// <summary>A task of a pool, with its result in this process.</summary>
internal sealed class PoolTask(ITaskItem item, ShippedFunction function, byte[] payload, Segment? segment, int segmentLength) : LedgerEntry
{
    public ITaskItem Item => item;

    public AsyncResult Result => item.Result;

    public ShippedFunction Function => function;

    /// <summary>Where its argument is, when that is large.</summary>
    public Segment? Segment => segment;

    public override int FunctionId => function.Id;

    public override ReadOnlySpan<byte> Definition => function.Bytes;

    public override PayloadPlace Payload => segment is null ? new(payload, 0, null, payload.Length) : new(default, segment.Id, segment.FileName, segmentLength);

    public override long TimeoutTicks => item.Result.Options.Timeout?.Ticks ?? 0;

    public override TraceParent? Trace => item.Result.IsObserved ? item.Result.ControlIfAny?.Trace?.Travelling : null;
}
