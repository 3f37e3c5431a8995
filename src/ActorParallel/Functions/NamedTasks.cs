using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ActorParallel.Functions;

/// <summary>The methods with <see cref="ParallelTaskAttribute"/>, by name and signature. Assemblies are looked through once, on demand.</summary>
internal static class NamedTasks
{
    static readonly ConditionalWeakTable<Assembly, ILookup<string, MethodInfo>> Scanned = [];

    /// <summary>The method's name as a task, or null.</summary>
    public static string? NameOf(MethodInfo method) =>
        method.IsDefined(typeof(ParallelTaskAttribute), inherit: false) ? method.GetCustomAttribute<ParallelTaskAttribute>(inherit: false)!.Name : null;

    /// <summary>What a method returns and takes.</summary>
    public static Type[] Signature(MethodInfo method) => [method.ReturnType, .. method.GetParameters().Select(static p => p.ParameterType)];

    /// <summary>Why the method can't be called by its name, or null.</summary>
    public static string? Why(MethodInfo method, string name)
    {
        if (!method.IsStatic || method.IsGenericMethod || method.DeclaringType is { IsGenericType: true })
            return $"{CompilerNames.Display(method)} is [ParallelTask(\"{name}\")] and can't be called by a name: make it static and not generic, also the types around it.";
        var same = Of(method.Module.Assembly, name, Signature(method));
        return same.Count > 1 ? Twice(name, same) : null;
    }

    /// <summary>Finds a named task for a call.</summary>
    /// <param name="name">The task's name.</param>
    /// <param name="assembly">Where the caller has it, which is where to look first.</param>
    /// <param name="build">The caller's build of that.</param>
    /// <param name="signature">As <see cref="Signature"/> says.</param>
    /// <exception cref="ShippingException">There is none or more than one.</exception>
    /// <exception cref="MissingCodeException">It is to come from a client.</exception>
    public static MethodInfo Find(string name, string assembly, Guid build, Type[] signature)
    {
        _ = OwnAssemblies.Load(assembly);
        var own = Own().ToArray();
        var found = own.SelectMany(a => Of(a, name, signature)).ToList();
        if (found.Count == 0 && AssemblyLoadContext.CurrentContextualReflectionContext is { } context)
        {
            // The client's, where the set has it or may get it.
            if (context is CodeContext { Shipping: true } code && code.Find(assembly, build) is { } module) found = Of(module.Assembly, name, signature);
            else if (context is not CodeContext) found = [.. context.Assemblies.SelectMany(a => Of(a, name, signature))];
        }

        if (found.Count == 1) return found[0];
        if (found.Count > 1) throw new ShippingException(Twice(name, found));
        var others = own.SelectMany(a => Scan(a)[name]).Select(Show).ToArray();
        throw new ShippingException(
            $"There is no task \"{name}\" here that takes ({string.Join(", ", signature.Skip(1).Select(CompilerNames.Display))}) and returns {CompilerNames.Display(signature[0])}; "
            + (others.Length > 0 ? $"here it is {string.Join(" and ", others)}: call it so, or give both sides the same." : $"put an assembly with that [ParallelTask] into {AppContext.BaseDirectory}."));
    }

    // What this process's program has loaded; a set's assemblies belong to some client.
    static IEnumerable<Assembly> Own() => AssemblyLoadContext.Default.Assemblies.Where(static a => !a.IsDynamic);

    static bool CanHaveTasks(Assembly assembly) =>
        Array.Exists(assembly.GetReferencedAssemblies(), static r => r.Name == typeof(NamedTasks).Assembly.GetName().Name);

    static List<MethodInfo> Of(Assembly assembly, string name, Type[] signature) =>
        [.. Scan(assembly)[name].Where(method => Signature(method).AsSpan().SequenceEqual(signature))];

    static ILookup<string, MethodInfo> Scan(Assembly assembly) => Scanned.GetValue(assembly, static a =>
    {
        const BindingFlags all = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return (CanHaveTasks(a) ? Types(a) : []).Where(static t => !t.IsGenericTypeDefinition).SelectMany(static t => t.GetMethods(all))
            .Where(static m => !m.IsGenericMethod && m.IsDefined(typeof(ParallelTaskAttribute), inherit: false))
            .ToLookup(static m => m.GetCustomAttribute<ParallelTaskAttribute>(inherit: false)!.Name, StringComparer.Ordinal);
    });

    static Type[] Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return [.. e.Types.OfType<Type>()];
        }
    }

    static string Twice(string name, IEnumerable<MethodInfo> methods) =>
        $"The task name \"{name}\" stands for more than one method: {string.Join(" and ", methods.Select(Show))}; give each a name of its own.";

    static string Show(MethodInfo method) =>
        $"{CompilerNames.Display(method)}({string.Join(", ", method.GetParameters().Select(static p => CompilerNames.Display(p.ParameterType)))}) of {method.Module.Assembly.GetName().Name}";
}
