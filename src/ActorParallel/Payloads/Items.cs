using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorParallel.Payloads;

/// <summary>Runs of items: one block when they hold no references, else one after the other.</summary>
internal static class Items
{
    public static void Write<T>(PayloadWriter writer, ReadOnlyMemory<T> items)
    {
        if (ItemFacts<T>.AreBlock)
        {
            if (MemoryMarshal.TryGetArray(items, out ArraySegment<T> segment))
            {
                writer.WriteBlock(segment.Array ?? [], segment.Offset, segment.Count);
            }
            else
            {
                writer.WriteBlock(items.Span);
            }
        }
        else
        {
            writer.WriteUInt32((uint)items.Length);
            WriteEach(writer, items.Span);
        }
    }

    public static void WriteEach<T>(PayloadWriter writer, ReadOnlySpan<T> items)
    {
        Codec<T> codec = Codecs.For<T>();
        for (int i = 0; i < items.Length; i++)
        {
            writer.At(i);
            codec.Write(writer, items[i]);
        }
    }

    public static T[] Read<T>(ref PayloadReader reader)
    {
        if (ItemFacts<T>.AreBlock)
        {
            return reader.ReadBlock<T>();
        }

        T[] items = new T[reader.ReadCount()];
        ReadEach(ref reader, items.AsSpan());
        return items;
    }

    public static Span<byte> BytesOf<T>(Span<T> items) => MemoryMarshal.CreateSpan(
        ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), checked(items.Length * Unsafe.SizeOf<T>()));

    public static void ReadEach<T>(ref PayloadReader reader, Span<T> items)
    {
        Codec<T> codec = Codecs.For<T>();
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = codec.Read(ref reader);
        }
    }
}

internal static class ItemFacts<T>
{
    /// <summary>True when the items' memory is their payload.</summary>
    public static readonly bool AreBlock = typeof(T).IsValueType && Fields.IsUnmanaged(typeof(T)) && Codecs.For<T>() is not IRefusing;
}
