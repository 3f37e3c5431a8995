using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace ActorParallel.Scripts;

/// <summary>
/// The assemblies of one session beside the platform's, for the compiler and for the runtime: the session's own submissions, files that
/// <c>#r</c> names, and assemblies that were loaded otherwise, whose metadata is read where the runtime has it.
/// </summary>
internal sealed class ScriptReferences
{
    // Submissions look assemblies up while they run, on any thread.
    readonly ConcurrentDictionary<string, Assembly> _loaded = new(StringComparer.OrdinalIgnoreCase);
    readonly ConcurrentDictionary<string, string> _files = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> _platform = new(StringComparer.OrdinalIgnoreCase);
    readonly List<MetadataReference> _fresh = [];

    public ScriptReferences()
    {
        Context = NewContext("script");
        foreach (string name in PlatformReferences.Common.Where(PlatformReferences.Has)) AddPlatform(name);
    }

    /// <summary>Where what stays is loaded. Collectible, because it may refer to what is.</summary>
    public AssemblyLoadContext Context { get; }

    public AssemblyLoadContext NewContext(string name) => new Submissions(name, this);

    /// <summary>What the next submission adds to what the one before it had.</summary>
    public MetadataReference[] Fresh => [.. _fresh];

    /// <summary>The platform's assemblies that the session does without so far.</summary>
    public string[] Spared => [.. PlatformReferences.Names.Where(name => !_platform.Contains(name))];

    public void AddPlatform(string name)
    {
        if (_platform.Add(name)) _fresh.Add(PlatformReferences.Get(name));
    }

    /// <summary>A submission that has them is what later ones build on.</summary>
    public void Seen() => _fresh.Clear();

    public void AddSubmission(Assembly assembly) => _loaded[assembly.GetName().Name!] = assembly;

    /// <summary>A file's assembly is loaded when something of it is first used.</summary>
    public void AddFile(string path)
    {
        string name = AssemblyName.GetAssemblyName(path).Name!;
        if (!PlatformReferences.Has(name)) _files.TryAdd(name, path);
    }

    /// <returns>False: code can't name this assembly, because another one has its name.</returns>
    public unsafe bool TryAdd(Assembly assembly)
    {
        string name = assembly.GetName().Name ?? "";
        if (PlatformReferences.Has(name))
        {
            if (AssemblyLoadContext.GetLoadContext(assembly) != AssemblyLoadContext.Default) return false;
            AddPlatform(name);
            return true;
        }

        if (_loaded.TryGetValue(name, out var known)) return known == assembly;
        if (_files.TryGetValue(name, out string? file)) return assembly.Location == file;
        if (assembly.IsDynamic || !assembly.TryGetRawMetadata(out byte* start, out int length)) return false;

        // The blob lives as long as the assembly, which _loaded holds.
        _loaded[name] = assembly;
        _fresh.Add(AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata((nint)start, length)).GetReference(display: name));
        AddDependencies(assembly);
        return true;
    }

    public Assembly? Find(string name) =>
        _loaded.TryGetValue(name, out var assembly) ? assembly
        : _files.TryGetValue(name, out string? path) ? Assembly.LoadFrom(path)
        : null;

    void AddDependencies(Assembly assembly)
    {
        var context = AssemblyLoadContext.GetLoadContext(assembly) ?? AssemblyLoadContext.Default;
        foreach (var reference in assembly.GetReferencedAssemblies())
        {
            if (PlatformReferences.Has(reference.Name!) || _loaded.ContainsKey(reference.Name!)) continue;
            try
            {
                TryAdd(context.LoadFromAssemblyName(reference));
            }
            catch (Exception e) when (e is IOException or BadImageFormatException)
            {
                // The compiler says so if code needs it.
            }
        }
    }

    sealed class Submissions(string name, ScriptReferences references) : AssemblyLoadContext(name, isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName) => references.Find(assemblyName.Name!);
    }
}
