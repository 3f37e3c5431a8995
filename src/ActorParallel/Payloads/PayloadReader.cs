using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ActorParallel.Payloads;

/// <summary>
/// Reads what a <see cref="PayloadWriter"/> wrote. Truncated or corrupt bytes throw <see cref="InvalidDataException"/>; nothing outside
/// the bytes is read, and no length is believed before that many bytes are there.
/// </summary>
internal ref partial struct PayloadReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;

    // A first object needs no table; nor do the numbers of objects that are begun and not yet made.
    private object?[]? _objects;
    private object? _first;
    private int _count;
    private int _pending;
    private Stack<int>? _morePending;
    private List<Type>? _types;
    private List<PayloadWriter.Waiting>? _waiting;
    private int _nesting;
    private int _whole;
    private int _stacks;
    private bool _inside;

    public PayloadReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public readonly int Remaining => _bytes.Length - _at;

    public readonly int Position => _at;

    public byte ReadByte() => Take(1);

    public bool ReadBool() => Take(1) != 0;

    public int ReadInt32()
    {
        uint value = ReadUInt32();
        return (int)(value >> 1) ^ -(int)(value & 1);
    }

    public long ReadInt64()
    {
        ulong value = ReadUInt64();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public uint ReadUInt32()
    {
        uint value = Take(1);
        if (value < 0x80)
        {
            return value;
        }

        value &= 0x7F;
        for (int shift = 7; shift < 35; shift += 7)
        {
            byte next = Take(1);
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Corrupt("a number has too many bytes");
    }

    public ulong ReadUInt64()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = Take(1);
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Corrupt("a number has too many bytes");
    }

    public T ReadFixed<T>() where T : unmanaged => ReadUnmanaged<T>();

    /// <summary>For a type known to be unmanaged only at run time.</summary>
    internal T ReadUnmanaged<T>() => Unsafe.ReadUnaligned<T>(ref Take(Unsafe.SizeOf<T>()));

    public string? ReadString()
    {
        uint header = ReadUInt32();
        if (header == 0)
        {
            return null;
        }

        header--;
        long length = header >> 1;
        bool narrow = (header & 1) == 0;
        ReadOnlySpan<byte> bytes = ReadRaw(narrow ? length : 2 * length);
        if (!narrow)
        {
            return new string(MemoryMarshal.Cast<byte, char>(bytes));
        }

        // Latin-1 maps every byte to one character and never fails, whatever came.
        return Encoding.Latin1.GetString(bytes);
    }

    public ReadOnlySpan<byte> ReadBytes() => ReadRaw(ReadUInt32());

    /// <summary>The next bytes as they are, in place.</summary>
    public ReadOnlySpan<byte> ReadRaw(long count)
    {
        if ((ulong)count > (ulong)Remaining)
        {
            throw Corrupt($"{count:N0} bytes are announced and {Remaining:N0} are left");
        }

        ReadOnlySpan<byte> bytes = _bytes.Slice(_at, (int)count);
        _at += (int)count;
        return bytes;
    }

    /// <summary>A number of items; each takes at least a byte, so there can't be more than bytes left.</summary>
    public int ReadCount()
    {
        uint count = ReadUInt32();
        return count <= (uint)Remaining ? (int)count : throw Corrupt($"{count:N0} items are announced and {Remaining:N0} bytes are left");
    }

    /// <summary>What <see cref="PayloadWriter.WriteBlock(Array)"/> wrote.</summary>
    public T[] ReadBlock<T>()
    {
        uint count = ReadUInt32();
        ReadOnlySpan<byte> bytes = ReadRaw((long)count * Unsafe.SizeOf<T>());
        if (count == 0)
        {
            return [];
        }

        T[] array = GC.AllocateUninitializedArray<T>((int)count);
        HugePages.Advise(array, bytes.Length);
        bytes.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(array)), bytes.Length));
        return array;
    }

    /// <inheritdoc cref="ReadBlock{T}"/>
    public Array ReadBlock(Type elementType)
    {
        uint count = ReadUInt32();
        ReadOnlySpan<byte> bytes = ReadRaw((long)count * RuntimeHelpers.SizeOf(elementType.TypeHandle));
        Array array = Array.CreateInstance(elementType, (int)count);
        HugePages.Advise(array, bytes.Length);
        bytes.CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), bytes.Length));
        return array;
    }

    internal readonly InvalidDataException Corrupt(string what) =>
        new($"The payload is truncated or corrupt at byte {_at:N0} of {_bytes.Length:N0}: {what}.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Take(int count)
    {
        int at = _at;
        if (_bytes.Length - at < count)
        {
            ThrowTruncated(count);
        }

        _at = at + count;
        return ref Unsafe.Add(ref MemoryMarshal.GetReference(_bytes), at);
    }

    private readonly void ThrowTruncated(int count) => throw Corrupt($"{count:N0} more bytes are needed and {Remaining:N0} are left");
}
