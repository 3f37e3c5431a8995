using System.Runtime.Loader;

namespace ActorParallel.Functions;

/// <summary>
/// The assemblies of one client program on an engine: one build of each name, in a load context of their own. Kept and unloaded by its
/// <see cref="CodeSets"/>. Thread-safe.
/// </summary>
internal sealed class CodeSet(Guid program, CodeStore? store)
{
    readonly Lock _gate = new();
    readonly CodeContext _context = new(store is not null);

    public Guid Program => program;

    internal CodeContext Context => _context;

    /// <summary>Counted by <see cref="CodeSets"/>.</summary>
    internal int Leases { get; set; }

    /// <summary>What is read until the scope ends, also after awaits, is resolved in this set.</summary>
    public AssemblyLoadContext.ContextualReflectionScope Enter() => _context.EnterContextualReflection();

    /// <summary>Whether what was missing has come.</summary>
    public bool Has(MissingCodeException missing) => _context.BuildOf(missing.Assembly) is { } build && (missing.Build is null || build == missing.Build);

    /// <summary>Whether this set has no other build of any of them.</summary>
    public bool Fits(CodeBundle bundle) => bundle.Items.All(item => _context.BuildOf(item.Name) is not { } build || build == item.Build);

    /// <summary>The assemblies whose bytes the engine needs from the client.</summary>
    public IReadOnlyList<CodeItem> Lacks(CodeBundle bundle)
    {
        var cache = Store();
        var shared = Shared(bundle);
        return [.. bundle.Items.Where(item => !shared.Contains(item.Name) && _context.BuildOf(item.Name) != item.Build && !cache.Has(item))];
    }

    /// <summary>Loads what is not yet loaded of the bundle; its bytes must be in the store.</summary>
    /// <exception cref="ShippingException">Bytes are missing or wrong, or the set has another build of a name.</exception>
    public void Add(CodeBundle bundle)
    {
        var cache = Store();
        lock (_gate)
        {
            if (!Fits(bundle)) throw new ShippingException($"The engine has other builds than {bundle.Items[0]} and what it needs for this program; connect again.");
            var shared = Shared(bundle);
            var fresh = bundle.Items.Where(item => _context.BuildOf(item.Name) is null).ToArray();
            _context.Add(Array.ConvertAll(fresh, item => (item, shared.Contains(item.Name) ? null : cache.Verified(item))));
        }
    }

    CodeStore Store() => store ?? throw new ShippingException($"The program's code is not here, and {CodeContext.OffAdvice}.");

    /// <summary>
    /// The assemblies that stay the engine's own. A build that is the same here is one of them only if all it refers to is: otherwise its
    /// types and those of the client's code would be made of different ones.
    /// </summary>
    static HashSet<string> Shared(CodeBundle bundle)
    {
        var items = bundle.Items.ToDictionary(static item => item.Name, StringComparer.OrdinalIgnoreCase);
        var shared = new HashSet<string>(items.Values.Where(IsOwn).Select(static item => item.Name), StringComparer.OrdinalIgnoreCase);
        while (shared.RemoveWhere(name => items[name].References.Any(r => items.ContainsKey(r) && !shared.Contains(r))) > 0)
        {
        }

        return shared;
    }

    static bool IsOwn(CodeItem item)
    {
        if (OwnAssemblies.IsCore(item.Name)) return true;
        if (OwnAssemblies.FileOf(item.Name) is not { } own) return false;
        // A package can bring a newer one than the framework has.
        return own.Build == item.Build || (OwnAssemblies.HasFramework(item.Name) && own.Version >= item.Version);
    }
}
