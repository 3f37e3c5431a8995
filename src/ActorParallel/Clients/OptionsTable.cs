using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using ActorParallel.Controllers;

namespace ActorParallel.Clients;

/// <summary>Options as they travel: one object for all that say the same, so that each is sent once. Thread-safe.</summary>
internal sealed class OptionsTable
{
    readonly ConditionalWeakTable<TaskOptions, ClusterOptions> _known = [];
    readonly ConcurrentDictionary<string, ClusterOptions> _byContent = new(StringComparer.Ordinal);

    public ClusterOptions Find(TaskOptions options) => _known.TryGetValue(options, out var known) ? known : _known.GetValue(options, Make);

    ClusterOptions Make(TaskOptions options) => _byContent.GetOrAdd(KeyOf(options), static (_, o) => new ClusterOptions
    {
        Retries = o.Retries,
        Timeout = o.Timeout,
        QueueTimeout = o.QueueTimeout,
        Priority = o.Priority,
        Targets = o.Targets,
        Tags = o.Tags,
        Resources = o.Resources,
        Idempotent = o.Idempotent,
        EngineLossRetries = o.EngineLossRetries,
    }, options);

    static string KeyOf(TaskOptions o)
    {
        var key = new StringBuilder();
        key.Append(CultureInfo.InvariantCulture, $"{o.Retries} {o.EngineLossRetries} {o.Timeout?.Ticks} {o.QueueTimeout?.Ticks} {o.Priority} {o.Idempotent}");
        foreach (var target in o.Targets ?? []) key.Append(CultureInfo.InvariantCulture, $" @{target}");
        foreach (var tag in o.Tags) key.Append(CultureInfo.InvariantCulture, $" #{tag.Length}:{tag}");
        foreach (var (name, amount) in o.Resources ?? new Dictionary<string, double>()) key.Append(CultureInfo.InvariantCulture, $" +{name.Length}:{name}={amount:R}");
        return key.ToString();
    }
}
