using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace ActorParallel.Payloads;

internal sealed class DictionaryContent<TKey, TValue>(Type type) : CollectionContent<Dictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(type) where TKey : notnull
{
    private static readonly Comparers<Dictionary<TKey, TValue>, IEqualityComparer<TKey>> s_comparers =
        new(c => c.Comparer, EqualityComparer<TKey>.Default, c => new(c));

    protected override IComparers<Dictionary<TKey, TValue>> Comparers => s_comparers;

    protected override KeyValuePair<TKey, TValue>[] Snapshot(Dictionary<TKey, TValue> collection) => [.. collection];

    protected override Dictionary<TKey, TValue> New() => new();

    protected override void Add(Dictionary<TKey, TValue> collection, KeyValuePair<TKey, TValue> item) => collection.Add(item.Key, item.Value);

    protected override void WriteItems(PayloadWriter writer, Dictionary<TKey, TValue> collection)
    {
        Codec<TKey> keys = Codecs.For<TKey>();
        Codec<TValue> values = Codecs.For<TValue>();
        writer.WriteUInt32((uint)collection.Count);
        int i = 0;
        foreach ((TKey key, TValue value) in collection)
        {
            writer.At(i++);
            writer.Whole++;
            keys.Write(writer, key);
            writer.Whole--;
            values.Write(writer, value);
        }
    }

    protected override void ReadItems(ref PayloadReader reader, Dictionary<TKey, TValue> collection, int count)
    {
        Codec<TKey> keys = Codecs.For<TKey>();
        Codec<TValue> values = Codecs.For<TValue>();
        collection.EnsureCapacity(count);
        for (int i = 0; i < count; i++)
        {
            reader.Whole++;
            TKey key = keys.Read(ref reader);
            reader.Whole--;
            collection.Add(key, values.Read(ref reader));
        }
    }
}

internal sealed class OrderedDictionaryContent<TKey, TValue>(Type type) : CollectionContent<OrderedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(type) where TKey : notnull
{
    private static readonly Comparers<OrderedDictionary<TKey, TValue>, IEqualityComparer<TKey>> s_comparers =
        new(c => c.Comparer, EqualityComparer<TKey>.Default, c => new(c));

    protected override IComparers<OrderedDictionary<TKey, TValue>> Comparers => s_comparers;

    protected override KeyValuePair<TKey, TValue>[] Snapshot(OrderedDictionary<TKey, TValue> collection) => [.. collection];

    protected override OrderedDictionary<TKey, TValue> New() => new();

    protected override void Add(OrderedDictionary<TKey, TValue> collection, KeyValuePair<TKey, TValue> item) => collection.Add(item.Key, item.Value);
}

internal sealed class ConcurrentDictionaryContent<TKey, TValue>(Type type) : CollectionContent<ConcurrentDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(type) where TKey : notnull
{
    private static readonly Comparers<ConcurrentDictionary<TKey, TValue>, IEqualityComparer<TKey>> s_comparers =
        new(c => c.Comparer, EqualityComparer<TKey>.Default, c => new(c));

    protected override IComparers<ConcurrentDictionary<TKey, TValue>> Comparers => s_comparers;

    protected override KeyValuePair<TKey, TValue>[] Snapshot(ConcurrentDictionary<TKey, TValue> collection) => collection.ToArray();

    protected override ConcurrentDictionary<TKey, TValue> New() => new();

    protected override void Add(ConcurrentDictionary<TKey, TValue> collection, KeyValuePair<TKey, TValue> item) => collection[item.Key] = item.Value;
}

internal sealed class SortedDictionaryContent<TKey, TValue>(Type type) : CollectionContent<SortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(type) where TKey : notnull
{
    private static readonly Comparers<SortedDictionary<TKey, TValue>, IComparer<TKey>> s_comparers =
        new(c => c.Comparer, Comparer<TKey>.Default, c => new(c));

    protected override IComparers<SortedDictionary<TKey, TValue>> Comparers => s_comparers;

    protected override KeyValuePair<TKey, TValue>[] Snapshot(SortedDictionary<TKey, TValue> collection) => [.. collection];

    protected override SortedDictionary<TKey, TValue> New() => new();

    protected override void Add(SortedDictionary<TKey, TValue> collection, KeyValuePair<TKey, TValue> item) => collection.Add(item.Key, item.Value);
}

internal sealed class SortedListContent<TKey, TValue>(Type type) : CollectionContent<SortedList<TKey, TValue>, KeyValuePair<TKey, TValue>>(type) where TKey : notnull
{
    private static readonly Comparers<SortedList<TKey, TValue>, IComparer<TKey>> s_comparers =
        new(c => c.Comparer, Comparer<TKey>.Default, c => new(c));

    protected override IComparers<SortedList<TKey, TValue>> Comparers => s_comparers;

    protected override KeyValuePair<TKey, TValue>[] Snapshot(SortedList<TKey, TValue> collection) => [.. collection];

    protected override SortedList<TKey, TValue> New() => new();

    protected override void Add(SortedList<TKey, TValue> collection, KeyValuePair<TKey, TValue> item) => collection.Add(item.Key, item.Value);
}

internal sealed class HashSetContent<T>(Type type) : CollectionContent<HashSet<T>, T>(type)
{
    private static readonly Comparers<HashSet<T>, IEqualityComparer<T>> s_comparers =
        new(c => c.Comparer, EqualityComparer<T>.Default, c => new(c));

    protected override IComparers<HashSet<T>> Comparers => s_comparers;

    protected override bool ItemsAreKeys => true;

    protected override T[] Snapshot(HashSet<T> collection) => [.. collection];

    protected override HashSet<T> New() => new();

    protected override void Add(HashSet<T> collection, T item) => collection.Add(item);
}

internal sealed class SortedSetContent<T>(Type type) : CollectionContent<SortedSet<T>, T>(type)
{
    private static readonly Comparers<SortedSet<T>, IComparer<T>> s_comparers =
        new(c => c.Comparer, Comparer<T>.Default, c => new(c));

    protected override IComparers<SortedSet<T>> Comparers => s_comparers;

    protected override bool ItemsAreKeys => true;

    protected override T[] Snapshot(SortedSet<T> collection) => [.. collection];

    protected override SortedSet<T> New() => [];

    protected override void Add(SortedSet<T> collection, T item) => collection.Add(item);
}

/// <summary>The untyped one; its comparer is not public and travels as the field it is.</summary>
internal sealed class HashtableContent(Type type) : CollectionContent<Hashtable, DictionaryEntry>(type)
{
    private static readonly Comparers<Hashtable, IEqualityComparer?> s_comparers = new(
        t => (IEqualityComparer?)typeof(Hashtable).GetField("_keycomparer", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(t), null, c => new(c));

    protected override IComparers<Hashtable> Comparers => s_comparers;

    protected override bool ItemsAreKeys => true;

    protected override DictionaryEntry[] Snapshot(Hashtable collection) => [.. collection.Cast<DictionaryEntry>()];

    protected override Hashtable New() => new();

    protected override void Add(Hashtable collection, DictionaryEntry item) => collection.Add(item.Key, item.Value);
}
