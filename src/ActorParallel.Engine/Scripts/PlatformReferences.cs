using System.Collections.Concurrent;
using System.Collections.Frozen;
using ActorParallel.Engines;
using Microsoft.CodeAnalysis;

namespace ActorParallel.Scripts;

/// <summary>The assemblies this process started with: what every script can name. Shared by all sessions; thread-safe.</summary>
internal static class PlatformReferences
{
    static readonly Lazy<FrozenDictionary<string, string>> Found = new(Find);

    static readonly ConcurrentDictionary<string, MetadataReference> Made = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What most code needs. Sessions start with these alone: every assembly given costs every compilation time and memory.
    /// </summary>
    public static IEnumerable<string> Common { get; } =
    [
        "ActorParallel", "System.Private.CoreLib", "System.Private.Uri", "System.Runtime", "System.Collections", "System.Collections.Concurrent",
        "System.Console", "System.Linq", "System.Memory", "System.Threading", "System.Text.RegularExpressions", "Microsoft.CSharp", "System.Linq.Expressions",
    ];

    public static IEnumerable<string> Names => Found.Value.Keys;

    /// <summary>Whether an assembly of that simple name is one of them.</summary>
    public static bool Has(string name) => Found.Value.ContainsKey(name);

    public static MetadataReference Get(string name) => Made.GetOrAdd(name, static name => MetadataReference.CreateFromFile(Found.Value[name]));

    static FrozenDictionary<string, string> Find()
    {
        var paths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string listed = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        foreach (string path in listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Append(typeof(EngineNamespace).Assembly.Location))
        {
            if (File.Exists(path)) paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }

        return paths.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
