/// <summary>The figures as text.</summary>
static class Tables
{
    public static void Policies(IReadOnlyList<Case> cases)
    {
        var dispatches = cases.Select(c => c.Dispatch).Distinct().ToArray();
        Head("slowdown: mean, 99%", dispatches.Select(Text.Of));
        foreach (var policy in cases.GroupBy(c => c.Policy))
            Line(policy.Key, policy.Select(c => $"{Text.Of(c.Report.Slowdown.Mean),8} {Text.Of(c.P99),8}"));
    }

    public static void Loads(IReadOnlyList<Case> cases)
    {
        Head("mean slowdown, own queues, load", cases.Select(c => $"{c.Load:0.00}").Distinct());
        foreach (var policy in cases.GroupBy(c => c.Policy))
            Line(policy.Key, policy.Select(c => Text.Of(c.Report.Slowdown.Mean)));
    }

    public static void Marks(IReadOnlyList<Case> cases)
    {
        Head("tasks of 1 ms, high-water mark", cases.Select(c => c.Mark?.ToString() ?? "adaptive"));
        Line("utilisation", cases.Select(c => Text.Percent(c.Report.Utilisation)));
        Line("tasks a second", cases.Select(c => $"{c.Report.Throughput:N0}"));
    }

    public static void Copies(IReadOnlyList<Case> cases)
    {
        Head("second copies, share of the workers", cases.Select(c => Text.Percent(c.CopyShare)));
        Line("makespan", cases.Select(c => $"{c.Report.Makespan.TotalSeconds:0.0} s"));
        Line("second copies", cases.Select(c => $"{c.Report.SecondCopies:N0}"));
        Line("work wasted", cases.Select(c => Text.Percent(c.Report.Wasted)));
    }

    static void Head(string title, IEnumerable<string> columns)
    {
        Console.WriteLine();
        Line(title, columns);
    }

    static void Line(string name, IEnumerable<string> cells) => Console.WriteLine($"{name,-36}{string.Concat(cells.Select(c => $"{c,18}"))}".TrimEnd());
}
