using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ActorParallel.Scripts;

/// <summary>The compiler's errors as one exception that shows the places.</summary>
internal static class ScriptErrors
{
    const int Shown = 3, MaxWidth = 160;

    public static ScriptException From(IEnumerable<Diagnostic> diagnostics)
    {
        Diagnostic[] errors = [.. diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).OrderBy(static d => d.Location.SourceSpan.Start)];
        var message = new StringBuilder("The C# code doesn't compile:");
        foreach (var error in errors.Take(Shown)) Show(message, error);
        if (errors.Length > Shown) message.Append('\n').Append("and ").Append(errors.Length - Shown).Append(" more.");
        return new ScriptException(message.ToString(), [.. errors.Select(Describe)]);
    }

    /// <summary>The code is right and still no value.</summary>
    public static ScriptException NoValue() => new(
        "The C# code has no value to give back; end it with an expression that has one and no semicolon after it, or execute it.",
        [new ScriptDiagnostic(1, 1, "AP0001", "The code has no value.", null)]);

    static ScriptDiagnostic Describe(Diagnostic error)
    {
        var start = error.Location.GetLineSpan().StartLinePosition;
        return new ScriptDiagnostic(start.Line + 1, start.Character + 1, error.Id, Text(error), File(error));
    }

    static string Text(Diagnostic error) => error.GetMessage(System.Globalization.CultureInfo.InvariantCulture);

    static string? File(Diagnostic error) =>
        error.Location.SourceTree?.FilePath is { } path && !path.StartsWith(ScriptCompiler.UnnamedFile, StringComparison.Ordinal) ? path : null;

    static void Show(StringBuilder message, Diagnostic error)
    {
        var (line, column, id, text, file) = Describe(error);
        message.Append('\n').Append(file).Append($"({line},{column}): {id}: {text}");
        if (error.Location.SourceTree?.GetText() is not { } source) return;

        // A tab stays a tab before the caret, so that it stands below what it shows.
        string shown = source.Lines[line - 1].ToString();
        int from = Math.Max(0, column - 1 - (MaxWidth / 2));
        string before = shown[from..Math.Min(column - 1, shown.Length)];
        message.Append("\n    ").Append(shown.AsSpan(from, Math.Min(MaxWidth, shown.Length - from)))
            .Append("\n    ").Append(string.Concat(before.Select(static c => c == '\t' ? '\t' : ' '))).Append('^');
    }
}
