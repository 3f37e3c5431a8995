using ActorParallel.Payloads;

namespace ActorParallel.Functions;

/// <summary>What an engine asks a client for, and the answer, as bytes: whoever stands between them need not know either.</summary>
internal static class CodeQuestion
{
    const byte ForBundle = 1, ForImage = 2;
    const byte Given = 0, Refused = 1;

    /// <summary>Asks for <see cref="CodeSource.Find"/>.</summary>
    public static byte[] Find(Guid program, string assembly, Guid? build)
    {
        using var writer = PayloadWriter.Rent();
        writer.WriteByte(ForBundle);
        writer.WriteFixed(program);
        writer.WriteString(assembly);
        writer.WriteBool(build is not null);
        if (build is { } known) writer.WriteFixed(known);
        return writer.ToArray();
    }

    /// <summary>Asks for <see cref="CodeSource.Image"/>.</summary>
    public static byte[] Image(Guid build)
    {
        using var writer = PayloadWriter.Rent();
        writer.WriteByte(ForImage);
        writer.WriteFixed(build);
        return writer.ToArray();
    }

    /// <summary>A client's answer. Never throws: what can't be answered is refused.</summary>
    public static byte[] Answer(CodeSource source, ReadOnlySpan<byte> question)
    {
        try
        {
            var reader = new PayloadReader(question);
            return reader.ReadByte() switch
            {
                ForBundle => Give(source.Find(reader.ReadFixed<Guid>(), reader.ReadString() ?? "", reader.ReadBool() ? reader.ReadFixed<Guid>() : null).ToArray()),
                ForImage => Give(source.Image(reader.ReadFixed<Guid>())),
                var other => Refuse($"An engine asked for code in a way of kind {other}, which this client does not know; run both on the same version."),
            };
        }
#pragma warning disable CA1031 // It is told to the engine, whose task fails with it.
        catch (Exception e)
        {
            return Refuse(e is ShippingException ? e.Message : $"The client could not read its code: {e.Message}");
        }
#pragma warning restore CA1031
    }

    /// <summary>A refusal.</summary>
    /// <param name="why">A sentence for the task's caller.</param>
    public static byte[] Refuse(string why)
    {
        using var writer = PayloadWriter.Rent();
        writer.WriteByte(Refused);
        writer.WriteString(why);
        return writer.ToArray();
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="ShippingException">It was refused.</exception>
    public static ReadOnlyMemory<byte> Open(byte[] answer)
    {
        var reader = new PayloadReader(answer);
        return reader.ReadByte() == Given ? answer.AsMemory(1) : throw new ShippingException(reader.ReadString() ?? "");
    }

    static byte[] Give(byte[] bytes) => [Given, .. bytes];
}
