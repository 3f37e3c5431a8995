namespace ActorParallel.TestKit;

/// <summary>One engine: what it runs, what is queued there, and what it did.</summary>
internal sealed class SimulatedEngine(int id, int workers)
{
    public readonly int Id = id;
    public readonly EngineSlot[] Slots = NewSlots(workers);

    /// <summary>Not started, in order.</summary>
    public readonly TaskRing Queue = new();

    /// <summary>Counts its lives: what was planned for an earlier one is off.</summary>
    public int Life;
    public double Speed;
    public double? GivenSpeed;
    public long[] Suspects = [];
    public string[] Tags = [];
    public int Running;

    /// <summary>Its process is there.</summary>
    public bool Present;

    /// <summary>The controller holds it for present.</summary>
    public bool Known;

    /// <summary>Its connection is cut.</summary>
    public bool Cut;

    /// <summary>Another comes in its place when it has left.</summary>
    public bool Returns;

    /// <summary>No message on its way is overtaken by a later one.</summary>
    public long LastToEngine;
    public long LastToController;

    /// <summary>What it has to say when its connection is back.</summary>
    public readonly Queue<SimulatedMessage> Unsaid = new();

    // For the report.
    public long PresentSince;
    public double PresentTicks;
    public double BusyTicks;
    public int Attempts;
    public int Deaths;

    public int Held => Running + Queue.Count;

    public int SlotOf(long task, int attempt)
    {
        for (var i = 0; i < Slots.Length; i++)
        {
            if (Slots[i].Task == task && Slots[i].Attempt == attempt)
                return i;
        }
        return -1;
    }

    /// <summary>The one whose attempt ends with this event, or -1: it was taken back.</summary>
    public int SlotOf(long endEvent)
    {
        for (var i = 0; i < Slots.Length; i++)
        {
            if (Slots[i].EndEvent == endEvent)
                return i;
        }
        return -1;
    }

    public int FreeSlot()
    {
        for (var i = 0; i < Slots.Length; i++)
        {
            if (Slots[i].Task < 0)
                return i;
        }
        return -1;
    }

    static EngineSlot[] NewSlots(int workers)
    {
        var slots = new EngineSlot[workers];
        Array.Fill(slots, EngineSlot.Empty);
        return slots;
    }
}

/// <summary>A worker, and what it runs.</summary>
internal record struct EngineSlot(long Task, int Attempt, long StartedAt, long EndEvent)
{
    public static readonly EngineSlot Empty = new(-1, 0, 0, 0);
}

/// <summary>Attempts in the order they came; the newest ones can be taken back.</summary>
internal sealed class TaskRing
{
    (long Task, int Attempt)[] _items = [];
    int _first;

    public int Count { get; private set; }

    public void Add(long task, int attempt)
    {
        if (Count == _items.Length)
        {
            var items = new (long, int)[Math.Max(4, Count * 2)];
            for (var i = 0; i < Count; i++)
                items[i] = At(i);
            (_items, _first) = (items, 0);
        }
        At(Count++) = (task, attempt);
    }

    public (long Task, int Attempt) Take()
    {
        var item = At(0);
        _first = (_first + 1) & (_items.Length - 1);
        Count--;
        return item;
    }

    public bool Remove(long task, int attempt)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            if (At(i) != (task, attempt))
                continue;
            for (var j = i + 1; j < Count; j++)
                At(j - 1) = At(j);
            Count--;
            return true;
        }
        return false;
    }

    public void Clear() => Count = 0;

    ref (long Task, int Attempt) At(int index) => ref _items[(_first + index) & (_items.Length - 1)];
}
