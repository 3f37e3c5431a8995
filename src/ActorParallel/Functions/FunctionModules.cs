using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace ActorParallel.Functions;

/// <summary>The modules that functions come from, by name and build.</summary>
internal static class FunctionModules
{
    static readonly ConcurrentDictionary<Guid, Module> Known = new();

    // ECMA, Microsoft's for the BCL (three), and ASP.NET Core's.
    static readonly string[] FrameworkKeys = ["b77a5c561934e089", "b03f5f7f11d50a3a", "7cec85d7bea7798e", "cc7b13ffcd2ddd51", "adb9793829ddae60"];

    /// <summary>
    /// Whether both sides may have different patches of the method's assembly. Such methods go by name and signature, except those the
    /// compiler named: these names mean something in one build only.
    /// </summary>
    public static bool IsFramework(MethodInfo method)
    {
        if (CompilerNames.IsGenerated(method)) return false;
        var assembly = method.Module.Assembly;
        return assembly == typeof(object).Assembly
            || (assembly.FullName is { } name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal))
                && Array.Exists(FrameworkKeys, key => name.EndsWith(key, StringComparison.Ordinal)));
    }

    /// <summary>Finds a module here, loading its assembly when it isn't yet.</summary>
    /// <exception cref="ShippingException">It is missing, or another build.</exception>
    /// <exception cref="MissingCodeException">It is to come from a client.</exception>
    public static Module Find(string assembly, Guid build)
    {
        var context = AssemblyLoadContext.CurrentContextualReflectionContext ?? AssemblyLoadContext.Default;
        if (context is CodeContext code && code.Find(assembly, build) is { } shipped) return shipped;

        bool onlyOwn = context is CodeContext;
        string? remedy = context is not CodeContext set ? null : !set.Shipping ? CodeContext.OffAdvice : "install the same version of it on both sides";
        if (onlyOwn) context = AssemblyLoadContext.Default;
        else if (context == AssemblyLoadContext.Default && Known.TryGetValue(build, out var known)) return known;

        var module = Load(assembly, context);
        if (module?.ModuleVersionId != build) module = Loaded(assembly, build, context, onlyOwn) ?? module;
        if (module is null)
        {
            throw new ShippingException(
                $"The function's assembly {assembly} (build {build}) is not in this process, which looks in {AppContext.BaseDirectory}; {remedy ?? "put the same build of it there"}.");
        }

        if (module.ModuleVersionId != build)
        {
            string place = module.Assembly.Location.Length > 0 ? module.Assembly.Location : "memory";
            throw new ShippingException(
                $"The function comes from build {build} of {assembly} and this process has build {module.ModuleVersionId} of it from {place}; {remedy ?? "start both sides from the same build"}.");
        }

        if (!onlyOwn && context == AssemblyLoadContext.Default && !module.Assembly.IsCollectible) Known[build] = module;
        return module;
    }

    /// <summary>The module of that build that was loaded otherwise: into this context first, then the program's own, then any.</summary>
    static Module? Loaded(string assembly, Guid build, AssemblyLoadContext context, bool onlyOwn)
    {
        Module? found = null;
        int rank = 0;
        foreach (var candidate in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (candidate.IsDynamic || candidate.GetName().Name != assembly || candidate.ManifestModule.ModuleVersionId != build) continue;
            var home = AssemblyLoadContext.GetLoadContext(candidate);
            if (home is CodeContext || (onlyOwn && home != context)) continue; // Some client's.
            int closeness = home == context ? 3 : home == AssemblyLoadContext.Default ? 2 : 1;
            if (closeness > rank) (found, rank) = (candidate.ManifestModule, closeness);
        }

        return found;
    }

    static Module? Load(string assembly, AssemblyLoadContext context)
    {
        try
        {
            return context.LoadFromAssemblyName(new AssemblyName(assembly)).ManifestModule;
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }
}
