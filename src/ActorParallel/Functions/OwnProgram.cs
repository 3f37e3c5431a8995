namespace ActorParallel.Functions;

/// <summary>
/// The program whose files this process runs with: its own, or, in an engine that a program started from its files, that one. Client and
/// engine find the same, so that an engine knows a program that it need not ask for.
/// </summary>
internal static class OwnProgram
{
    static readonly Lazy<Dictionary<string, ProgramAssembly>> s_found = new(Find);
    static readonly Lazy<Guid> s_id = new(static () => Assemblies.Count > 0 ? new CodeProgram(Assemblies).Id : default);

    /// <summary>Its assemblies, without what every engine has. Empty where there is none. Takes some milliseconds the first time.</summary>
    public static IReadOnlyCollection<ProgramAssembly> Assemblies => s_found.Value.Values;

    /// <summary>As clients name it to engines; all zeros where there is none.</summary>
    public static Guid Id => s_id.Value;

    /// <summary>Whether it has all of these, of the same builds.</summary>
    public static bool Contains(IEnumerable<ProgramAssembly> assemblies) =>
        assemblies.All(a => s_found.Value.TryGetValue(a.Name, out var own) && own.Build == a.Build);

    static Dictionary<string, ProgramAssembly> Find()
    {
        var found = OwnAssemblies.ProgramName is { } name && OwnAssemblies.Load(name) is { } entry && FunctionRefusals.WhyAssembly(entry) is null
            ? ProgramReferences.Closure([entry])
            : [];
        return found.ToDictionary(static a => a.Name, StringComparer.OrdinalIgnoreCase);
    }
}
