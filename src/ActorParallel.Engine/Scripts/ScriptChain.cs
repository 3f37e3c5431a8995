using System.Reflection;
using Microsoft.CodeAnalysis;
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

    /// <param name="code">The code.</param>
    /// <param name="file">The file it comes from.</param>
    /// <param name="needsValue">Code without a value is refused.</param>
    /// <param name="declare">Gets the names that the code mentions; true if it appended a submission that declares some of them.</param>
    /// <param name="cancellationToken">Ends the compiling.</param>
    /// <exception cref="ScriptException">It doesn't compile.</exception>
    public Submission Compile(string code, string? file, bool needsValue, Func<string[], bool>? declare, CancellationToken cancellationToken)
    {
        if (_compiled.TryGetValue((code, file), out var known) && declare?.Invoke(known.Mentions) != true)
        {
            return needsValue && !known.HasValue ? throw ScriptErrors.NoValue() : known;
        }

        var compilation = _compiler.Create(code, file, _head, References.Fresh);
        if (declare?.Invoke(ScriptCompiler.Mentions(compilation)) == true) compilation = _compiler.Create(code, file, _head, References.Fresh);
        byte[] image = Emit(code, file, ref compilation, cancellationToken);
        bool hasValue = ScriptCompiler.HasValue(compilation);
        if (needsValue && !hasValue) throw ScriptErrors.NoValue();
        foreach (var reference in compilation.DirectiveReferences.OfType<PortableExecutableReference>())
        {
            if (reference.FilePath is { } path) References.AddFile(path);
        }

        var submission = new Submission(compilation, image, hasValue, References);
        if (submission.Assembly is { } assembly) onAssembly?.Invoke(assembly, image);
        if (!submission.Declares)
        {
            if (_compiled.Count == Remembered) _compiled.Clear();
            _compiled[(code, file)] = submission;
        }

        return submission;
    }

    /// <summary>Emits it; with more of the platform's assemblies if it names something of theirs.</summary>
    byte[] Emit(string code, string? file, ref CSharpCompilation compilation, CancellationToken cancellationToken)
    {
        if (ScriptCompiler.Emit(compilation, out var errors, cancellationToken) is { } image) return image;
        string[] spared = References.Spared;
        if (spared.Length == 0 || ScriptCompiler.HasSyntaxErrors(compilation, cancellationToken)) throw ScriptErrors.From(errors);

        var whole = _compiler.Create(code, file, _head, [.. References.Fresh, .. spared.Select(PlatformReferences.Get)]);
        image = ScriptCompiler.Emit(whole, out errors, cancellationToken) ?? throw ScriptErrors.From(errors);

        var used = whole.GetUsedAssemblyReferences(cancellationToken).ToHashSet();
        foreach (string name in spared.Where(name => used.Contains(PlatformReferences.Get(name)))) References.AddPlatform(name);
        compilation = _compiler.Create(code, file, _head, References.Fresh);
        if (ScriptCompiler.Emit(compilation, out _, cancellationToken) is { } lean) return lean;

        // It says using of what it doesn't use.
        foreach (string name in spared) References.AddPlatform(name);
        compilation = whole;
        return image;
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
            var submission = Compile(code, null, needsValue: false, null, cancellationToken);
            submission.Start(Append(submission)!).GetAwaiter().GetResult();
        }
    }
}
