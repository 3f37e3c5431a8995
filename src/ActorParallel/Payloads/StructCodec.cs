using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorParallel.Payloads;

/// <summary>A struct that holds references: field by field.</summary>
internal sealed class StructCodec<T> : Codec<T>, IPathPart where T : struct
{
    private readonly FieldSet _fields = new(typeof(T));
    private readonly int _inlineLength = typeof(T).GetCustomAttribute<InlineArrayAttribute>()?.Length ?? 0;
    private int _writes;
    private int _reads;
    private FieldCompiler.WriteStruct<T>? _write;
    private FieldCompiler.ReadStruct<T>? _read;

    public override void Write(PayloadWriter writer, T value)
    {
        if (_inlineLength > 0)
        {
            throw writer.Refusal($"{Names.Of(typeof(T))} is an inline array of references and can't travel; use an array.");
        }

        writer.Enter(this, null);
        if (_write is { } write)
        {
            write(writer, ref value);
        }
        else
        {
            if (Interlocked.Increment(ref _writes) == FieldSet.CompileAfter)
            {
                _write = FieldCompiler.Writer<FieldCompiler.WriteStruct<T>>(typeof(T), typeof(T).MakeByRefType(), _fields.All);
            }

            _fields.WriteByReflection(writer, value);
        }

        if (_fields.All.Length == 0)
        {
            writer.WriteByte(0);
        }

        writer.Leave();
    }

    public override T Read(ref PayloadReader reader)
    {
        T value = default;
        if (_read is { } read)
        {
            read(ref reader, ref value);
        }
        else
        {
            if (Interlocked.Increment(ref _reads) == FieldSet.CompileAfter)
            {
                _read = FieldCompiler.Reader<FieldCompiler.ReadStruct<T>>(typeof(T), typeof(T).MakeByRefType(), _fields.All);
            }

            object box = value;
            _fields.ReadByReflection(ref reader, box);
            value = (T)box;
        }

        if (_fields.All.Length == 0)
        {
            reader.ReadByte();
        }

        return value;
    }

    public string Describe(object? instance, int index) => _fields.Describe(index);
}

/// <summary>A dictionary's entry. The key must be whole before it is hashed.</summary>
internal sealed class EntryCodec<TKey, TValue> : Codec<KeyValuePair<TKey, TValue>>
{
    private Codec<TKey>? _keys;
    private Codec<TValue>? _values;

    public override void Write(PayloadWriter writer, KeyValuePair<TKey, TValue> value)
    {
        writer.Whole++;
        (_keys ??= Codecs.For<TKey>()).Write(writer, value.Key);
        writer.Whole--;
        (_values ??= Codecs.For<TValue>()).Write(writer, value.Value);
    }

    public override KeyValuePair<TKey, TValue> Read(ref PayloadReader reader)
    {
        reader.Whole++;
        TKey key = (_keys ??= Codecs.For<TKey>()).Read(ref reader);
        reader.Whole--;
        return new(key, (_values ??= Codecs.For<TValue>()).Read(ref reader));
    }
}
