using ActorParallel.Payloads;
using ActorParallel.Scheduling;

namespace ActorParallel.Controllers;

/// <summary>How a task's dependencies travel.</summary>
internal static class DependencyWire
{
    public static void Write(PayloadWriter writer, Dependencies? dependencies)
    {
        writer.WriteInt32(dependencies?.Groups.Count ?? 0);
        foreach (var group in dependencies?.Groups ?? [])
        {
            writer.WriteByte((byte)group.Kind);
            writer.WriteBool(group.All);
            writer.WriteBool(group.OnSuccess);
            writer.WriteBool(group.OnFailure);
            writer.WriteInt32(group.TaskIds.Count);
            foreach (var id in group.TaskIds) writer.WriteInt64(id);
        }
    }

    public static Dependencies? Read(ref PayloadReader reader)
    {
        var count = reader.ReadInt32();
        if (count == 0) return null;
        var groups = new List<DependencyGroup>();
        for (; count > 0; count--)
        {
            var kind = (DependencyKind)reader.ReadByte();
            var all = reader.ReadBool();
            var success = reader.ReadBool();
            var failure = reader.ReadBool();
            var ids = new List<long>();
            for (var left = reader.ReadInt32(); left > 0; left--) ids.Add(reader.ReadInt64());
            groups.Add(new DependencyGroup(ids, kind, all, success, failure));
        }
        return new Dependencies(groups);
    }
}
