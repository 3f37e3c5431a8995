using System.Runtime.InteropServices;

namespace ActorParallel.TestKit;

/// <summary>What will happen when. Those of one moment happen in the order they were planned.</summary>
internal sealed class EventHeap
{
    SimulationEvent[] _items = new SimulationEvent[256];
    long _planned;

    public int Count { get; private set; }

    public ref readonly SimulationEvent First => ref _items[0];

    /// <summary>Returns the event's number, by which it is known.</summary>
    public long Plan(long at, EventKind kind, int engine, long data = 0)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        var planned = new SimulationEvent(at, ++_planned, kind, engine, data);
        // A 4-ary heap: D. Johnson, "Priority queues with update and finding minimum spanning trees", 1975.
        var i = Count++;
        while (i > 0)
        {
            var parent = (i - 1) >> 2;
            if (!planned.IsBefore(_items[parent]))
                break;
            _items[i] = _items[parent];
            i = parent;
        }
        _items[i] = planned;
        return planned.Number;
    }

    public SimulationEvent Take()
    {
        var first = _items[0];
        var last = _items[--Count];
        var i = 0;
        while ((i << 2) + 1 is var child && child < Count)
        {
            var least = child;
            var end = Math.Min(child + 4, Count);
            for (var other = child + 1; other < end; other++)
            {
                if (_items[other].IsBefore(_items[least]))
                    least = other;
            }
            if (!_items[least].IsBefore(last))
                break;
            _items[i] = _items[least];
            i = least;
        }
        _items[i] = last;
        return first;
    }
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct SimulationEvent(long At, long Number, EventKind Kind, int Engine, long Data)
{
    public bool IsBefore(in SimulationEvent other) => At < other.At || (At == other.At && Number < other.Number);
}

internal enum EventKind : byte
{
    /// <summary>The next task of the workload that <c>Data</c> numbers.</summary>
    Arrival,

    EngineJoins,

    /// <summary>Of the engine's life that <c>Data</c> numbers; so too the next two.</summary>
    EngineDies,

    EngineLeaves,

    LossNoticed,

    /// <summary>An attempt at the engine is over: the one whose event this is.</summary>
    AttemptEnds,

    /// <summary>A message from the controller arrives at the engine; <c>Data</c> is its place.</summary>
    ToEngine,

    /// <summary>And the other way.</summary>
    ToController,
}
