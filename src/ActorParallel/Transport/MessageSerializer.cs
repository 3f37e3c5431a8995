using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using Akka.Actor;
using Akka.Serialization;

namespace ActorParallel.Transport;

/// <summary>
/// Writes every message between clients, controllers and engines. Manifests are short and stable; the list of them and of their fields is the
/// wire contract, which a test holds.
/// </summary>
internal sealed class MessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4710;

    public override string Manifest(object o) => o switch
    {
        LinkBatch => "ba",
        LinkPart => "pa",
        LinkBeat => "be",
        LinkGap => "ga",
        RegisterEngine => "re",
        RefuseEngine => "rf",
        EngineActor.Welcome => "we",
        ConnectClient => "co",
        ClientWelcome => "cw",
        RefuseClient => "rc",
        WhereIsController => "wc",
        ControllerIsAt => "ca",
        MergeQuestion => "mq",
        MergeAnswer => "ma",
        _ => throw new ArgumentException($"{o.GetType()} is not a message of ActorParallel.", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        if (obj is LinkBatch batch) return batch.Bytes;
        using var writer = PayloadWriter.Rent();
        switch (obj)
        {
            case LinkPart m:
                writer.WriteInt64(m.Number);
                writer.WriteInt32(m.Length);
                writer.WriteInt32(m.At);
                writer.WriteBytes(m.Bytes);
                break;
            case LinkBeat m:
                writer.WriteInt64(m.Sent);
                writer.WriteInt64(m.Seen);
                break;
            case LinkGap m:
                writer.WriteInt64(m.After);
                break;
            case RegisterEngine m:
                m.Write(writer);
                break;
            case ConnectClient m:
                m.Write(writer);
                break;
            case ClientWelcome m:
                writer.WriteInt64(m.Session);
                writer.WriteInt64(m.Seen);
                writer.WriteBool(m.SharesFolder);
                break;
            case RefuseClient m:
                writer.WriteString(m.Why);
                writer.WriteBool(m.NumberTaken);
                break;
            case ControllerIsAt m:
                m.Write(writer);
                break;
            case MergeQuestion m:
                writer.WriteString(m.Address);
                writer.WriteInt32(m.Engines);
                break;
            case MergeAnswer m:
                writer.WriteString(m.Address);
                writer.WriteByte((byte)m.Verdict);
                break;
            case RefuseEngine m:
                writer.WriteString(m.Why);
                break;
            case EngineActor.Welcome m:
                writer.WriteInt64(m.Session);
                writer.WriteInt32(m.EngineId);
                writer.WriteInt64(m.Seen);
                break;
        }
        return writer.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest == "ba") return new LinkBatch(bytes);
        var reader = new PayloadReader(bytes);
        return manifest switch
        {
            "pa" => new LinkPart(reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBytes().ToArray()),
            "be" => new LinkBeat(reader.ReadInt64(), reader.ReadInt64()),
            "ga" => new LinkGap(reader.ReadInt64()),
            "re" => RegisterEngine.Read(ref reader),
            "co" => ConnectClient.Read(ref reader),
            "cw" => new ClientWelcome(reader.ReadInt64(), reader.ReadInt64(), reader.ReadBool()),
            "rc" => new RefuseClient(reader.ReadString() ?? "", reader.ReadBool()),
            "wc" => WhereIsController.Instance,
            "ca" => ControllerIsAt.Read(ref reader),
            "mq" => new MergeQuestion(reader.ReadString() ?? "", reader.ReadInt32()),
            "ma" => new MergeAnswer(reader.ReadString() ?? "", (MergeVerdict)reader.ReadByte()),
            "rf" => new RefuseEngine(reader.ReadString() ?? ""),
            "we" => new EngineActor.Welcome(reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64()),
            _ => throw new ArgumentException($"'{manifest}' is not a message of ActorParallel: the other side is of another version.", nameof(manifest)),
        };
    }
}
