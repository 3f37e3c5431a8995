using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;

namespace ActorParallel.Functions;

/// <summary>
/// Assemblies of this process that work together: one build of each name. A process has one, unless it loaded two builds of a name.
/// Grows as functions and values name more. Guarded by its <see cref="CodeSource"/>.
/// </summary>
internal sealed class CodeProgram
{
    readonly Dictionary<string, ProgramAssembly> _assemblies = new(StringComparer.OrdinalIgnoreCase);
    readonly List<WeakReference<AssemblyLoadContext>> _homes = [];

    public CodeProgram(IReadOnlyCollection<ProgramAssembly> first)
    {
        string names = string.Join('\n', first.Select(static a => $"{a.Name} {a.Build}").Order(StringComparer.Ordinal));
        Id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(names)).AsSpan(0, 16));
    }

    /// <summary>The same in every process that runs the same builds, so that an engine needs to load these once.</summary>
    public Guid Id { get; }

    public ProgramAssembly? Find(string name) => _assemblies.GetValueOrDefault(name);

    public bool Fits(IEnumerable<ProgramAssembly> assemblies) => assemblies.All(a => !_assemblies.TryGetValue(a.Name, out var known) || known.Build == a.Build);

    public void Add(IEnumerable<ProgramAssembly> assemblies, AssemblyLoadContext? home)
    {
        foreach (var assembly in assemblies) _assemblies.TryAdd(assembly.Name, assembly);
        if (home is not null && !IsHome(home)) _homes.Add(new(home));
    }

    /// <summary>Whether functions of this program came from the context.</summary>
    public bool IsHome(AssemblyLoadContext? context) => _homes.Exists(h => h.TryGetTarget(out var home) && home == context);

    /// <summary>An assembly, first, and all it needs.</summary>
    public List<ProgramAssembly> With(ProgramAssembly root)
    {
        var found = new List<ProgramAssembly> { root };
        for (int i = 0; i < found.Count; i++)
        {
            foreach (string reference in found[i].References)
            {
                if (Find(reference) is { } next && !found.Contains(next)) found.Add(next);
            }
        }

        return found;
    }
}
