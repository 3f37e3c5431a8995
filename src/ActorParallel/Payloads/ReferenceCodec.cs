namespace ActorParallel.Payloads;

/// <summary>An object: null, met before, or new; its runtime type travels only when it is not the declared one.</summary>
internal sealed class ReferenceCodec<T> : Codec<T> where T : class?
{
    private sealed record Known(Type Type, Content Content);

    private Content? _own;
    private Known? _last;

    public override void Write(PayloadWriter writer, T value)
    {
        if (value is null)
        {
            writer.WriteByte(Marker.Null);
            return;
        }

        Content content = ContentFor(value.GetType());
        if (content.IsTracked && writer.WriteBackReference(value))
        {
            return;
        }

        if (content.WireType == typeof(T))
        {
            writer.WriteByte(Marker.New);
        }
        else
        {
            writer.WriteByte(Marker.Typed);
            writer.WriteType(content.WireType);
        }

        writer.WriteContent(content, value);
    }

    public override T Read(ref PayloadReader reader)
    {
        switch (reader.ReadByte())
        {
            case Marker.Null:
                return null!;
            case Marker.Back:
                return Checked(ref reader, reader.ReadBackReference());
            case Marker.New:
                return ReadNew(ref reader, _own ??= Contents.For(typeof(T)));
            case Marker.Typed:
                return ReadNew(ref reader, ContentFor(reader.ReadType()));
            default:
                throw reader.Corrupt("an object's marker is not known");
        }
    }

    private static T ReadNew(ref PayloadReader reader, Content content) =>
        Checked(ref reader, reader.ReadContent(content, content.IsTracked ? reader.Reserve() : -1));

    private static T Checked(ref PayloadReader reader, object value) =>
        value as T ?? throw reader.Corrupt($"a {Names.Of(value.GetType())} is where a {Names.Of(typeof(T))} should be");

    private Content ContentFor(Type type)
    {
        if (type == typeof(T))
        {
            return _own ??= Contents.For(type);
        }

        Known? last = _last;
        if (last is null || last.Type != type)
        {
            last = new Known(type, Contents.For(type));
            if (!type.IsCollectible)
            {
                // What is remembered here would keep a code set from unloading.
                _last = last;
            }
        }

        return last.Content;
    }
}
