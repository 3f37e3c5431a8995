namespace ActorParallel.Payloads;

/// <summary>How values of one type become bytes and come back. Codecs are shared by all threads and keep no state of a payload.</summary>
internal abstract class Codec
{
    /// <summary>Writes a value of the codec's type.</summary>
    public abstract void WriteObject(PayloadWriter writer, object? value);

    /// <summary>Reads a value of the codec's type.</summary>
    public abstract object? ReadObject(ref PayloadReader reader);
}

/// <inheritdoc />
internal abstract class Codec<T> : Codec
{
    /// <summary>Writes a value.</summary>
    public abstract void Write(PayloadWriter writer, T value);

    /// <summary>Reads a value.</summary>
    public abstract T Read(ref PayloadReader reader);

    /// <inheritdoc />
    public sealed override void WriteObject(PayloadWriter writer, object? value) => Write(writer, (T)value!);

    /// <inheritdoc />
    public sealed override object? ReadObject(ref PayloadReader reader) => Read(ref reader);
}
