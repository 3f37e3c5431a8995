using ActorParallel.Payloads;
using ActorParallel.Scheduling;

namespace ActorParallel.Controllers;

/// <summary>The options of a task as they travel: sent once, and named by number. Immutable.</summary>
internal sealed record ClusterOptions
{
    public int Retries { get; init; }

    /// <summary>How often it may run again because its engine was lost; null: as the cluster has it.</summary>
    public int? EngineLossRetries { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? QueueTimeout { get; init; }

    public int Priority { get; init; }

    public IReadOnlyList<int>? Targets { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, double>? Resources { get; init; }

    public bool Idempotent { get; init; }

    public TaskSpec ToSpec(ControllerSettings settings) => new()
    {
        Retries = Retries,
        EngineLossRetries = EngineLossRetries ?? settings.EngineLossRetries,
        BackoffBase = settings.RetryBackoff,
        BackoffMax = settings.MaxRetryBackoff,
        RunTimeout = Timeout,
        QueueTimeout = QueueTimeout,
        Priority = Priority,
        Targets = Targets,
        Tags = Tags,
        Resources = Resources ?? new Dictionary<string, double>(),
        Idempotent = Idempotent,
    };

    public void Write(PayloadWriter writer)
    {
        writer.WriteInt32(Retries);
        writer.WriteInt32(EngineLossRetries ?? -1);
        writer.WriteInt64(Timeout?.Ticks ?? 0);
        writer.WriteInt64(QueueTimeout?.Ticks ?? 0);
        writer.WriteInt32(Priority);
        writer.WriteInt32(Targets?.Count ?? -1);
        foreach (var target in Targets ?? []) writer.WriteInt32(target);
        writer.WriteInt32(Tags.Count);
        foreach (var tag in Tags) writer.WriteString(tag);
        writer.WriteInt32(Resources?.Count ?? 0);
        foreach (var (name, amount) in Resources ?? new Dictionary<string, double>())
        {
            writer.WriteString(name);
            writer.WriteFixed(amount);
        }
        writer.WriteBool(Idempotent);
    }

    public static ClusterOptions Read(ref PayloadReader reader)
    {
        var retries = reader.ReadInt32();
        var losses = reader.ReadInt32();
        var timeout = reader.ReadInt64();
        var queueTimeout = reader.ReadInt64();
        var priority = reader.ReadInt32();
        int[]? targets = null;
        if (reader.ReadInt32() is >= 0 and var count)
        {
            var list = new List<int>();
            for (; count > 0; count--) list.Add(reader.ReadInt32());
            targets = [.. list];
        }
        var tags = new List<string>();
        for (var left = reader.ReadInt32(); left > 0; left--) tags.Add(reader.ReadString() ?? "");
        var resources = new Dictionary<string, double>();
        for (var left = reader.ReadInt32(); left > 0; left--) resources[reader.ReadString() ?? ""] = reader.ReadFixed<double>();
        return new ClusterOptions
        {
            Retries = retries,
            EngineLossRetries = losses < 0 ? null : losses,
            Timeout = timeout == 0 ? null : TimeSpan.FromTicks(timeout),
            QueueTimeout = queueTimeout == 0 ? null : TimeSpan.FromTicks(queueTimeout),
            Priority = priority,
            Targets = targets,
            Tags = [.. tags],
            Resources = resources.Count == 0 ? null : resources,
            Idempotent = reader.ReadBool(),
        };
    }
}
