using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Transport;

namespace ActorParallel.Clients;

/// <summary>
/// A call on its way: its function and arguments as bytes, kept until every task of it has ended, so that it can be sent again to a controller
/// that was started anew. One payload may be for several engines, with a task for each.
/// </summary>
internal sealed class Submission
{
    int _left;

    public Submission(ITaskItem item, ShippedFunction function, byte[] payload, Segment? segment, int length, ClusterOptions options, Dependencies? dependencies)
        : this(function, payload, segment, length, options) => (One, Dependencies, _left) = (item, dependencies, 1);

    public Submission(ITaskItem[] items, int[] engines, ShippedFunction function, byte[] payload, Segment? segment, int length, ClusterOptions options)
        : this(function, payload, segment, length, options) => (Items, Engines, _left) = (items, engines, items.Length);

    Submission(ShippedFunction function, byte[] payload, Segment? segment, int length, ClusterOptions options) =>
        (Function, _payload, Segment, _length, Options) = (function, payload, segment, length, options);

    readonly byte[] _payload;
    readonly int _length;

    /// <summary>The same call with other options and dependencies.</summary>
    public Submission With(ClusterOptions options, Dependencies? dependencies) => new(One!, Function, _payload, Segment, _length, options, dependencies);

    /// <summary>The task, where the controller chooses its engine.</summary>
    public ITaskItem? One { get; }

    /// <summary>A task for each engine of <see cref="Engines"/>.</summary>
    public ITaskItem[] Items { get; } = [];

    public int[] Engines { get; } = [];

    public ShippedFunction Function { get; }

    public ClusterOptions Options { get; }

    public Dependencies? Dependencies { get; }

    /// <summary>Where the payload is, when it is large and memory is shared.</summary>
    public Segment? Segment { get; }

    public PayloadPlace Place => Segment is null ? new(_payload, 0, null, _payload.Length) : new(default, Segment.Id, Segment.FileName, _length);

    /// <summary>One of its tasks has ended. True: it was the last.</summary>
    public bool EndOne() => --_left == 0;

    public void Write(PayloadWriter writer, int options, bool again)
    {
        var first = (One ?? Items[0]).Result;
        if (first.IsObserved) first.ControlIfAny?.Trace?.Travelling?.Write(writer, (byte)ClientEntry.Trace);
        writer.WriteByte((byte)(One is null ? ClientEntry.Direct : ClientEntry.Submit));
        if (One is not null) writer.WriteInt64(first.Sequence);
        else writer.WriteBool(again);
        writer.WriteInt32(Function.Id);
        writer.WriteInt32(options);
        writer.WriteInt64(Clock.ToUtcTicks(first.SubmittedAt));
        writer.WriteString(first.Options.Label);
        if (One is not null) DependencyWire.Write(writer, Dependencies);
        TaskWire.WritePlace(writer, Place);
        if (One is not null) return;
        writer.WriteInt32(Engines.Length);
        for (var i = 0; i < Engines.Length; i++)
        {
            writer.WriteInt32(Engines[i]);
            writer.WriteInt64(Items[i].Result.Sequence);
        }
    }
}
