namespace ActorParallel.Scheduling;

/// <summary>A doubly linked list through the entries themselves: every operation is O(1) and allocates nothing.</summary>
internal class EntryList
{
    public TaskEntry? First { get; private set; }

    public TaskEntry? Last { get; private set; }

    public int Count { get; private set; }

    public void AddLast(TaskEntry entry)
    {
        entry.List = this;
        entry.Previous = Last;
        entry.Next = null;
        if (Last is null)
            First = entry;
        else
            Last.Next = entry;
        Last = entry;
        Count++;
    }

    public void AddFirst(TaskEntry entry)
    {
        entry.List = this;
        entry.Next = First;
        entry.Previous = null;
        if (First is null)
            Last = entry;
        else
            First.Previous = entry;
        First = entry;
        Count++;
    }

    public void Remove(TaskEntry entry)
    {
        if (entry.Previous is null)
            First = entry.Next;
        else
            entry.Previous.Next = entry.Next;
        if (entry.Next is null)
            Last = entry.Previous;
        else
            entry.Next.Previous = entry.Previous;
        entry.List = null;
        entry.Next = entry.Previous = null;
        Count--;
    }

    /// <summary>Puts <paramref name="entry"/>, which is in no list, in the place of <paramref name="former"/>.</summary>
    public void Replace(TaskEntry former, TaskEntry entry)
    {
        entry.List = this;
        entry.Previous = former.Previous;
        entry.Next = former.Next;
        if (entry.Previous is null)
            First = entry;
        else
            entry.Previous.Next = entry;
        if (entry.Next is null)
            Last = entry;
        else
            entry.Next.Previous = entry;
        former.List = null;
        former.Next = former.Previous = null;
    }
}
