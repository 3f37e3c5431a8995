using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorParallel.Payloads;

/// <summary>
/// A collection that exists before its items do: made empty, then filled through its own methods, since hashes and orders may differ in
/// the other process. A user's subclass keeps its own fields.
/// </summary>
internal abstract class CollectionContent<TCollection, TItem>(Type type) : OpenContent(type) where TCollection : class
{
    private readonly FieldSet? _extra = type == typeof(TCollection) ? null : new FieldSet(type, typeof(TCollection));

    protected abstract TItem[] Snapshot(TCollection collection);

    protected abstract TCollection New();

    protected abstract void Add(TCollection collection, TItem item);

    /// <summary>The comparer's codec and such, for collections that have one.</summary>
    protected virtual IComparers<TCollection>? Comparers => null;

    /// <summary>True when an item must be whole before it goes in, because it is hashed or compared.</summary>
    protected virtual bool ItemsAreKeys => false;

    public sealed override void WriteHead(PayloadWriter writer, object value)
    {
        if (Comparers is { } comparers)
        {
            writer.Whole++;
            comparers.Write(writer, Unsafe.As<TCollection>(value));
            writer.Whole--;
        }
    }

    public sealed override object ReadHead(ref PayloadReader reader)
    {
        object? comparer = null;
        if (Comparers is { } comparers)
        {
            reader.Whole++;
            comparer = comparers.Read(ref reader);
            reader.Whole--;
        }

        return WireType != typeof(TCollection) ? NewDerived(comparer) : comparer is null ? New() : Comparers!.New(comparer);
    }

    public sealed override void WriteBody(PayloadWriter writer, object value)
    {
        int more = ItemsAreKeys ? 1 : 0;
        writer.Whole += more;
        WriteItems(writer, Unsafe.As<TCollection>(value));
        writer.Whole -= more;
        _extra?.Write(writer, value);
    }

    public sealed override void ReadBody(ref PayloadReader reader, object value)
    {
        int more = ItemsAreKeys ? 1 : 0;
        reader.Whole += more;
        ReadItems(ref reader, Unsafe.As<TCollection>(value), reader.ReadCount());
        reader.Whole -= more;
        _extra?.Read(ref reader, value);
    }

    protected virtual void WriteItems(PayloadWriter writer, TCollection collection)
    {
        TItem[] items = Snapshot(collection);
        writer.WriteUInt32((uint)items.Length);
        Items.WriteEach<TItem>(writer, items);
    }

    protected virtual void ReadItems(ref PayloadReader reader, TCollection collection, int count)
    {
        Codec<TItem> codec = Codecs.For<TItem>();
        for (int i = 0; i < count; i++)
        {
            Add(collection, codec.Read(ref reader));
        }
    }

    public override string Describe(object? instance, int index)
    {
        TItem[] items = instance is TCollection collection ? Snapshot(collection) : [];
        return index < items.Length ? Entries.Describe(items[index], index) : _extra?.Describe(index) ?? $"[{index}]";
    }

    /// <summary>Runs the collection's own constructor on an object of the derived type, whose constructor must not run.</summary>
    private TCollection NewDerived(object? comparer)
    {
        object value = RuntimeHelpers.GetUninitializedObject(WireType);
        Type[] parameters = comparer is null ? [] : [Comparers!.Interface];
        ConstructorInfo constructor = typeof(TCollection).GetConstructor(parameters)!;
        constructor.Invoke(value, comparer is null ? null : [comparer]);
        return (TCollection)value;
    }
}

/// <summary>A collection that is made at once from all its items: immutable, frozen.</summary>
internal abstract class BuiltContent<TCollection, TItem>() : Content(typeof(TCollection)) where TCollection : class
{
    public sealed override bool IsBuiltLast => true;

    protected abstract TItem[] Snapshot(TCollection collection);

    /// <summary>True when an item must be whole before it goes in, because it is hashed or compared.</summary>
    protected virtual bool ItemsAreKeys => false;

    protected abstract TCollection Build(TItem[] items, ref PayloadReader reader);

    protected virtual void WriteComparers(PayloadWriter writer, TCollection collection)
    {
    }

    public sealed override void Write(PayloadWriter writer, object value)
    {
        var collection = (TCollection)value;
        int more = ItemsAreKeys ? 1 : 0;
        writer.Whole += more;
        Items.Write<TItem>(writer, Snapshot(collection));
        writer.Whole -= more;
        writer.Whole++;
        WriteComparers(writer, collection);
        writer.Whole--;
    }

    public sealed override object Read(ref PayloadReader reader, int id)
    {
        int more = ItemsAreKeys ? 1 : 0;
        reader.Whole += more;
        TItem[] items = Items.Read<TItem>(ref reader);
        reader.Whole -= more;
        reader.Whole++;
        TCollection collection = Build(items, ref reader);
        reader.Whole--;
        reader.SetObject(id, collection);
        return collection;
    }

    public override string Describe(object? instance, int index)
    {
        TItem[] items = instance is TCollection collection ? Snapshot(collection) : [];
        return index < items.Length ? Entries.Describe(items[index], index) : $"[{index}]";
    }
}

internal static class Entries
{
    /// <summary>An entry is named by its key when that is short to say, an item by its place.</summary>
    public static string Describe<T>(T item, int index) => Key(item) ?? $"[{index}]";

    private static string? Key<T>(T item)
    {
        if (!typeof(T).IsGenericType || typeof(T).GetGenericTypeDefinition() != typeof(KeyValuePair<,>))
        {
            return null;
        }

        object? key = typeof(T).GetProperty("Key")!.GetValue(item);
        return key is string text ? $"[\"{text}\"]" : key is not null && (key.GetType().IsPrimitive || key.GetType().IsEnum) ? $"[{key}]" : null;
    }
}
