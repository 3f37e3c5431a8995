using System.CommandLine;
using System.Globalization;

namespace ActorParallel.Cli.Commands;

/// <summary>Engines named on a command line: 0 2 5, 0,2,5, 0-3, or all.</summary>
internal static class EngineIds
{
    const string All = "all";

    public static Argument<string[]> Argument()
    {
        var ids = new Argument<string[]>("IDS") { Description = "The engines: ids such as 0 2 5 or 0,2,5, ranges such as 0-3, or all.", Arity = ArgumentArity.OneOrMore };
        ids.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (Read(token.Value) is null) result.AddError($"'{token.Value}' names no engines: give ids such as 0,2,5, ranges such as 0-3, or all");
        });
        return ids;
    }

    public static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>The ids of 0,2-4; an empty list for all; null when it is neither.</summary>
    public static List<int>? Read(string text)
    {
        const int mostInRange = 100_000;
        if (text == All) return [];
        var ids = new List<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out var first) || !TryNumber(ends[^1], out var last) || last < first || last - first > mostInRange) return null;
            ids.AddRange(Enumerable.Range(first, last - first + 1));
        }
        return ids;
    }

    /// <exception cref="CommandException">One of them is not there.</exception>
    public static int[] Choose(string[] given, IReadOnlyList<int> there)
    {
        if (given.Contains(All))
            return there.Count > 0 ? [.. there] : throw new CommandException("The cluster has no engines: start some with 'apcluster engines add'.");
        int[] ids = [.. given.SelectMany(g => Read(g)!).Distinct().Order()];
        foreach (var id in ids)
            if (!there.Contains(id)) throw new CommandException($"There is no engine {id}: the cluster has {(there.Count == 0 ? "none" : string.Join(", ", there))}.");
        return ids;
    }

    public static string Name(int[] ids, bool capital = true) => $"{(capital ? "E" : "e")}ngine{(ids.Length == 1 ? "" : "s")} {string.Join(", ", ids)}";
}

/// <summary>Signals by name.</summary>
internal static class Signals
{
    static readonly Dictionary<string, int> s_numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HUP"] = 1,
        ["INT"] = 2,
        ["QUIT"] = 3,
        ["KILL"] = 9,
        ["TERM"] = 15,
        ["USR1"] = OperatingSystem.IsMacOS() ? 30 : 10,
        ["USR2"] = OperatingSystem.IsMacOS() ? 31 : 12,
        ["STOP"] = OperatingSystem.IsMacOS() ? 17 : 19,
        ["CONT"] = OperatingSystem.IsMacOS() ? 19 : 18,
    };

    public static IEnumerable<string> Names => s_numbers.Keys;

    public static int? Find(string text) =>
        EngineIds.TryNumber(text, out var number) ? number is >= 1 and <= 64 ? number : null
        : s_numbers.TryGetValue(text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text, out var known) ? known
        : null;
}
