using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace ActorParallel.Payloads;

internal sealed class ListContent<T>(Type type) : CollectionContent<List<T>, T>(type)
{
    protected override T[] Snapshot(List<T> collection) => [.. collection];

    protected override List<T> New() => [];

    protected override void Add(List<T> collection, T item) => collection.Add(item);

    protected override void WriteItems(PayloadWriter writer, List<T> collection)
    {
        ReadOnlySpan<T> items = CollectionsMarshal.AsSpan(collection);
        if (ItemFacts<T>.AreBlock)
        {
            writer.WriteBlock(items);
        }
        else
        {
            writer.WriteUInt32((uint)items.Length);
            Items.WriteEach(writer, items);
        }
    }

    protected override void ReadItems(ref PayloadReader reader, List<T> collection, int count)
    {
        if (ItemFacts<T>.AreBlock)
        {
            ReadOnlySpan<byte> bytes = reader.ReadRaw((long)count * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
            CollectionsMarshal.SetCount(collection, count);
            bytes.CopyTo(Items.BytesOf(CollectionsMarshal.AsSpan(collection)));
            return;
        }

        Codec<T> codec = Codecs.For<T>();
        collection.EnsureCapacity(count);
        for (int i = 0; i < count; i++)
        {
            collection.Add(codec.Read(ref reader));
        }
    }
}

internal sealed class LinkedListContent<T>(Type type) : CollectionContent<LinkedList<T>, T>(type)
{
    protected override T[] Snapshot(LinkedList<T> collection) => [.. collection];

    protected override LinkedList<T> New() => new();

    protected override void Add(LinkedList<T> collection, T item) => collection.AddLast(item);
}

internal sealed class QueueContent<T>(Type type) : CollectionContent<Queue<T>, T>(type)
{
    protected override T[] Snapshot(Queue<T> collection) => collection.ToArray();

    protected override Queue<T> New() => new();

    protected override void Add(Queue<T> collection, T item) => collection.Enqueue(item);
}

internal sealed class StackContent<T>(Type type) : CollectionContent<Stack<T>, T>(type)
{
    protected override T[] Snapshot(Stack<T> collection)
    {
        T[] items = collection.ToArray();
        Array.Reverse(items);
        return items;
    }

    protected override Stack<T> New() => new();

    protected override void Add(Stack<T> collection, T item) => collection.Push(item);
}

internal sealed class ConcurrentQueueContent<T>(Type type) : CollectionContent<ConcurrentQueue<T>, T>(type)
{
    protected override T[] Snapshot(ConcurrentQueue<T> collection) => collection.ToArray();

    protected override ConcurrentQueue<T> New() => new();

    protected override void Add(ConcurrentQueue<T> collection, T item) => collection.Enqueue(item);
}

internal sealed class ConcurrentStackContent<T>(Type type) : CollectionContent<ConcurrentStack<T>, T>(type)
{
    protected override T[] Snapshot(ConcurrentStack<T> collection)
    {
        T[] items = collection.ToArray();
        Array.Reverse(items);
        return items;
    }

    protected override ConcurrentStack<T> New() => new();

    protected override void Add(ConcurrentStack<T> collection, T item) => collection.Push(item);
}

internal sealed class ConcurrentBagContent<T>(Type type) : CollectionContent<ConcurrentBag<T>, T>(type)
{
    // Oldest first: a bag gives back what was put in last.
    protected override T[] Snapshot(ConcurrentBag<T> collection)
    {
        T[] items = collection.ToArray();
        Array.Reverse(items);
        return items;
    }

    protected override ConcurrentBag<T> New() => [];

    protected override void Add(ConcurrentBag<T> collection, T item) => collection.Add(item);
}

internal sealed class PriorityQueueContent<T, TPriority>(Type type) : CollectionContent<PriorityQueue<T, TPriority>, (T, TPriority)>(type)
{
    private static readonly Comparers<PriorityQueue<T, TPriority>, IComparer<TPriority>> s_comparers =
        new(q => q.Comparer, Comparer<TPriority>.Default, c => new(c));

    protected override IComparers<PriorityQueue<T, TPriority>> Comparers => s_comparers;

    protected override bool ItemsAreKeys => true;

    protected override (T, TPriority)[] Snapshot(PriorityQueue<T, TPriority> collection) => [.. collection.UnorderedItems];

    protected override PriorityQueue<T, TPriority> New() => new();

    protected override void Add(PriorityQueue<T, TPriority> collection, (T, TPriority) item) => collection.Enqueue(item.Item1, item.Item2);
}
