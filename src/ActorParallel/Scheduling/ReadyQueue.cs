namespace ActorParallel.Scheduling;

/// <summary>Tasks for any engine: higher priorities first, each in order. A bucket for each priority in use.</summary>
internal sealed class ReadyQueue
{
    readonly List<(int Priority, EntryList Tasks)> _buckets = [];
    readonly Stack<EntryList> _spare = new();

    public int Count { get; private set; }

    public TaskEntry? First => Count == 0 ? null : _buckets[^1].Tasks.First;

    public void AddLast(TaskEntry entry)
    {
        Bucket(entry.Spec.Priority).AddLast(entry);
        Count++;
    }

    public void AddFirst(TaskEntry entry)
    {
        Bucket(entry.Spec.Priority).AddFirst(entry);
        Count++;
    }

    public void Remove(TaskEntry entry)
    {
        var list = entry.List!;
        list.Remove(entry);
        Count--;
        if (list.Count > 0)
            return;
        _buckets.RemoveAt(Find(entry.Spec.Priority));
        if (_spare.Count < 16)
            _spare.Push(list);
    }

    public bool Holds(TaskEntry entry) => Find(entry.Spec.Priority) is >= 0 and var i && _buckets[i].Tasks == entry.List;

    public int CountAbove(int priority)
    {
        var count = 0;
        for (var i = _buckets.Count - 1; i >= 0 && _buckets[i].Priority > priority; i--)
            count += _buckets[i].Tasks.Count;
        return count;
    }

    EntryList Bucket(int priority)
    {
        var i = Find(priority);
        if (i >= 0)
            return _buckets[i].Tasks;
        var list = _spare.TryPop(out var spare) ? spare : new EntryList();
        _buckets.Insert(~i, (priority, list));
        return list;
    }

    // Ascending, so that the first task is in the last bucket and taking it moves nothing.
    int Find(int priority)
    {
        int low = 0, high = _buckets.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = _buckets[middle].Priority;
            if (found == priority)
                return middle;
            if (found < priority)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }
}
