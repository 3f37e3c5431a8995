using System.Reflection;
using System.Runtime.Loader;

namespace ActorParallel.Functions;

/// <summary>Finds an assembly's references as the runtime would bind them, without loading what its own context would not.</summary>
internal static class ProgramReferences
{
    /// <summary>The assemblies with all they refer to, transitively; without the framework and what every engine has.</summary>
    /// <exception cref="ShippingException">A root has no bytes to send.</exception>
    public static List<ProgramAssembly> Closure(IEnumerable<Assembly> roots)
    {
        var found = new Dictionary<string, ProgramAssembly>(StringComparer.OrdinalIgnoreCase);
        var pending = new Queue<(ProgramAssembly Assembly, AssemblyName[] References, Assembly? Loaded)>();
        foreach (var root in roots)
        {
            if (!Stays(root.GetName().Name!, root.Location)) Meet(ProgramAssembly.Of(root), root.GetReferencedAssemblies(), root);
        }

        while (pending.TryDequeue(out var next))
        {
            var names = new List<string>();
            foreach (var reference in next.References)
            {
                string name = reference.Name ?? "";
                if (found.ContainsKey(name) || Follow(reference, next.Loaded)) names.Add(name);
            }

            next.Assembly.References = names;
        }

        return [.. found.Values];

        void Meet(ProgramAssembly assembly, AssemblyName[] references, Assembly? loaded)
        {
            if (found.TryAdd(assembly.Name, assembly)) pending.Enqueue((assembly, references, loaded));
        }

        bool Follow(AssemblyName reference, Assembly? from)
        {
            string name = reference.Name ?? "";
            if (OwnAssemblies.IsCore(name)) return false;
            if (Loaded(reference, from) is { } assembly)
            {
                // One without bytes stays behind: only if its code is reached, that fails.
                if (Stays(name, assembly.Location) || FunctionRefusals.WhyAssembly(assembly) is not null) return false;
                Meet(ProgramAssembly.Of(assembly), assembly.GetReferencedAssemblies(), assembly);
                return true;
            }

            string? path = OwnAssemblies.PathOf(name) ?? Beside(name, from);
            if (path is null || Stays(name, path) || CodeFile.TryRead(path) is not { } file || file.Name != name) return false;
            Meet(ProgramAssembly.Of(file, path), file.References, from);
            return true;
        }
    }

    /// <summary>Whether an assembly never travels.</summary>
    public static bool Stays(string name, string path) => OwnAssemblies.IsCore(name) || (path.Length > 0 && OwnAssemblies.IsFramework(name, path));

    /// <summary>What the reference is bound to. The default context says so without loading; another may know ways of its own.</summary>
    static Assembly? Loaded(AssemblyName reference, Assembly? from)
    {
        var home = from is null ? AssemblyLoadContext.Default : AssemblyLoadContext.GetLoadContext(from) ?? AssemblyLoadContext.Default;
        if (home.Assemblies.FirstOrDefault(a => a.GetName().Name == reference.Name) is { } here) return here;
        if (home != AssemblyLoadContext.Default)
        {
            try
            {
                return home.LoadFromAssemblyName(reference);
            }
            catch (Exception e) when (e is IOException or BadImageFormatException)
            {
                // Its own way of finding it may be another, such as a script's with the submissions before.
            }
        }

        return Array.Find(AppDomain.CurrentDomain.GetAssemblies(), a => a.FullName == reference.FullName && CodeImages.Of(a) is not null);
    }

    static string? Beside(string name, Assembly? from) =>
        from is { Location.Length: > 0 } && Path.GetDirectoryName(from.Location) is { } folder && Path.Combine(folder, name + ".dll") is var path && File.Exists(path) ? path : null;
}
