using System.Buffers.Binary;
using Google.Protobuf;

namespace ActorParallel.Transport;

/// <summary>The peer sent what no frame of ours can be.</summary>
internal sealed class InvalidFrameException(string message) : IOException(message);

/// <summary>Cuts a stream into frames: four bytes of length, little-endian, then as many bytes. One thread.</summary>
internal sealed class FrameReader(Stream stream, int maximumFrame)
{
    const int Header = 4;
    readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(64 * 1024);
    int _start, _end;

    /// <summary>The next frame; null when the peer closed between two frames.</summary>
    public ByteString? Next()
    {
        if (!Fill(Header))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        if (length < 1 || length > maximumFrame)
        {
            throw new InvalidFrameException($"a frame of {(uint)length} bytes was announced, and 1 to {maximumFrame} are possible (maximum-frame-size)");
        }

        return Header + length <= _buffer.Length ? Small(length) : Large(length);
    }

    ByteString Small(int length)
    {
        Fill(Header + length);
        var frame = ByteString.CopyFrom(_buffer, _start + Header, length);
        _start += Header + length;
        return frame;
    }

    // Read where it stays: no copy but the kernel's.
    ByteString Large(int length)
    {
        var frame = GC.AllocateUninitializedArray<byte>(length);
        var here = _buffer.AsSpan(_start + Header, Math.Min(length, _end - _start - Header));
        here.CopyTo(frame);
        _start = _end = 0;
        stream.ReadExactly(frame, here.Length, length - here.Length);
        return UnsafeByteOperations.UnsafeWrap(frame);
    }

    bool Fill(int needed)
    {
        while (_end - _start < needed)
        {
            if (_start == _end)
            {
                _start = _end = 0;
            }
            else if (_start + needed > _buffer.Length)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var read = stream.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                return _start == _end ? false : throw new EndOfStreamException("the peer closed in the middle of a frame");
            }

            _end += read;
        }

        return true;
    }
}
