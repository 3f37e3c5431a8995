using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;

namespace ActorParallel.Scripts;

/// <summary>
/// One compiled piece of a session. What declares nothing is loaded in a context of its own, and gone with the last thing that came of it;
/// what stays shares the session's context.
/// </summary>
internal sealed class Submission
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    readonly ConstructorInvoker? _make;
    readonly MethodInfo? _start;

    public Submission(CSharpCompilation compilation, byte[] image, bool hasValue, ScriptReferences references)
    {
        HasValue = hasValue;
        Mentions = ScriptCompiler.Mentions(compilation);
        Declares = ScriptCompiler.Declares(compilation);
        Compilation = Declares ? compilation : null;
        if (ScriptCompiler.HasCode(compilation))
        {
            using var stream = new MemoryStream(image, writable: false);
            Assembly = (Declares ? references.Context : references.NewContext(compilation.AssemblyName!)).LoadFromStream(stream);
            var script = Assembly.GetType(compilation.Options.ScriptClassName!, throwOnError: true)!;
            _make = ConstructorInvoker.Create(script.GetConstructors(Declared & ~BindingFlags.Static)[0]);
            _start = script.GetMethod("<Initialize>", Declared);
            Fields = [.. script.GetFields(Declared).Where(static field => !field.Name.Contains('<'))];
            Members = [.. script.GetMembers(Declared)
                .Where(static member => member is MethodInfo or PropertyInfo or Type && !member.Name.Contains('<'))];
        }
    }

    /// <summary>What later code builds on; null if that is nothing. A compilation is large.</summary>
    public CSharpCompilation? Compilation { get; }

    public bool HasValue { get; }

    /// <summary>Null if there is nothing to run.</summary>
    public Assembly? Assembly { get; }

    /// <summary>The variables at the top of the code.</summary>
    public FieldInfo[] Fields { get; } = [];

    /// <summary>The methods, properties and types at the top of the code.</summary>
    public MemberInfo[] Members { get; } = [];

    /// <summary>Whether later code sees something of it.</summary>
    public bool Declares { get; }

    public string[] Mentions { get; }

    /// <summary>Makes the object that holds the variables. It puts itself where later submissions look for it.</summary>
    /// <param name="states">The globals' object, then the submissions before.</param>
    public object Make(object?[] states) => _make!.Invoke((object)states);

    /// <summary>Runs the code, up to its first await on this thread.</summary>
    public Task<object?> Start(object instance) =>
        _start!.CreateDelegate<Func<Task<object?>>>(instance)();
}
