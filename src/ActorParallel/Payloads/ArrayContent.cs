using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorParallel.Payloads;

/// <summary>A vector of values without references: one block.</summary>
internal sealed class BlockContent<T>() : Content(typeof(T[]))
{
    public override void Write(PayloadWriter writer, object value)
    {
        T[] items = Unsafe.As<T[]>(value);
        writer.WriteBlock(items, 0, items.Length);
    }

    public override object Read(ref PayloadReader reader, int id)
    {
        T[] items = reader.ReadBlock<T>();
        reader.SetObject(id, items);
        return items;
    }
}

/// <summary>A vector of anything else: item by item.</summary>
internal sealed class ArrayContent<T>() : OpenContent(typeof(T[]))
{
    public override void WriteHead(PayloadWriter writer, object value) => writer.WriteUInt32((uint)Unsafe.As<T[]>(value).Length);

    public override object ReadHead(ref PayloadReader reader) => new T[reader.ReadCount()];

    // As an array of exactly T: an array of a derived type has a content of its own.
    public override void WriteBody(PayloadWriter writer, object value) => Items.WriteEach<T>(writer, Unsafe.As<T[]>(value));

    public override void ReadBody(ref PayloadReader reader, object value) => Items.ReadEach<T>(ref reader, Unsafe.As<T[]>(value));
}

/// <summary>An array with several dimensions, or with one that doesn't start at zero.</summary>
internal sealed class SpaceContent<T>(Type type) : Content(type)
{
    public override void Write(PayloadWriter writer, object value)
    {
        var array = (Array)value;
        for (int d = 0; d < array.Rank; d++)
        {
            writer.WriteUInt32((uint)array.GetLength(d));
            writer.WriteInt32(array.GetLowerBound(d));
        }

        if (ItemFacts<T>.AreBlock)
        {
            writer.WriteBlock(array);
        }
        else
        {
            Items.WriteEach<T>(writer, All(array));
        }
    }

    public override object Read(ref PayloadReader reader, int id)
    {
        int rank = WireType.GetArrayRank();
        int[] lengths = new int[rank];
        int[] bounds = new int[rank];
        long total = 1;
        for (int d = 0; d < rank; d++)
        {
            lengths[d] = (int)Math.Min(reader.ReadUInt32(), int.MaxValue);
            bounds[d] = reader.ReadInt32();
            total = checked(total * lengths[d]);
        }

        long size = ItemFacts<T>.AreBlock ? Unsafe.SizeOf<T>() : 1;
        if (total > reader.Remaining / size)
        {
            throw reader.Corrupt($"an array of {total:N0} items is announced and {reader.Remaining:N0} bytes are left");
        }

        Array array = Array.CreateInstance(typeof(T), lengths, bounds);
        reader.SetObject(id, array);
        if (!ItemFacts<T>.AreBlock)
        {
            Items.ReadEach(ref reader, All(array));
        }
        else if (reader.ReadUInt32() == total)
        {
            ReadOnlySpan<byte> bytes = reader.ReadRaw(total * size);
            bytes.CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), bytes.Length));
        }
        else
        {
            throw reader.Corrupt("an array's lengths contradict each other");
        }

        return array;
    }

    public override string Describe(object? instance, int index)
    {
        var array = (Array)instance!;
        var at = new string[array.Rank];
        for (int d = array.Rank - 1; d >= 0; d--)
        {
            at[d] = (array.GetLowerBound(d) + (index % array.GetLength(d))).ToString(System.Globalization.CultureInfo.InvariantCulture);
            index /= array.GetLength(d);
        }

        return $"[{string.Join(", ", at)}]";
    }

    private static Span<T> All(Array array) => array.Length == 0
        ? []
        : MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
}
