using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ActorParallel.Payloads;

internal sealed class ImmutableListContent<T> : BuiltContent<ImmutableList<T>, T>
{
    protected override T[] Snapshot(ImmutableList<T> collection) => [.. collection];

    protected override ImmutableList<T> Build(T[] items, ref PayloadReader reader) =>
        [.. items];
}

internal sealed class ImmutableQueueContent<T> : BuiltContent<ImmutableQueue<T>, T>
{
    protected override T[] Snapshot(ImmutableQueue<T> collection) => [.. collection];

    protected override ImmutableQueue<T> Build(T[] items, ref PayloadReader reader) =>
        ImmutableQueue.Create(items);
}

internal sealed class ImmutableStackContent<T> : BuiltContent<ImmutableStack<T>, T>
{
    protected override T[] Snapshot(ImmutableStack<T> collection) => [.. collection.Reverse()];

    protected override ImmutableStack<T> Build(T[] items, ref PayloadReader reader) =>
        ImmutableStack.Create(items);
}

internal sealed class ImmutableHashSetContent<T> : BuiltContent<ImmutableHashSet<T>, T>
{
    protected override bool ItemsAreKeys => true;

    protected override T[] Snapshot(ImmutableHashSet<T> collection) => [.. collection];

    protected override void WriteComparers(PayloadWriter writer, ImmutableHashSet<T> collection)
    {
        writer.Write(collection.KeyComparer);
    }

    protected override ImmutableHashSet<T> Build(T[] items, ref PayloadReader reader) =>
        ImmutableHashSet.Create(reader.ReadNested<IEqualityComparer<T>>(), items);
}

internal sealed class ImmutableSortedSetContent<T> : BuiltContent<ImmutableSortedSet<T>, T>
{
    protected override bool ItemsAreKeys => true;

    protected override T[] Snapshot(ImmutableSortedSet<T> collection) => [.. collection];

    protected override void WriteComparers(PayloadWriter writer, ImmutableSortedSet<T> collection)
    {
        writer.Write(collection.KeyComparer);
    }

    protected override ImmutableSortedSet<T> Build(T[] items, ref PayloadReader reader) =>
        ImmutableSortedSet.Create(reader.ReadNested<IComparer<T>>(), items);
}

internal sealed class ImmutableDictionaryContent<TKey, TValue> : BuiltContent<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>> where TKey : notnull
{
    protected override KeyValuePair<TKey, TValue>[] Snapshot(ImmutableDictionary<TKey, TValue> collection) => [.. collection];

    protected override void WriteComparers(PayloadWriter writer, ImmutableDictionary<TKey, TValue> collection)
    {
        writer.Write(collection.KeyComparer);
        writer.Write(collection.ValueComparer);
    }

    protected override ImmutableDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] items, ref PayloadReader reader) =>
        ImmutableDictionary.CreateRange(
            reader.ReadNested<IEqualityComparer<TKey>>(), reader.ReadNested<IEqualityComparer<TValue>>(), items);
}

internal sealed class ImmutableSortedDictionaryContent<TKey, TValue> : BuiltContent<ImmutableSortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>> where TKey : notnull
{
    protected override KeyValuePair<TKey, TValue>[] Snapshot(ImmutableSortedDictionary<TKey, TValue> collection) => [.. collection];

    protected override void WriteComparers(PayloadWriter writer, ImmutableSortedDictionary<TKey, TValue> collection)
    {
        writer.Write(collection.KeyComparer);
        writer.Write(collection.ValueComparer);
    }

    protected override ImmutableSortedDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] items, ref PayloadReader reader) =>
        ImmutableSortedDictionary.CreateRange(
            reader.ReadNested<IComparer<TKey>>(), reader.ReadNested<IEqualityComparer<TValue>>(), items);
}

internal sealed class FrozenSetContent<T> : BuiltContent<FrozenSet<T>, T>
{
    protected override bool ItemsAreKeys => true;

    protected override T[] Snapshot(FrozenSet<T> collection) => [.. collection];

    protected override void WriteComparers(PayloadWriter writer, FrozenSet<T> collection)
    {
        writer.Write(collection.Comparer);
    }

    protected override FrozenSet<T> Build(T[] items, ref PayloadReader reader) =>
        items.ToFrozenSet(reader.ReadNested<IEqualityComparer<T>>());
}

internal sealed class FrozenDictionaryContent<TKey, TValue> : BuiltContent<FrozenDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>> where TKey : notnull
{
    protected override KeyValuePair<TKey, TValue>[] Snapshot(FrozenDictionary<TKey, TValue> collection) => [.. collection];

    protected override void WriteComparers(PayloadWriter writer, FrozenDictionary<TKey, TValue> collection)
    {
        writer.Write(collection.Comparer);
    }

    protected override FrozenDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] items, ref PayloadReader reader) =>
        items.ToFrozenDictionary(reader.ReadNested<IEqualityComparer<TKey>>());
}

/// <summary>A lookup is rebuilt from its groups; the keys are compared as the default says.</summary>
internal sealed class LookupContent<TKey, TElement> : BuiltContent<Lookup<TKey, TElement>, KeyValuePair<TKey, TElement[]>>
{
    protected override KeyValuePair<TKey, TElement[]>[] Snapshot(Lookup<TKey, TElement> collection) =>
        [.. collection.Select(g => KeyValuePair.Create(g.Key, g.ToArray()))];

    protected override Lookup<TKey, TElement> Build(KeyValuePair<TKey, TElement[]>[] items, ref PayloadReader reader) =>
        (Lookup<TKey, TElement>)items.SelectMany(g => g.Value, (g, e) => (g.Key, Element: e)).ToLookup(p => p.Key, p => p.Element);
}
