using System.Buffers.Binary;

namespace ActorParallel.Transport;

/// <summary>
/// Walks the fields of one Protocol Buffers message. Stricter than the library: a field that is there twice, which it would merge or
/// overwrite, is refused, so that nobody can be shown one value and Akka another; but for one that the message has many of.
/// </summary>
internal ref struct ProtoFields(ReadOnlySpan<byte> message, int repeated = 0)
{
    const int Varint = 0, Eight = 1, Bytes = 2, Four = 5;
    ReadOnlySpan<byte> _left = message;
    ulong _seen;

    public int Field { get; private set; }

    /// <summary>The field's value, when it is a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field's value, when it is a text, bytes or a message.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <exception cref="InvalidFrameException">This is no such message.</exception>
    public bool Next()
    {
        if (_left.IsEmpty)
        {
            return false;
        }

        var tag = TakeNumber();
        Field = (int)Math.Min(tag >> 3, 64);
        if (Field is < 1 or > 63 || (_seen & (1UL << Field)) != 0)
        {
            throw Bad();
        }

        if (Field != repeated)
        {
            _seen |= 1UL << Field;
        }

        Number = 0;
        Value = default;
        switch ((int)(tag & 7))
        {
            case Varint:
                Number = TakeNumber();
                break;
            case Eight:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case Four:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            case Bytes:
                Value = Take(TakeNumber());
                break;
            default:
                throw Bad();
        }

        return true;
    }

    /// <summary>The one field's value, nothing when it isn't there.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> message, int field, int repeated = 0)
    {
        var fields = new ProtoFields(message, repeated);
        ReadOnlySpan<byte> found = default;
        while (fields.Next())
        {
            if (fields.Field == field)
            {
                found = fields.Value;
            }
        }

        return found;
    }

    ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_left.Length)
        {
            throw Bad();
        }

        var taken = _left[..(int)length];
        _left = _left[(int)length..];
        return taken;
    }

    ulong TakeNumber()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Bad();
    }

    static InvalidFrameException Bad() => new("what it sent is no message of Akka.Remote");
}
