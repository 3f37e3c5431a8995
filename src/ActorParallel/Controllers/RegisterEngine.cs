using ActorParallel.Payloads;
using ActorParallel.Transport;

namespace ActorParallel.Controllers;

/// <summary>An engine's process is up, or its connection is back. Repeated until it is welcomed.</summary>
/// <param name="EngineId">Its number; -1: any.</param>
/// <param name="Generation">Tells its process from all others.</param>
/// <param name="Workers">How many tasks it runs at a time.</param>
/// <param name="InitializerError">The initializer's exception as a payload, when it failed.</param>
internal sealed record RegisterEngine(int EngineId, int Generation, int Workers, byte[]? InitializerError) : IWireMessage
{
    /// <summary>The controller it last knew; 0: none.</summary>
    public long Session { get; init; }

    /// <summary>The highest number of that controller's batches that it has.</summary>
    public long Seen { get; init; }

    /// <summary>What it runs or is to run.</summary>
    public HeldTask[] Holds { get; init; } = [];

    /// <summary>Where it is, what it has and what it is.</summary>
    public EngineFacts Facts { get; init; } = EngineFacts.None;

    public void Write(PayloadWriter writer)
    {
        writer.WriteInt32(EngineId);
        writer.WriteInt32(Generation);
        writer.WriteInt32(Workers);
        writer.WriteBool(InitializerError is not null);
        if (InitializerError is not null) writer.WriteBytes(InitializerError);
        writer.WriteInt64(Session);
        writer.WriteInt64(Seen);
        writer.WriteInt32(Holds.Length);
        foreach (var held in Holds)
        {
            writer.WriteInt64(held.TaskId);
            writer.WriteInt32(held.Attempt);
            writer.WriteBool(held.IsDirect);
        }
        Facts.Write(writer);
    }

    public static RegisterEngine Read(ref PayloadReader reader)
    {
        var read = new RegisterEngine(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBool() ? reader.ReadBytes().ToArray() : null)
        {
            Session = reader.ReadInt64(),
            Seen = reader.ReadInt64(),
        };
        var holds = new List<HeldTask>();
        for (var left = reader.ReadInt32(); left > 0; left--) holds.Add(new HeldTask(reader.ReadInt64(), reader.ReadInt32(), reader.ReadBool()));
        return read with { Holds = [.. holds], Facts = EngineFacts.Read(ref reader) };
    }
}

/// <summary>A task an engine holds.</summary>
internal readonly record struct HeldTask(long TaskId, int Attempt, bool IsDirect);

/// <summary>What an engine says of itself.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="ProcessStarted">When that started: tells it from a later one with the same id.</param>
/// <param name="Host">The name of its machine.</param>
/// <param name="Machine">Tells its machine, since that was started, from all others.</param>
/// <param name="Version">Of ActorParallel: the build's id.</param>
/// <param name="Tags">What tasks may ask for.</param>
/// <param name="Resources">What tasks may use up, by name.</param>
internal sealed record EngineFacts(int ProcessId, long ProcessStarted, string Host, string Machine, string Version, string[] Tags, (string Name, double Amount)[] Resources)
{
    public static readonly EngineFacts None = new(0, 0, "", "", "", [], []);

    public void Write(PayloadWriter writer)
    {
        writer.WriteInt32(ProcessId);
        writer.WriteInt64(ProcessStarted);
        writer.WriteString(Host);
        writer.WriteString(Machine);
        writer.WriteString(Version);
        writer.WriteInt32(Tags.Length);
        foreach (var tag in Tags) writer.WriteString(tag);
        writer.WriteInt32(Resources.Length);
        foreach (var (name, amount) in Resources)
        {
            writer.WriteString(name);
            writer.WriteFixed(amount);
        }
    }

    public static EngineFacts Read(ref PayloadReader reader)
    {
        var read = new EngineFacts(reader.ReadInt32(), reader.ReadInt64(), reader.ReadString() ?? "", reader.ReadString() ?? "", reader.ReadString() ?? "", [], []);
        var tags = new List<string>();
        for (var left = reader.ReadInt32(); left > 0; left--) tags.Add(reader.ReadString() ?? "");
        var resources = new List<(string, double)>();
        for (var left = reader.ReadInt32(); left > 0; left--) resources.Add((reader.ReadString() ?? "", reader.ReadFixed<double>()));
        return read with { Tags = [.. tags], Resources = [.. resources] };
    }
}

/// <summary>The engine can't be taken.</summary>
internal sealed record RefuseEngine(string Why) : IWireMessage;
