namespace ActorParallel.Payloads;

/// <summary>Codecs of structs: a raw block without references, else field by field.</summary>
internal static class ValueCodecs
{
    public static Codec Make(Type type)
    {
        if (type == typeof(CancellationToken))
        {
            return new CancellationTokenCodec();
        }

        if (Refusals.Advice(type) is { } advice)
        {
            return Codecs.Make(typeof(RefusedCodec<>), type).With(advice);
        }

        if (type.IsGenericType)
        {
            Type definition = type.GetGenericTypeDefinition();
            Type? codec = definition == typeof(Memory<>) ? typeof(MemoryCodec<>)
                : definition == typeof(ReadOnlyMemory<>) ? typeof(ReadOnlyMemoryCodec<>)
                : definition == typeof(ArraySegment<>) ? typeof(ArraySegmentCodec<>)
                : definition == typeof(KeyValuePair<,>) && !Fields.IsUnmanaged(type) ? typeof(EntryCodec<,>)
                : null;
            if (codec is not null)
            {
                return Codecs.Make(codec, type.GetGenericArguments());
            }
        }

        if (Fields.IsUnmanaged(type))
        {
            return Codecs.Make(typeof(RawCodec<>), type);
        }

        return Nullable.GetUnderlyingType(type) is { } underlying ? Codecs.Make(typeof(NullableCodec<>), underlying)
            : Contents.IsMessagePack(type) ? Codecs.Make(typeof(MessagePackCodec<>), type)
            : Codecs.Make(typeof(StructCodec<>), type);
    }

    private static Codec With(this Codec codec, string advice)
    {
        ((IRefusing)codec).Advice = advice;
        return codec;
    }
}

internal interface IRefusing
{
    string Advice { set; }
}

internal sealed class RefusedCodec<T> : Codec<T>, IRefusing
{
    public string Advice { get; set; } = "";

    public override void Write(PayloadWriter writer, T value) =>
        throw writer.Refusal($"A {Names.Of(typeof(T))} can't travel to another process: {Advice}");

    public override T Read(ref PayloadReader reader) => throw reader.Corrupt($"a {Names.Of(typeof(T))} can't travel");
}

/// <summary>A token that can never be cancelled is a plain value; any other belongs to its source.</summary>
internal sealed class CancellationTokenCodec : Codec<CancellationToken>
{
    public override void Write(PayloadWriter writer, CancellationToken value)
    {
        if (value.CanBeCanceled)
        {
            throw writer.Refusal($"A {nameof(CancellationToken)} can't travel to another process: {Refusals.CancellationAdvice}");
        }

        writer.WriteByte(0);
    }

    public override CancellationToken Read(ref PayloadReader reader) =>
        reader.ReadByte() == 0 ? CancellationToken.None : throw reader.Corrupt("a cancellation token can't travel");
}

internal sealed class NullableCodec<T> : Codec<T?> where T : struct
{
    public override void Write(PayloadWriter writer, T? value)
    {
        writer.WriteBool(value.HasValue);
        if (value.HasValue)
        {
            Codecs.For<T>().Write(writer, value.GetValueOrDefault());
        }
    }

    public override T? Read(ref PayloadReader reader) => reader.ReadBool() ? Codecs.For<T>().Read(ref reader) : null;
}

/// <summary>Only the part that is seen travels; it arrives in an array of its own.</summary>
internal sealed class ReadOnlyMemoryCodec<T> : Codec<ReadOnlyMemory<T>>
{
    public override void Write(PayloadWriter writer, ReadOnlyMemory<T> value) => Items.Write(writer, value);

    public override ReadOnlyMemory<T> Read(ref PayloadReader reader) => Items.Read<T>(ref reader);
}

/// <inheritdoc cref="ReadOnlyMemoryCodec{T}"/>
internal sealed class MemoryCodec<T> : Codec<Memory<T>>
{
    public override void Write(PayloadWriter writer, Memory<T> value) => Items.Write<T>(writer, value);

    public override Memory<T> Read(ref PayloadReader reader) => Items.Read<T>(ref reader);
}

/// <inheritdoc cref="ReadOnlyMemoryCodec{T}"/>
internal sealed class ArraySegmentCodec<T> : Codec<ArraySegment<T>>
{
    public override void Write(PayloadWriter writer, ArraySegment<T> value)
    {
        writer.WriteBool(value.Array is not null);
        if (value.Array is not null)
        {
            Items.Write<T>(writer, value.AsMemory());
        }
    }

    public override ArraySegment<T> Read(ref PayloadReader reader) => reader.ReadBool() ? new(Items.Read<T>(ref reader)) : default;
}
