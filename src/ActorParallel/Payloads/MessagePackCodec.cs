using MessagePack;
using MessagePack.Resolvers;

namespace ActorParallel.Payloads;

/// <summary>Types with MessagePack's attributes travel as those say. Nothing of MessagePack is loaded before the first of them comes.</summary>
internal static class MessagePackFormat
{
    // Deep enough for any sane contract, and no stack overflows on corrupt bytes.
    private static readonly MessagePackSerializerOptions s_options = MessagePackSerializerOptions.Standard
        .WithResolver(StandardResolverAllowPrivate.Instance)
        .WithSecurity(MessagePackSecurity.TrustedData.WithMaximumObjectGraphDepth(500));

    public static void Write(PayloadWriter writer, Type type, object value)
    {
        byte[] bytes;
        try
        {
            bytes = MessagePackSerializer.Serialize(type, value, s_options);
        }
        catch (MessagePackSerializationException e)
        {
            throw new ShippingException(
                $"MessagePack can't write this {Names.Of(type)}: {e.GetBaseException().Message}", writer.Path, e);
        }

        writer.WriteBytes(bytes);
    }

    public static object? Read(ref PayloadReader reader, Type type) =>
        MessagePackSerializer.Deserialize(type, reader.ReadBytes().ToArray(), s_options);
}

internal sealed class MessagePackCodec<T> : Codec<T> where T : struct
{
    public override void Write(PayloadWriter writer, T value) => MessagePackFormat.Write(writer, typeof(T), value);

    public override T Read(ref PayloadReader reader) => (T)MessagePackFormat.Read(ref reader, typeof(T))!;
}

internal sealed class MessagePackContent(Type type) : Content(type)
{
    public override bool IsBuiltLast => true;

    public override void Write(PayloadWriter writer, object value) => MessagePackFormat.Write(writer, WireType, value);

    public override object Read(ref PayloadReader reader, int id)
    {
        object value = MessagePackFormat.Read(ref reader, WireType) ?? throw reader.Corrupt("a MessagePack object is missing");
        reader.SetObject(id, value);
        return value;
    }
}
