using System.Reflection;
using System.Text;
using ActorParallel.Engines;

namespace ActorParallel.Scripts;

/// <summary>An engine's C# session: its variables are the namespace's values, and the other way round.</summary>
internal sealed class EngineScripts : IScriptHost
{
    readonly Lock _gate = new();
    readonly EngineNamespace _values;
    readonly ScriptChain _chain;
    readonly VariableTypes _types;

    public EngineScripts(EngineNamespace values)
    {
        _values = values;
        _chain = new ScriptChain(null, null, null);
        _types = new VariableTypes(_chain);
    }

    public Task ExecuteAsync(string code, string? fileName, CancellationToken cancellationToken) =>
        RunAsync(code, fileName, needsValue: false, cancellationToken);

    public async Task<object?> EvaluateAsync(string expression, CancellationToken cancellationToken) =>
        (await RunAsync(expression, null, needsValue: true, cancellationToken).ConfigureAwait(false)).Value;

    public async Task<string?> InteractAsync(string code, CancellationToken cancellationToken) =>
        await RunAsync(code, null, needsValue: false, cancellationToken).ConfigureAwait(false) is { HasValue: true, Value: var value } ? ScriptSession.Print(value) : null;

    public void AddImports(string[] namespaces, string[] references)
    {
        var code = new StringBuilder();
        foreach (string reference in references) code.Append("#r \"").Append(OneLine(reference, nameof(references))).Append("\"\n");
        foreach (string name in namespaces) code.Append("using ").Append(OneLine(name, nameof(namespaces))).Append(";\n");
        lock (_gate) _chain.Append(_chain.Compile(code.ToString(), null, needsValue: false, null, CancellationToken.None));
    }

    public bool AddReference(Assembly assembly)
    {
        lock (_gate) return _chain.References.TryAdd(assembly);
    }

    public void WarmUp(CancellationToken cancellationToken) =>
        // A session of its own: nothing of it stays.
        new ScriptChain(null, null, null).Warm(cancellationToken);

    async Task<ScriptResult> RunAsync(string code, string? file, bool needsValue, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Submission submission;
        object? instance;
        lock (_gate)
        {
            submission = _chain.Compile(code, file, needsValue, names => DeclarePushed(names, cancellationToken), cancellationToken);
            instance = _chain.Append(submission);
            if (instance is not null) Publish(submission, instance);
        }

        if (instance is null) return default;
        object? value = PublicMembers.Unwrap(await submission.Start(instance).WaitAsync(cancellationToken).ConfigureAwait(false));
        return new ScriptResult(value is not null || submission.HasValue, value);
    }

    /// <summary>Its variables are the namespace's before it runs: what it calls, and who asks while it runs, sees them.</summary>
    void Publish(Submission submission, object instance)
    {
        foreach (var member in submission.Members) _values.Unlink(member.Name);
        foreach (var field in submission.Fields) _values.Link(field.Name, new ScriptVariable(field, instance));
    }

    /// <summary>Declares the variables of values that were pushed and that the code mentions.</summary>
    bool DeclarePushed(string[] mentioned, CancellationToken cancellationToken)
    {
        var pushed = new List<(string Name, Type? Type)>();
        foreach (string name in mentioned)
        {
            if (ScriptNames.IsValid(name) && _values.TryGetUnlinked(name, out object? value)) pushed.Add((name, value?.GetType()));
        }

        if (pushed.Count == 0) return false;
        try
        {
            Declare(pushed, type => type is null ? null : _types.Nearest(type), cancellationToken);
        }
        catch (ScriptException)
        {
            // Two assemblies have a type of the same full name.
            Declare(pushed, static _ => null, cancellationToken);
        }

        return true;
    }

    void Declare(List<(string Name, Type? Type)> pushed, Func<Type?, Type?> declaredAs, CancellationToken cancellationToken)
    {
        var code = new StringBuilder();
        Type?[] types = [.. pushed.Select(p => declaredAs(p.Type))];
        for (int i = 0; i < types.Length; i++)
            code.Append(types[i] is { } type ? _types.NameOf(type) : "dynamic").Append(" @").Append(pushed[i].Name).Append(";\n");

        var submission = _chain.Compile(code.ToString(), null, needsValue: false, null, cancellationToken);
        object instance = _chain.Append(submission)!;
        for (int i = 0; i < types.Length; i++)
        {
            var field = Array.Find(submission.Fields, f => f.Name == pushed[i].Name)!;
            // Pushed again meanwhile, as another type: that one is for the next code.
            _values.TryLink(field.Name, new PushedVariable(field, instance, pushed[i].Type, types[i] is null));
        }
    }

    static string OneLine(string text, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text, parameter);
        return text.AsSpan().IndexOfAny(";\"\r\n") < 0 ? text
            : throw new ArgumentException($"'{text}' is not one name; give each namespace or reference as an item of its own.", parameter);
    }
}
