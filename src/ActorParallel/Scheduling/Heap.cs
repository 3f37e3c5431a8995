namespace ActorParallel.Scheduling;

internal interface IHeapItem<T>
{
    /// <summary>Its place in the heap, or -1.</summary>
    int HeapIndex { get; set; }

    static abstract bool Before(T a, T b);
}

/// <summary>A binary heap whose items know their place.</summary>
internal sealed class Heap<T>
    where T : class, IHeapItem<T>
{
    readonly List<T> _items = [];

    public int Count => _items.Count;

    public T? First => _items.Count == 0 ? null : _items[0];

    public void Add(T item)
    {
        item.HeapIndex = _items.Count;
        _items.Add(item);
        Settle(item);
    }

    public void Remove(T item)
    {
        var hole = item.HeapIndex;
        item.HeapIndex = -1;
        var last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        if (ReferenceEquals(last, item))
            return;
        Put(last, hole);
        Settle(last);
    }

    /// <summary>To its right place after its key changed.</summary>
    public void Settle(T item)
    {
        var at = item.HeapIndex;
        while (at > 0 && T.Before(item, _items[(at - 1) >> 1]))
        {
            Put(_items[(at - 1) >> 1], at);
            at = (at - 1) >> 1;
        }
        while ((at << 1) + 1 is var child && child < _items.Count)
        {
            if (child + 1 < _items.Count && T.Before(_items[child + 1], _items[child]))
                child++;
            if (!T.Before(_items[child], item))
                break;
            Put(_items[child], at);
            at = child;
        }
        Put(item, at);
    }

    void Put(T item, int index)
    {
        _items[index] = item;
        item.HeapIndex = index;
    }
}
