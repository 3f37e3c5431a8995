using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace ActorParallel.Functions;

/// <summary>
/// Where a code set's assemblies are loaded. The framework, ActorParallel with what it stands on, and those of the engine's own that are
/// the client's builds too stay the process's: their types are the same for all sets.
/// </summary>
internal sealed class CodeContext(bool shipping) : AssemblyLoadContext(shipping ? "code set" : "own code", isCollectible: true)
{
    // Weak: the runtime holds an unloaded context for as long as something holds its assemblies, so it must not be the context itself.
    readonly ConcurrentDictionary<string, (WeakReference<Assembly> Assembly, Guid Build)> _assemblies = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The one that what is read now belongs to, or null.</summary>
    public static CodeContext? Current => CurrentContextualReflectionContext as CodeContext;

    /// <summary>False: only what the engine itself has is used.</summary>
    public bool Shipping { get; } = shipping;

    /// <summary>Why something is not here, where assemblies may not come from clients.</summary>
    public const string OffAdvice = "this engine takes no code from clients (allow-code-shipping = off), so put the same build of it beside "
        + "the engine, or call a [ParallelTask] method that the engine has";

    /// <summary>The build that this set has of a name; null: not known.</summary>
    public Guid? BuildOf(string name) => _assemblies.TryGetValue(name, out var known) ? known.Build : null;

    /// <summary>The assembly of a name, or null where the engine has none and the client is not to be asked.</summary>
    /// <exception cref="MissingCodeException">The client is to be asked for it.</exception>
    public Assembly? Resolve(AssemblyName name)
    {
        string simple = name.Name ?? "";
        if (Known(simple) is { } known) return known;
        if (!Shipping || IsAlwaysOwn(simple)) return OwnAssemblies.Load(simple);
        throw new MissingCodeException(simple, null);
    }

    /// <summary>A function's module; null: look among the process's own.</summary>
    /// <exception cref="MissingCodeException">The client is to be asked for it.</exception>
    public Module? Find(string name, Guid build)
    {
        if (Known(name)?.ManifestModule is { } known && known.ModuleVersionId == build) return known;
        return !Shipping || IsAlwaysOwn(name) ? null : throw new MissingCodeException(name, build);
    }

    /// <summary>Loads the files and makes them and the shared ones known, all or none.</summary>
    public void Add(IEnumerable<(CodeItem Item, string? Path)> items)
    {
        var loaded = new List<(CodeItem Item, Assembly Assembly)>();
        foreach (var (item, path) in items)
        {
            // At once, not when first needed: after this the file may go.
            var assembly = path is not null ? LoadFromAssemblyPath(path) : OwnAssemblies.Load(item.Name);
            if (assembly is null || assembly.ManifestModule.ModuleVersionId != item.Build || assembly.GetName().Name != item.Name)
            {
                throw new ShippingException(
                    $"The client described {item} and {path ?? "the engine's own copy"} is {assembly?.FullName ?? "missing"} (build {assembly?.ManifestModule.ModuleVersionId}); connect again.");
            }

            loaded.Add((item, assembly));
        }

        foreach (var (item, assembly) in loaded) _assemblies[item.Name] = (new(assembly), item.Build);
    }

    /// <summary>Whether the engine's own is used whatever the client has.</summary>
    public static bool IsAlwaysOwn(string name) => OwnAssemblies.IsCore(name) || OwnAssemblies.HasFramework(name);

    /// <summary>A reference of the set's code, bound by the runtime. Null: the process's own.</summary>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name is { } name && string.IsNullOrEmpty(assemblyName.CultureName) ? Known(name) : null;

    Assembly? Known(string name) =>
        !_assemblies.TryGetValue(name, out var known) ? null
        : known.Assembly.TryGetTarget(out var assembly) ? assembly
        : Assemblies.FirstOrDefault(a => a.ManifestModule.ModuleVersionId == known.Build);
}
