using ActorParallel.Clients;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Scheduling;
using ActorParallel.Telemetry;
using ActorParallel.Transport;

namespace ActorParallel.TestKit;

/// <summary>An entry of a batch: its kind, and the task it is about, or -1.</summary>
internal readonly record struct BatchEntry(string Kind, long Task = -1, int Attempt = 0, TaskState? End = null)
{
    /// <summary>What a batch holds, up to the first entry of a kind that is of no interest here and whose length is its own business.</summary>
    public static List<BatchEntry> Read(Party from, Party to, byte[] batch)
    {
        var entries = new List<BatchEntry>();
        try
        {
            var reader = new PayloadReader(batch);
            reader.ReadRaw(Link.HeaderBytes);
            for (var goOn = true; goOn && reader.Remaining > 0;)
            {
                (var entry, goOn) =
                    to == Party.Clients ? OfReply(ref reader, batch)
                    : to != Party.Controller ? OfEngine(ref reader, batch)
                    : from == Party.Clients ? OfClient(ref reader, batch, entries)
                    : OfOutcome(ref reader, batch);
                entries.Add(entry);
            }
        }
        catch (Exception e) when (e is InvalidDataException or ShippingException or IndexOutOfRangeException or ArgumentException)
        {
            // What its receiver can't read either is the receiver's to complain of.
        }
        return entries;
    }

    static (BatchEntry, bool) OfEngine(ref PayloadReader reader, byte[] batch)
    {
        var kind = (EngineEntry)reader.ReadByte();
        var entry = new BatchEntry(kind.ToString());
        switch (kind)
        {
            case EngineEntry.Define:
                reader.ReadInt32();
                reader.ReadInt32();
                reader.ReadFixed<Guid>();
                reader.ReadBytes();
                return (entry, true);
            case EngineEntry.Task or EngineEntry.DirectTask:
                entry = entry with { Task = reader.ReadInt64(), Attempt = reader.ReadInt32() };
                reader.ReadInt32();
                reader.ReadInt32();
                reader.ReadInt64();
                TaskWire.ReadPlace(ref reader, batch);
                return (entry, true);
            case EngineEntry.Cancel or EngineEntry.Recall:
                return (entry with { Task = reader.ReadInt64(), Attempt = reader.ReadInt32() }, true);
            case EngineEntry.Trace:
                TraceParent.Read(ref reader);
                return (entry, true);
            case EngineEntry.Release or EngineEntry.Forget or EngineEntry.PeerJoined or EngineEntry.PeerLeft:
                reader.ReadInt32();
                return (entry, true);
            default:
                return (entry, false);
        }
    }

    static (BatchEntry, bool) OfOutcome(ref PayloadReader reader, byte[] batch)
    {
        var kind = (ControllerEntry)reader.ReadByte();
        var entry = new BatchEntry(kind.ToString());
        switch (kind)
        {
            case ControllerEntry.Finished:
                entry = entry with { Task = reader.ReadInt64(), Attempt = reader.ReadInt32() };
                var outcome = (TaskOutcome)reader.ReadByte();
                reader.ReadInt64();
                reader.ReadInt64();
                reader.ReadInt32();
                reader.ReadString();
                TaskWire.ReadPlace(ref reader, batch);
                if (outcome is TaskOutcome.Failed or TaskOutcome.Unsuitable)
                {
                    reader.ReadString();
                    reader.ReadString();
                }
                return (entry, true);
            case ControllerEntry.Leaving:
                return (entry, true);
            case ControllerEntry.Wrote:
                entry = entry with { Task = reader.ReadInt64() };
                reader.ReadString();
                return (entry, true);
            case ControllerEntry.Overran or ControllerEntry.Started:
                return (entry with { Task = reader.ReadInt64(), Attempt = reader.ReadInt32() }, true);
            case ControllerEntry.Progressed:
                entry = entry with { Task = reader.ReadInt64() };
                reader.ReadFixed<double>();
                return (entry, true);
            default:
                return (entry, false);
        }
    }

    static (BatchEntry, bool) OfClient(ref PayloadReader reader, byte[] batch, List<BatchEntry> entries)
    {
        var kind = (ClientEntry)reader.ReadByte();
        var entry = new BatchEntry(kind.ToString());
        switch (kind)
        {
            case ClientEntry.Define:
                reader.ReadInt32();
                reader.ReadString();
                reader.ReadFixed<Guid>();
                reader.ReadBytes();
                return (entry, true);
            case ClientEntry.Options:
                reader.ReadInt32();
                ClusterOptions.Read(ref reader);
                return (entry, true);
            case ClientEntry.Submit:
                entry = entry with { Task = reader.ReadInt64() };
                reader.ReadInt32();
                reader.ReadInt32();
                reader.ReadInt64();
                reader.ReadString();
                DependencyWire.Read(ref reader);
                TaskWire.ReadPlace(ref reader, batch);
                return (entry, true);
            case ClientEntry.Direct:
                reader.ReadBool();
                reader.ReadInt32();
                reader.ReadInt32();
                reader.ReadInt64();
                reader.ReadString();
                TaskWire.ReadPlace(ref reader, batch);
                for (var left = reader.ReadInt32(); left > 1; left--)
                {
                    reader.ReadInt32();
                    entries.Add(entry with { Task = reader.ReadInt64() });
                }
                reader.ReadInt32();
                return (entry with { Task = reader.ReadInt64() }, true);
            case ClientEntry.Trace:
                TraceParent.Read(ref reader);
                return (entry, true);
            case ClientEntry.Cancel:
                return (entry with { Task = reader.ReadInt64() }, true);
            default:
                return (entry, false);
        }
    }

    static (BatchEntry, bool) OfReply(ref PayloadReader reader, byte[] batch)
    {
        var kind = (ReplyEntry)reader.ReadByte();
        var entry = new BatchEntry(kind.ToString());
        switch (kind)
        {
            case ReplyEntry.Ended:
                entry = entry with { Task = reader.ReadInt64() };
                return (entry with { End = EndedTask.Read(ref reader, batch).State }, true);
            case ReplyEntry.EndedWithout:
                entry = entry with { Task = reader.ReadInt64() };
                return (entry with { End = EndedWithoutValue.Read(ref reader).State }, true);
            case ReplyEntry.Moved:
                entry = entry with { Task = reader.ReadInt64() };
                reader.ReadByte();
                return (entry, true);
            case ReplyEntry.Progressed:
                entry = entry with { Task = reader.ReadInt64() };
                reader.ReadFixed<double>();
                return (entry, true);
            case ReplyEntry.Requeued:
                entry = entry with { Task = reader.ReadInt64() };
                reader.ReadByte();
                reader.ReadBool();
                reader.ReadInt32();
                reader.ReadInt32();
                reader.ReadInt64();
                return (entry, true);
            case ReplyEntry.Wrote:
                entry = entry with { Task = reader.ReadInt64() };
                reader.ReadString();
                return (entry, true);
            case ReplyEntry.EngineJoined:
                reader.ReadInt32();
                reader.ReadInt32();
                reader.ReadInt32();
                EngineFacts.Read(ref reader);
                return (entry, true);
            case ReplyEntry.EngineLeft:
                reader.ReadInt32();
                reader.ReadString();
                return (entry, true);
            default:
                return (entry, false);
        }
    }
}
