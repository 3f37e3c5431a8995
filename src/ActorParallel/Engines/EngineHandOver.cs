using ActorParallel.Payloads;

namespace ActorParallel.Engines;

/// <summary>What an engine's process is handed through its standard input: who it is, where its controller is, and what it needs to get in.</summary>
internal sealed record EngineHandOver(
    int EngineId, int Generation, int Port, int ParentPort, int Workers, string Folder, string Transport, byte[] Certificate,
    long GraceTicks, int MaxOutput, bool ForwardOutput, int InlineLimit, int MaxTasks, string Controller, string Culture, byte[] Initializer)
{
    public byte[] ToBytes()
    {
        using var writer = PayloadWriter.Rent();
        writer.WriteInt32(EngineId);
        writer.WriteInt32(Generation);
        writer.WriteInt32(Port);
        writer.WriteInt32(ParentPort);
        writer.WriteInt32(Workers);
        writer.WriteString(Folder);
        writer.WriteString(Transport);
        writer.WriteBytes(Certificate);
        writer.WriteInt64(GraceTicks);
        writer.WriteInt32(MaxOutput);
        writer.WriteBool(ForwardOutput);
        writer.WriteInt32(InlineLimit);
        writer.WriteInt32(MaxTasks);
        writer.WriteString(Controller);
        writer.WriteString(Culture);
        writer.WriteBytes(Initializer);
        return writer.ToArray();
    }

    public static EngineHandOver Read(byte[] bytes)
    {
        var reader = new PayloadReader(bytes);
        return new EngineHandOver(
            reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(),
            reader.ReadString()!, reader.ReadString()!, reader.ReadBytes().ToArray(),
            reader.ReadInt64(), reader.ReadInt32(), reader.ReadBool(), reader.ReadInt32(), reader.ReadInt32(),
            reader.ReadString()!, reader.ReadString()!, reader.ReadBytes().ToArray());
    }
}
