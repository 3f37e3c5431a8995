using System.Reflection;
using ActorParallel.Profiles;
using Microsoft.Extensions.Configuration;

namespace ActorParallel.Hosting.Options;

/// <summary>The keys that a section of <c>IConfiguration</c> may have. One that nothing reads is a slip, and said at the start.</summary>
internal static class ConfigurationKeys
{
    public const string Executors = nameof(Executors);

    static readonly string[] s_options = Names(typeof(ActorParallelOptions), nameof(ActorParallelOptions.Hocon));
    static readonly string[] s_pool = Names(typeof(ParallelPoolOptions), nameof(ParallelPoolOptions.Initializer));

    static string[] Names(Type type, string codeOnly) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.Name != codeOnly).Select(p => p.Name)];

    /// <summary>A sentence about the first key that is unknown; null when all are known.</summary>
    public static string? Unknown(IConfigurationSection section, bool isNamed) =>
        Unknown(section, isNamed ? s_options : [.. s_options, Executors]) ?? Unknown(section.GetSection(nameof(ActorParallelOptions.Pool)), s_pool);

    static string? Unknown(IConfigurationSection section, string[] known)
    {
        foreach (var child in section.GetChildren())
        {
            if (known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) continue;
            var near = ProfileName.Nearest(child.Key, known);
            return $"The configuration's key {child.Path} is unknown: {(near.Count > 0 ? $"is {section.Path}:{near[0]} meant?" : $"use one of {string.Join(", ", known)}.")}";
        }
        return null;
    }
}
