using System.Collections.Immutable;
using ActorParallel.Engines;
using Microsoft.CodeAnalysis;

namespace ActorParallel.Scripts;

/// <summary>The assemblies this process started with: what every script can name. Shared by all sessions.</summary>
internal static class PlatformReferences
{
    static readonly Lazy<ImmutableDictionary<string, string>> Found = new(Find);

    static readonly Lazy<ImmutableArray<MetadataReference>> Made = new(static () =>
        [.. Found.Value.Values.Select(static path => (MetadataReference)MetadataReference.CreateFromFile(path))]);

    public static ImmutableArray<MetadataReference> All => Made.Value;

    /// <summary>Whether an assembly of that simple name is one of them.</summary>
    public static bool Has(string name) => Found.Value.ContainsKey(name);

    static ImmutableDictionary<string, string> Find()
    {
        var paths = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        string listed = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        foreach (string path in listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Append(typeof(EngineNamespace).Assembly.Location))
        {
            if (File.Exists(path)) paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }
        return paths.ToImmutable();
    }
}
