using Spectre.Console;

namespace ActorParallel.Terminal;

/// <summary>Where progress goes, and whether a bar can be drawn there.</summary>
internal static class Consoles
{
    static readonly Lazy<IAnsiConsole> s_error = new(static () =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));

    internal static IAnsiConsole StandardError => s_error.Value;

    /// <summary>Whether the console moves its cursor and its user has not asked for plain text. NO_COLOR shows as a console without colours.</summary>
    internal static bool Draws(IAnsiConsole console)
    {
        var can = console.Profile.Capabilities;
        return can is { Interactive: true, Ansi: true } && can.ColorSystem != ColorSystem.NoColors;
    }
}
