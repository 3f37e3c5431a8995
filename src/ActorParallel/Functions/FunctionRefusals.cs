using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ActorParallel.Functions;

/// <summary>Functions that can't travel whatever they captured: each a sentence with what, why and what to do.</summary>
internal static class FunctionRefusals
{
    public static string Multicast(Delegate function) =>
        $"The delegate combines {function.GetInvocationList().Length} functions and one call can run only one; pass a lambda that calls them.";

    /// <summary>Why the function can't travel, or null.</summary>
    public static string? Why(Delegate function, MethodInfo method)
    {
        if (IsCompiledExpression(function, method)) return "A compiled expression exists only in this process's memory; pass a lambda or a method instead.";
        if (method is DynamicMethod || method.DeclaringType is not { } type) return "A method made at run time exists only in this process's memory; pass a lambda or a method instead.";

        if (function.Target is null && type.IsSubclassOf(typeof(Delegate))) return $"A delegate to native code ({CompilerNames.Display(function.GetType())}) points into this process; call the native function from a lambda instead.";
        if (method.ContainsGenericParameters) return $"{Capital(method)} has open type parameters; give it type arguments.";
        if (IsAsyncVoid(method)) return $"{Capital(method)} is async void, so nobody can tell when it ends or how; let it return a Task.";
        if (NamedTasks.NameOf(method) is { } name) return NamedTasks.Why(method, name);
        return FunctionModules.IsFramework(method) ? null : WhyModule(method.Module.Assembly, method);
    }

    static string? WhyModule(Assembly assembly, MethodInfo function)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            return $"{Capital(function)} is compiled into a native program, whose functions another process can't load; publish without PublishAot, use a pool of threads, or call a [ParallelTask] method.";
        return WhyAssembly(assembly) is { } reason ? $"{Capital(function)} is in {assembly.GetName().Name}, which {reason}" : null;
    }

    /// <summary>Why an assembly can't be loaded in another process, or null: the rest of a sentence that begins with its name.</summary>
    public static string? WhyAssembly(Assembly assembly)
    {
        if (assembly.IsDynamic) return "was made at run time and can't be loaded by another process; compile it into a file and load it from there.";
        if (assembly.Location.Length > 0 || CodeImages.Of(assembly) is not null) return null;
        return AssemblyLoadContext.GetLoadContext(assembly) == AssemblyLoadContext.Default
            ? "is part of a program published as a single file and can't be loaded by another process; publish without PublishSingleFile, use a pool of threads, or call a [ParallelTask] method."
            : "was loaded from memory and can't be found by another process; load it from its file.";
    }

    // Compiled to IL it has a Closure as its target; interpreted, a helper of the expressions' own assembly as its method.
    static bool IsCompiledExpression(Delegate function, MethodInfo method) =>
        function.Target?.GetType().FullName == "System.Runtime.CompilerServices.Closure"
        || (method.DeclaringType is { IsVisible: false, Namespace: "System.Dynamic.Utils" or "System.Linq.Expressions.Interpreter" });

    static bool IsAsyncVoid(MethodInfo method) =>
        method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false);

    static string Capital(MethodInfo function)
    {
        string name = CompilerNames.Display(function);
        return char.ToUpperInvariant(name[0]) + name[1..];
    }
}
