using System.Reflection;
using Microsoft.CodeAnalysis.CSharp.Scripting.Hosting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace ActorParallel.Scripts;

/// <summary>
/// A C# prompt, or a script file, in a client: its code sees the members of a globals object. What its code sends to engines has its
/// assemblies' images to travel with. One call at a time; a call that awaits may be left by its token, and goes on.
/// </summary>
/// <param name="globals">The object whose public members code sees by their names.</param>
/// <param name="globalsType">The public type that says which members; the object's own or a base of it.</param>
/// <param name="onAssembly">Gets every piece of code that was compiled, before it runs.</param>
internal sealed class ScriptSession(object globals, Type globalsType, Action<Assembly, ReadOnlyMemory<byte>> onAssembly)
{
    static readonly PrintOptions Printing = new() { MemberDisplayFormat = MemberDisplayFormat.SingleLine, MaximumOutputLength = 4000 };

    readonly Lock _gate = new();
    readonly ScriptChain _chain = new(globals, globalsType, onAssembly);

    /// <summary>Whether the text is whole; false: it needs more lines. Text with an error no line can mend is whole.</summary>
    public static bool IsComplete(string code) => ScriptCompiler.IsComplete(code);

    /// <summary>A value as a prompt shows it: strings in quotes, the items of collections, the members of other objects.</summary>
    public static string Print(object? value) => CSharpObjectFormatter.Instance.FormatObject(value, Printing);

    /// <summary>Runs code on what ran before.</summary>
    /// <param name="code">C# as a script has it.</param>
    /// <param name="fileName">The file it comes from, for errors and for what <c>#r</c> and <c>#load</c> are relative to; null for what was typed.</param>
    /// <param name="cancellationToken">Ends the compiling, or the waiting for what the code awaits.</param>
    /// <returns>The value at its end.</returns>
    /// <exception cref="ScriptException">It doesn't compile; nothing ran.</exception>
    public async Task<ScriptResult> RunAsync(string code, string? fileName, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Submission submission;
        object? instance;
        lock (_gate)
        {
            submission = _chain.Compile(code, fileName, needsValue: false, null, cancellationToken);
            instance = _chain.Append(submission);
        }

        if (instance is null) return default;
        object? value = await submission.Start(instance).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new ScriptResult(value is not null || submission.HasValue, value);
    }

    /// <summary>Lets later code name the types of an assembly that is loaded here.</summary>
    /// <returns>False: another assembly of that name is there already.</returns>
    public bool AddReference(Assembly assembly)
    {
        lock (_gate) return _chain.References.TryAdd(assembly);
    }
}

/// <summary>What code gave back.</summary>
/// <param name="HasValue">Whether it ended with an expression that has a value, null included.</param>
/// <param name="Value">The value.</param>
internal readonly record struct ScriptResult(bool HasValue, object? Value);
