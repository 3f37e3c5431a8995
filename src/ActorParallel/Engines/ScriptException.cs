namespace ActorParallel;

/// <summary>C# code that was sent to an engine doesn't compile. Nothing of it ran.</summary>
public sealed class ScriptException : Exception
{
    readonly ScriptDiagnostic[] _diagnostics;

    internal ScriptException(string message, ScriptDiagnostic[] diagnostics) : base(message) => _diagnostics = diagnostics;

    /// <summary>Every error, in the order of the source.</summary>
    public IReadOnlyList<ScriptDiagnostic> Diagnostics => _diagnostics;
}

/// <summary>One error in C# code that was sent to an engine.</summary>
/// <param name="Line">The line it begins on, counted from 1.</param>
/// <param name="Column">The character of the line it begins at, counted from 1.</param>
/// <param name="Id">The compiler's name of it, such as <c>CS0103</c>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="File">The file it is in; null for code that came from none.</param>
public sealed record ScriptDiagnostic(int Line, int Column, string Id, string Message, string? File);
