using System.Text.RegularExpressions;

namespace ActorParallel.Launching;

/// <summary>Command lines for a POSIX shell.</summary>
internal static partial class ShellText
{
    /// <summary>As one word, whatever is in it.</summary>
    public static string Quote(string text) => Plain().IsMatch(text) ? text : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>A command with these variables set.</summary>
    /// <exception cref="EngineLaunchException">A name can't be a variable's.</exception>
    public static string Command(IReadOnlyDictionary<string, string> environment, IEnumerable<string> command)
    {
        foreach (var name in environment.Keys)
        {
            if (!Variable().IsMatch(name))
            {
                throw new EngineLaunchException($"'{name}' can't be the name of an environment variable: use letters, digits and '_'.");
            }
        }

        IEnumerable<string> variables = environment.Count == 0 ? [] : ["env", .. environment.Select(pair => $"{pair.Key}={Quote(pair.Value)}")];
        return string.Join(' ', [.. variables, .. command.Select(Quote)]);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_./:=@%+,-]+\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Variable();
}
