namespace ActorParallel.Payloads;

/// <summary>How objects of one runtime type are written and rebuilt, after their identity was seen to. Shared by all threads.</summary>
internal abstract class Content(Type type) : IPathPart
{
    /// <summary>The type that travels: what the reader looks this content up by.</summary>
    public Type WireType { get; } = type;

    /// <summary>False for what is a value in all but name (strings, versions): each mention is written out.</summary>
    public virtual bool IsTracked => true;

    /// <summary>True when the object exists only once all its items were read, so nothing inside can refer to it.</summary>
    public virtual bool IsBuiltLast => false;

    public abstract void Write(PayloadWriter writer, object value);

    /// <summary>Reads an object; a tracked one gives itself to <see cref="PayloadReader.SetObject"/> as soon as it exists.</summary>
    public abstract object Read(ref PayloadReader reader, int id);

    public virtual string Describe(object? instance, int index) => $"[{index}]";
}

/// <summary>
/// An object that exists before its content does, so that what it holds can refer to it, and so that its content can wait: below
/// <see cref="PayloadWriter.MaxNesting"/> only the head is written in place, and the body follows when the stack is empty again.
/// </summary>
internal abstract class OpenContent(Type type) : Content(type)
{
    /// <summary>What it takes to make the empty object.</summary>
    public virtual void WriteHead(PayloadWriter writer, object value)
    {
    }

    public abstract object ReadHead(ref PayloadReader reader);

    public abstract void WriteBody(PayloadWriter writer, object value);

    public abstract void ReadBody(ref PayloadReader reader, object value);

    public sealed override void Write(PayloadWriter writer, object value)
    {
        WriteHead(writer, value);
        WriteBody(writer, value);
    }

    public sealed override object Read(ref PayloadReader reader, int id)
    {
        object value = ReadHead(ref reader);
        reader.SetObject(id, value);
        ReadBody(ref reader, value);
        return value;
    }
}

/// <summary>A value in a box, or an object that is written as a value.</summary>
internal sealed class CodecContent(Type type, Codec codec) : Content(type)
{
    public override bool IsTracked => false;

    public override void Write(PayloadWriter writer, object value) => codec.WriteObject(writer, value);

    public override object Read(ref PayloadReader reader, int id) =>
        codec.ReadObject(ref reader) ?? throw reader.Corrupt("a value is missing");

    public override string Describe(object? instance, int index) => "";
}

/// <summary>What must stay where it is. The null of such a type travels.</summary>
internal sealed class RefusedContent(Type type, string advice) : Content(type)
{
    public override bool IsTracked => false;

    public override void Write(PayloadWriter writer, object value) =>
        throw writer.Refusal($"A {Names.Of(value.GetType())} can't travel to another process: {advice}");

    public override object Read(ref PayloadReader reader, int id) => throw reader.Corrupt($"a {Names.Of(WireType)} can't travel");

    public override string Describe(object? instance, int index) => "";
}
