using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using Akka.Actor;
using Akka.Serialization;

namespace ActorParallel.Transport;

/// <summary>
/// Writes every message between controllers and engines. Manifests are short and stable; the list of them and of their fields is the
/// wire contract, which a test holds.
/// </summary>
internal sealed class MessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4710;

    public override string Manifest(object o) => o switch
    {
        EngineActor.Assign => "as",
        ControllerActor.TasksFinished => "fi",
        EngineActor.CancelTask => "cn",
        EngineActor.RecallTask => "rc",
        EngineActor.ReleaseSegments => "rs",
        EngineActor.StopEngine => "st",
        ControllerActor.RegisterEngine => "re",
        ControllerActor.TaskOverran => "ov",
        ControllerActor.TaskProgressed => "pr",
        EngineActor.Welcome => "we",
        _ => throw new ArgumentException($"{o.GetType()} is not a message of ActorParallel.", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        switch (obj)
        {
            case EngineActor.Assign assign: return assign.Batch;
            case ControllerActor.TasksFinished finished: return finished.Batch;
        }
        using var writer = PayloadWriter.Rent();
        switch (obj)
        {
            case EngineActor.CancelTask m:
                writer.WriteInt64(m.TaskId);
                writer.WriteInt32(m.Attempt);
                break;
            case EngineActor.RecallTask m:
                writer.WriteInt64(m.TaskId);
                writer.WriteInt32(m.Attempt);
                break;
            case EngineActor.ReleaseSegments m:
                writer.WriteInt32(m.Ids.Length);
                foreach (var id in m.Ids) writer.WriteInt32(id);
                break;
            case ControllerActor.RegisterEngine m:
                writer.WriteInt32(m.EngineId);
                writer.WriteInt32(m.Generation);
                writer.WriteInt32(m.Workers);
                writer.WriteBool(m.InitializerError is not null);
                if (m.InitializerError is not null) writer.WriteBytes(m.InitializerError);
                break;
            case ControllerActor.TaskOverran m:
                writer.WriteInt64(m.TaskId);
                writer.WriteInt32(m.Attempt);
                break;
            case ControllerActor.TaskProgressed m:
                writer.WriteInt64(m.TaskId);
                writer.WriteFixed(m.Fraction);
                break;
        }
        return writer.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        switch (manifest)
        {
            case "as": return new EngineActor.Assign(bytes);
            case "fi": return new ControllerActor.TasksFinished(bytes);
        }
        var reader = new PayloadReader(bytes);
        switch (manifest)
        {
            case "cn": return new EngineActor.CancelTask(reader.ReadInt64(), reader.ReadInt32());
            case "rc": return new EngineActor.RecallTask(reader.ReadInt64(), reader.ReadInt32());
            case "rs":
                var ids = new int[Math.Min(reader.ReadInt32(), bytes.Length)];
                for (var i = 0; i < ids.Length; i++) ids[i] = reader.ReadInt32();
                return new EngineActor.ReleaseSegments(ids);
            case "st": return EngineActor.StopEngine.Instance;
            case "we": return EngineActor.Welcome.Instance;
            case "re":
                return new ControllerActor.RegisterEngine(
                    reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBool() ? reader.ReadBytes().ToArray() : null);
            case "ov": return new ControllerActor.TaskOverran(reader.ReadInt64(), reader.ReadInt32());
            case "pr": return new ControllerActor.TaskProgressed(reader.ReadInt64(), reader.ReadFixed<double>());
            default: throw new ArgumentException($"'{manifest}' is not a message of ActorParallel: the other side is of another version.", nameof(manifest));
        }
    }
}
