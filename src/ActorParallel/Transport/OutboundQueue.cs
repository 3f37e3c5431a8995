using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace ActorParallel.Transport;

/// <summary>Frames waiting to be sent. One batch fills while the other is on its way. The caller locks.</summary>
internal sealed class OutboundQueue(int limit)
{
    Batch _filling = new(), _spare = new();

    /// <summary>Bytes taken and not yet handed to the operating system.</summary>
    public long Pending { get; private set; }

    public bool IsEmpty => _filling.Length == 0;

    /// <summary>False, and nothing taken, when the limit is reached; a single frame is taken whatever its size.</summary>
    public bool TryAdd(ByteString payload)
    {
        var size = Batch.Header + payload.Length;
        if (Pending > 0 && Pending + size > limit)
        {
            return false;
        }

        Pending += size;
        _filling.Add(payload);
        return true;
    }

    public Batch Take()
    {
        var full = _filling;
        _filling = _spare;
        return full;
    }

    public void Sent(Batch batch)
    {
        Pending -= batch.Length;
        batch.Clear();
        _spare = batch;
        if (Pending == 0)
        {
            _filling.Shrink();
            _spare.Shrink();
        }
    }
}

/// <summary>Frames that leave together: small ones copied into one buffer, large ones kept by reference between them.</summary>
internal sealed class Batch
{
    public const int Header = 4;
    const int Kept = 64 * 1024, ByReference = 32 * 1024;
    readonly List<(int At, ByteString Payload)> _large = [];
    byte[] _bytes = new byte[Kept];
    int _used;

    /// <summary>Bytes on the wire.</summary>
    public long Length { get; private set; }

    public void Add(ByteString payload)
    {
        var copied = payload.Length < ByReference ? payload.Length : 0;
        Reserve(Header + copied);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_used), payload.Length);
        _used += Header;
        if (payload.Length < ByReference)
        {
            payload.Span.CopyTo(_bytes.AsSpan(_used));
            _used += copied;
        }
        else
        {
            _large.Add((_used, payload));
        }

        Length += Header + payload.Length;
    }

    public void WriteTo(Stream stream)
    {
        var from = 0;
        foreach (var (at, payload) in _large)
        {
            stream.Write(_bytes, from, at - from);
            stream.Write(payload.Span);
            from = at;
        }

        if (from < _used)
        {
            stream.Write(_bytes, from, _used - from);
        }
    }

    public void Clear()
    {
        _large.Clear();
        _used = 0;
        Length = 0;
    }

    /// <summary>Gives back what a burst needed. Only when empty.</summary>
    public void Shrink()
    {
        if (_bytes.Length > Kept)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = new byte[Kept];
        }
    }

    void Reserve(int more)
    {
        if (_used + more <= _bytes.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_used + more, _bytes.Length * 2));
        _bytes.AsSpan(0, _used).CopyTo(larger);
        if (_bytes.Length > Kept)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
