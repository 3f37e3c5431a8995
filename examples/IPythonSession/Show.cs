using System.Collections;
using System.Runtime.CompilerServices;

namespace Examples;

/// <summary>Shows what a line of the session gave, beside the line.</summary>
static class Show
{
    static int s_section;

    public static void Section(string title)
    {
        Console.WriteLine();
        Console.WriteLine($"── {++s_section}. {title} ".PadRight(100, '─'));
    }

    public static void Value(object? value, [CallerArgumentExpression(nameof(value))] string line = "") =>
        Line(line.Replace(", cancel)", ")", StringComparison.Ordinal), Text(value));

    public static void Line(string line, string outcome) => Console.WriteLine($"  {line,-66} → {outcome}");

    static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text.TrimEnd('\n')}\"",
        double number => $"{number:0.######}",
        IEnumerable items => List([.. items.Cast<object?>().Select(Text)]),
        _ => $"{value}",
    };

    static string List(string[] items) => items.Length > 10 ? $"[{string.Join(", ", items[..5])}, … {items.Length} in all]" : $"[{string.Join(", ", items)}]";
}
