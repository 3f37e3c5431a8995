using ActorParallel.Engines;
using ActorParallel.Transport;

namespace ActorParallel.Controllers;

/// <summary>A task in flight: its result, its function and its arguments as bytes, kept until it has ended.</summary>
internal sealed class LedgerEntry(ITaskItem item, ShippedFunction function, byte[] payload, Segment? segment, int segmentLength)
{
    public ITaskItem Item => item;

    public AsyncResult Result => item.Result;

    public ShippedFunction Function => function;

    /// <summary>Captured values and argument, when they are small.</summary>
    public byte[] Payload => payload;

    /// <summary>Where they are, when they are large.</summary>
    public Segment? Segment => segment;

    public int SegmentLength => segmentLength;
}
