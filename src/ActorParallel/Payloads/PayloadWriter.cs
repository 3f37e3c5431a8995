using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ActorParallel.Payloads;

/// <summary>Collects a payload's bytes in pooled chunks. One thread at a time; dispose it to give it back.</summary>
internal sealed partial class PayloadWriter : IDisposable
{
    /// <summary>The most bytes a payload may have: an array's limit, less some air.</summary>
    public const long MaxLength = 2_000_000_000;

    /// <summary>Arrays of at least this many bytes are kept by reference until they are copied out.</summary>
    public const int BorrowFrom = 64 * 1024;

    private const int FirstChunk = 4096;
    private const int LargestChunk = 1 << 20;
    private const int PoolSize = 16;

    private static readonly PayloadWriter?[] s_pool = new PayloadWriter?[PoolSize];

    [ThreadStatic]
    private static PayloadWriter? t_mine;

    private readonly byte[] _home = new byte[FirstChunk];
    private readonly List<Segment> _segments = [];
    private readonly List<byte[]> _rented = [];
    private byte[] _chunk;
    private int _start;
    private int _at;
    private long _committed;
    private bool _pooled;

    private PayloadWriter() => _chunk = _home;

    /// <summary>The bytes written so far, borrowed ones included.</summary>
    public long Length => _committed + _at - _start;

    public static PayloadWriter Rent()
    {
        PayloadWriter? writer = t_mine;
        t_mine = null;
        for (int i = 0; writer is null && i < s_pool.Length; i++)
        {
            if (Volatile.Read(ref s_pool[i]) is not null)
            {
                writer = Interlocked.Exchange(ref s_pool[i], null);
            }
        }

        writer ??= new PayloadWriter();
        writer._pooled = false;
        return writer;
    }

    public void Dispose()
    {
        if (_pooled)
        {
            return;
        }

        Reset();
        _pooled = true;
        if (t_mine is null)
        {
            t_mine = this;
            return;
        }

        for (int i = 0; i < s_pool.Length; i++)
        {
            if (Interlocked.CompareExchange(ref s_pool[i], this, null) is null)
            {
                return;
            }
        }
    }

    public void Reset()
    {
        if (_rented.Count > 0)
        {
            foreach (byte[] chunk in _rented)
            {
                ArrayPool<byte>.Shared.Return(chunk);
            }

            _rented.Clear();
            _chunk = _home;
        }

        if (_segments.Count > 0)
        {
            _segments.Clear();
        }

        _start = _at = 0;
        _committed = 0;
        ForgetValues(0, 0);
        LeaveAll();
        ForgetNesting();
    }

    public void WriteByte(byte value) => Take(1) = value;

    public void WriteBool(bool value) => Take(1) = value ? (byte)1 : (byte)0;

    public void WriteInt32(int value) => WriteUInt32((uint)((value << 1) ^ (value >> 31)));

    public void WriteInt64(long value) => WriteUInt64((ulong)((value << 1) ^ (value >> 63)));

    public void WriteUInt32(uint value)
    {
        ref byte to = ref Take(5);
        int n = 0;
        for (; value >= 0x80; value >>= 7)
        {
            Unsafe.Add(ref to, n++) = (byte)(value | 0x80);
        }

        Unsafe.Add(ref to, n) = (byte)value;
        _at += n - 4;
    }

    public void WriteUInt64(ulong value)
    {
        ref byte to = ref Take(10);
        int n = 0;
        for (; value >= 0x80; value >>= 7)
        {
            Unsafe.Add(ref to, n++) = (byte)(value | 0x80);
        }

        Unsafe.Add(ref to, n) = (byte)value;
        _at += n - 9;
    }

    public void WriteFixed<T>(T value) where T : unmanaged =>
        Unsafe.WriteUnaligned(ref Take(Unsafe.SizeOf<T>()), value);

    /// <summary>For a type known to be unmanaged only at run time.</summary>
    internal void WriteUnmanaged<T>(T value) => Unsafe.WriteUnaligned(ref Take(Unsafe.SizeOf<T>()), value);

    /// <summary>One byte a character when all are ASCII, else UTF-16 as it is: a lone surrogate survives.</summary>
    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteByte(0);
            return;
        }

        int length = value.Length;
        bool narrow = Ascii.IsValid(value);
        long size = narrow ? length : 2L * length;
        if (size > BorrowFrom)
        {
            RefuseBeyondLimit(size, "A string");
        }

        WriteUInt32((((uint)length << 1) | (narrow ? 0u : 1u)) + 1);
        if (length == 0)
        {
            return;
        }

        Span<byte> to = MemoryMarshal.CreateSpan(ref Take((int)size), (int)size);
        if (narrow)
        {
            Ascii.FromUtf16(value, to, out _);
        }
        else
        {
            MemoryMarshal.AsBytes(value.AsSpan()).CopyTo(to);
        }
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteUInt32((uint)bytes.Length);
        WriteRaw(bytes);
    }

    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            bytes.CopyTo(MemoryMarshal.CreateSpan(ref Take(bytes.Length), bytes.Length));
        }
    }

    /// <summary>Writes the number of elements and their bytes; a large array is borrowed, not copied.</summary>
    public void WriteBlock(Array array)
    {
        int size = RuntimeHelpers.SizeOf(array.GetType().GetElementType()!.TypeHandle);
        WriteBlock(array, 0, array.LongLength, size);
    }

    public void WriteBlock<T>(T[] array, int start, int count) => WriteBlock(array, start, count, Unsafe.SizeOf<T>());

    public void WriteBlock<T>(ReadOnlySpan<T> items)
    {
        long bytes = (long)items.Length * Unsafe.SizeOf<T>();
        RefuseBeyondLimit(bytes, "A block");
        WriteUInt32((uint)items.Length);
        WriteRaw(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), (int)bytes));
    }

    private void WriteBlock(Array array, long start, long count, int size)
    {
        long bytes = count * size;
        RefuseBeyondLimit(bytes, "An array");
        WriteUInt32((uint)count);
        if (bytes >= BorrowFrom)
        {
            Commit();
            _segments.Add(new Segment(array, start * size, (int)bytes));
            _committed += bytes;
        }
        else
        {
            WriteRaw(BytesOf(array, start * size, (int)bytes));
        }
    }

    public void CopyTo(Span<byte> destination)
    {
        foreach (Segment segment in _segments)
        {
            BytesOf(segment.Array, segment.Start, segment.Length).CopyTo(destination);
            destination = destination[segment.Length..];
        }

        _chunk.AsSpan(_start, _at - _start).CopyTo(destination);
    }

    public byte[] ToArray()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Throws if so many more bytes would pass the limit.</summary>
    public void RefuseBeyondLimit(long more, string what)
    {
        if (Length + more > MaxLength)
        {
            throw new ShippingException(
                $"{what} of {more:N0} bytes does not fit: a value may have {MaxLength:N0} bytes in all; send it in parts.", Path);
        }
    }

    /// <summary>Leaves room for the length of what follows.</summary>
    internal int BeginBlock(out byte[] chunk)
    {
        WriteFixed(0);
        chunk = _chunk;
        return _at - sizeof(int);
    }

    internal void EndBlock(byte[] chunk, int at, in Checkpoint start) =>
        Unsafe.WriteUnaligned(ref chunk[at], (int)(Length - start.Length));

    /// <summary>Forgets the bytes after the first so many.</summary>
    private void Truncate(long length)
    {
        while (length < _committed)
        {
            _start = _at;
            Segment last = _segments[^1];
            _segments.RemoveAt(_segments.Count - 1);
            _committed -= last.Length;
            if (length > _committed)
            {
                int kept = (int)(length - _committed);
                _segments.Add(last with { Length = kept });
                _committed += kept;
            }
        }

        _at = _start + (int)(length - _committed);
    }

    private static ReadOnlySpan<byte> BytesOf(Array array, long start, int length) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)start), length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Take(int count)
    {
        int at = _at;
        if (_chunk.Length - at < count)
        {
            Grow(count);
            at = _at;
        }

        _at = at + count;
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_chunk), at);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        RefuseBeyondLimit(count, "A value with a part");
        Commit();
        int size = Math.Max(count, Math.Min(LargestChunk, 2 * (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(_chunk.Length, LargestChunk))));
        _chunk = ArrayPool<byte>.Shared.Rent(size);
        _rented.Add(_chunk);
        _start = _at = 0;
    }

    private void Commit()
    {
        if (_at > _start)
        {
            _segments.Add(new Segment(_chunk, _start, _at - _start));
            _committed += _at - _start;
            _start = _at;
        }
    }

    private readonly record struct Segment(Array Array, long Start, int Length);
}
