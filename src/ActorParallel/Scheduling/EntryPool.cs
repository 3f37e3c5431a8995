namespace ActorParallel.Scheduling;

/// <summary>Entries of ended tasks for the next ones; keeps no more than are in flight, or a few thousand.</summary>
internal sealed class EntryPool
{
    const int KeptAnyway = 4096;
    readonly Stack<TaskEntry> _free = new();

    public int Free => _free.Count;

    public TaskEntry Rent()
    {
        if (_free.TryPop(out var entry))
            return entry;
        entry = new TaskEntry();
        entry.Reset();
        return entry;
    }

    public void Return(TaskEntry entry, int inFlight)
    {
        entry.Reset();
        if (_free.Count < Math.Max(KeptAnyway, inFlight))
            _free.Push(entry);
    }

    /// <summary>Lets go of what a past burst left.</summary>
    public void Trim(int inFlight)
    {
        var keep = Math.Max(KeptAnyway, inFlight);
        if (_free.Count <= keep)
            return;
        while (_free.Count > keep)
            _free.Pop();
        _free.TrimExcess(keep);
    }
}
