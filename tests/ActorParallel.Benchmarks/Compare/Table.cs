using System.Text;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>The rows as Markdown.</summary>
internal static class Table
{
    static readonly string[] Heads = ["scenario", "unit", "ActorParallel", "against", "theirs", "ratio", "target", "met"];

    public static string Markdown(IEnumerable<Row> rows)
    {
        var lines = new List<string[]> { Heads };
        var above = "";
        foreach (var row in rows)
        {
            lines.Add([
                row.Scenario == above ? "" : row.Scenario, row.Unit, row.Ours.ToString(), row.Peer ?? "", row.Theirs?.ToString() ?? "",
                row.Ratio is { } ratio ? Figure.Text(ratio) : "", row.Target ?? "", row.Met switch { true => "yes", false => "NO", null => "" },
            ]);
            above = row.Scenario;
        }
        var widths = Heads.Select((_, i) => lines.Max(l => l[i].Length)).ToArray();
        lines.Insert(1, [.. widths.Select(w => new string('-', w))]);
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append("| ").AppendJoin(" | ", line.Select((cell, i) => cell.PadRight(widths[i]))).AppendLine(" |");
        return text.ToString();
    }
}
