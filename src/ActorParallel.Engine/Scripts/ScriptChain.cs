using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;

namespace ActorParallel.Scripts;

/// <summary>
/// What a session has run, and what the next code builds on. Only code that declares something becomes a link of it; other code is
/// compiled once for as long as nothing is declared, and leaves nothing behind. Not thread-safe.
/// </summary>
internal sealed class ScriptChain(object? globals, Type? globalsType, Action<Assembly, ReadOnlyMemory<byte>>? onAssembly)
{
    const int Remembered = 32;

    readonly ScriptCompiler _compiler = new(globalsType);
    readonly Dictionary<(string Code, string? File), Submission> _compiled = [];
    CSharpCompilation? _head;
    object?[] _states = [globals];

    public ScriptReferences References { get; } = new();

    /// <summary>The types that code declared at its top, by the name that code knows them by.</summary>
    public Dictionary<string, Type> Types { get; } = new(StringComparer.Ordinal);

    /// <summary>The names the code mentions that <paramref name="isWanted"/> says may need declaring first.</summary>
    public string[] Mentions(string code, string? file, Func<string, bool> isWanted) =>
        [.. (_compiled.TryGetValue((code, file), out var known)
            ? known.Mentions
            : ScriptCompiler.Mentions(_compiler.Create(code, file, _head, References.Fresh))).Where(isWanted)];

    /// <exception cref="ScriptException">It doesn't compile.</exception>
    public Submission Compile(string code, string? file, bool needsValue, CancellationToken cancellationToken)
    {
        if (!References.HasFresh && _compiled.TryGetValue((code, file), out var known))
        {
            return needsValue && !ScriptCompiler.HasValue(known.Compilation) ? throw ScriptErrors.NoValue() : known;
        }

        var compilation = _compiler.Create(code, file, _head, References.Fresh);
        byte[] image = ScriptCompiler.Emit(compilation, cancellationToken);
        if (needsValue && !ScriptCompiler.HasValue(compilation)) throw ScriptErrors.NoValue();
        foreach (var reference in compilation.DirectiveReferences.OfType<Microsoft.CodeAnalysis.PortableExecutableReference>())
        {
            if (reference.FilePath is { } path) References.AddFile(path);
        }

        var submission = new Submission(compilation, image, References);
        if (submission.Assembly is { } assembly) onAssembly?.Invoke(assembly, image);
        if (!submission.Declares && !References.HasFresh)
        {
            if (_compiled.Count == Remembered) _compiled.Clear();
            _compiled[(code, file)] = submission;
        }

        return submission;
    }

    /// <summary>Makes a submission's variables; later code sees them from here on, whatever becomes of the run.</summary>
    /// <returns>The object that holds them; null if there is nothing to run.</returns>
    public object? Append(Submission submission)
    {
        object? instance = null;
        object?[] states = _states;
        if (submission.Assembly is not null)
        {
            states = [.. _states, null];
            instance = submission.Make(states);
        }

        if (!submission.Declares) return instance;
        _head = submission.Compilation;
        _states = states;
        _compiled.Clear();
        References.Seen();
        if (submission.Assembly is not null) References.AddSubmission(submission.Assembly);
        foreach (var type in submission.Members.OfType<Type>()) Types[type.Name] = type;
        return instance;
    }

    /// <summary>Compiles and runs a little of everything, so that the next code finds the compiler loaded.</summary>
    public void Warm(CancellationToken cancellationToken)
    {
        const string Code = "int a = 1; string F(int n) => $\"{n}\"; await Task.CompletedTask;";
        foreach (string code in new[] { Code, "F(a + 1).Select(c => c).ToArray()" })
        {
            var submission = Compile(code, null, needsValue: false, cancellationToken);
            submission.Start(Append(submission)!).GetAwaiter().GetResult();
        }
    }
}
