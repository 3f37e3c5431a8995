namespace ActorParallel.Scheduling;

/// <summary>
/// Entries by the moment they fall due, ties by task id. A 4-ary heap whose entries know their place
/// (D. Johnson, "Priority queues with update and finding minimum spanning trees", 1975), so that any can be moved or taken out.
/// </summary>
internal sealed class TimerHeap
{
    const int KeptAnyway = 1024;
    TaskEntry[] _items = new TaskEntry[16];

    public int Count { get; private set; }

    public int Capacity => _items.Length;

    public long NextDue => Count == 0 ? SchedulerTime.Never : _items[0].DueAt;

    public TaskEntry First => _items[0];

    public bool Holds(TaskEntry entry) =>
        (uint)entry.TimerIndex < (uint)Count && ReferenceEquals(_items[entry.TimerIndex], entry);

    /// <summary>Sets, moves or (with <see cref="SchedulerTime.Never"/>) removes the entry's timer.</summary>
    public void Set(TaskEntry entry, long dueAt)
    {
        if (dueAt == SchedulerTime.Never)
        {
            Remove(entry);
            return;
        }
        entry.DueAt = dueAt;
        if (entry.TimerIndex < 0)
        {
            if (Count == _items.Length)
                Array.Resize(ref _items, Count * 2);
            entry.TimerIndex = Count;
            _items[Count++] = entry;
        }
        Settle(entry);
    }

    public void Remove(TaskEntry entry)
    {
        var hole = entry.TimerIndex;
        if (hole < 0)
            return;
        entry.TimerIndex = -1;
        var last = _items[--Count];
        _items[Count] = null!;
        if (last != entry)
        {
            Put(last, hole);
            Settle(last);
        }
        if (_items.Length > KeptAnyway && Count < _items.Length / 8)
            Array.Resize(ref _items, _items.Length / 2);
    }

    void Settle(TaskEntry entry)
    {
        var at = entry.TimerIndex;
        while (at > 0 && Before(entry, _items[(at - 1) >> 2]))
        {
            Put(_items[(at - 1) >> 2], at);
            at = (at - 1) >> 2;
        }
        while (true)
        {
            var first = (at << 2) + 1;
            if (first >= Count)
                break;
            var least = first;
            for (var child = first + 1; child < Math.Min(first + 4, Count); child++)
            {
                if (Before(_items[child], _items[least]))
                    least = child;
            }
            if (!Before(_items[least], entry))
                break;
            Put(_items[least], at);
            at = least;
        }
        Put(entry, at);
    }

    void Put(TaskEntry entry, int index)
    {
        _items[index] = entry;
        entry.TimerIndex = index;
    }

    static bool Before(TaskEntry a, TaskEntry b) => a.DueAt < b.DueAt || (a.DueAt == b.DueAt && a.Id < b.Id);
}
