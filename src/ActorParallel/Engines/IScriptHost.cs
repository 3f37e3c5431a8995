using System.Reflection;

namespace ActorParallel.Engines;

/// <summary>
/// The C# session of one engine, over its namespace. State is kept between calls; the caller runs one at a time, in order.
/// Code that never returns can't be stopped here: a token ends the waiting for it, and only the end of the process ends it.
/// </summary>
internal interface IScriptHost
{
    /// <summary>Runs statements. A value at their end is dropped.</summary>
    /// <param name="code">C# as a script has it: statements, declarations, <c>await</c>, <c>#r</c>, <c>#load</c>.</param>
    /// <param name="fileName">The file it comes from, for errors and for what <c>#r</c> and <c>#load</c> are relative to.</param>
    /// <param name="cancellationToken">Ends the compiling, or the waiting for what the script awaits.</param>
    /// <exception cref="ScriptException">It doesn't compile; nothing ran.</exception>
    Task ExecuteAsync(string code, string? fileName, CancellationToken cancellationToken);

    /// <summary>Runs code that ends with an expression, and returns its value.</summary>
    /// <exception cref="ScriptException">It doesn't compile or has no value; nothing ran.</exception>
    Task<object?> EvaluateAsync(string expression, CancellationToken cancellationToken);

    /// <summary>Runs code as a prompt does: a value at its end is given back as text, and null when there is none.</summary>
    /// <exception cref="ScriptException">It doesn't compile; nothing ran.</exception>
    Task<string?> InteractAsync(string code, CancellationToken cancellationToken);

    /// <summary>What all later code is compiled with.</summary>
    /// <param name="namespaces">As after <c>using</c>: a namespace, <c>static</c> and a type, or <c>alias = name</c>.</param>
    /// <param name="references">As after <c>#r</c>: a file's path or an assembly's name.</param>
    /// <exception cref="ScriptException">One of them is not there; none is kept.</exception>
    void AddImports(string[] namespaces, string[] references);

    /// <summary>Lets later code name the types of an assembly that was loaded otherwise, from bytes too.</summary>
    /// <returns>False: another assembly of that name is there already.</returns>
    bool AddReference(Assembly assembly);

    /// <summary>Loads and warms the compiler, so that the first code doesn't wait for it.</summary>
    void WarmUp(CancellationToken cancellationToken);
}
