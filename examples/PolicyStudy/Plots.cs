using ScottPlot;
using ScottPlot.TickGenerators;

/// <summary>The figures, as PNG files.</summary>
static class Plots
{
    const int Width = 900, Height = 520;

    /// <summary>Groups of bars on a logarithmic scale.</summary>
    public static void Policies(string path, IReadOnlyList<Case> cases)
    {
        var plot = New("99% of the tasks end within so many times their own time", "", "slowdown, 99%");
        var policies = cases.Select(c => c.Policy).Distinct().ToArray();
        var dispatches = cases.Select(c => c.Dispatch).Distinct().ToArray();
        for (var d = 0; d < dispatches.Length; d++)
        {
            var color = Colors.Category10[d];
            var bars = cases.Where(c => c.Dispatch == dispatches[d]).Select(c => new Bar
            {
                Position = Array.IndexOf(policies, c.Policy) + (d - 1) * 0.27,
                Value = Math.Log10(c.P99),
                FillColor = color,
                LineWidth = 0,
                Size = 0.25,
                Label = Text.Of(c.P99),
            }).ToArray();
            var series = plot.Add.Bars(bars);
            series.LegendText = Text.Of(dispatches[d]);
            series.ValueLabelStyle.FontSize = 11;
        }
        plot.Axes.Bottom.TickGenerator = new NumericManual(Enumerable.Range(0, policies.Length).Select(i => new Tick(i, policies[i])).ToArray());
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.Left.TickGenerator = Logarithmic();
        plot.Axes.SetLimitsY(0, cases.Max(c => Math.Log10(c.P99)) * 1.25);
        plot.ShowLegend(Alignment.UpperRight, Orientation.Horizontal);
        plot.SavePng(path, Width, Height);
    }

    public static void Loads(string path, IReadOnlyList<Case> cases)
    {
        var plot = New("Each engine with a queue of its own: what the policy is worth", "load", "mean slowdown");
        foreach (var policy in cases.GroupBy(c => c.Policy))
            Line(plot, policy.Key, [.. policy.Select(c => c.Load)], [.. policy.Select(c => Math.Log10(c.Report.Slowdown.Mean))]);
        plot.Axes.Left.TickGenerator = Logarithmic();
        plot.Axes.Bottom.TickGenerator = new NumericManual(Study.Loads.Select(l => new Tick(l, $"{l:0%}")).ToArray());
        plot.Axes.SetLimitsY(-0.1, cases.Max(c => Math.Log10(c.Report.Slowdown.Mean)) + 0.6);
        plot.ShowLegend(Alignment.UpperLeft, Orientation.Horizontal);
        plot.SavePng(path, Width, Height);
    }

    public static void Marks(string path, IReadOnlyList<Case> cases)
    {
        var plot = New("Tasks of 1 ms, messages of 0.5 ms: workers are busy if enough is sent ahead", "tasks sent ahead per worker (high-water mark)", "utilisation");
        var marks = cases.Where(c => c.Mark is not null).ToArray();
        Line(plot, "fixed", [.. marks.Select(c => Math.Log2(c.Mark!.Value))], [.. marks.Select(c => c.Report.Utilisation * 100)]);
        var adaptive = plot.Add.HorizontalLine(cases.Single(c => c.Mark is null).Report.Utilisation * 100, 2, Colors.Category10[1], LinePattern.Dashed);
        adaptive.LegendText = "adaptive (default)";
        plot.Axes.Bottom.TickGenerator = new NumericManual(marks.Select(c => new Tick(Math.Log2(c.Mark!.Value), $"{c.Mark}")).ToArray());
        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = static v => $"{v:0}%" };
        plot.Axes.SetLimitsY(0, 105);
        plot.ShowLegend(Alignment.LowerRight);
        plot.SavePng(path, Width, Height);
    }

    public static void Copies(string path, IReadOnlyList<Case> cases)
    {
        var plot = New("One attempt in fifty is ten times as slow: what second copies save, and cost", "share of the workers for second copies", "");
        double[] shares = [.. cases.Select(c => c.CopyShare * 100)];
        Line(plot, "makespan, of that without copies", shares, [.. cases.Select(c => 100 * c.Report.Makespan / cases[0].Report.Makespan)]);
        Line(plot, "work wasted", shares, [.. cases.Select(c => 100 * c.Report.Wasted)]);
        plot.Axes.Left.TickGenerator = plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = static v => $"{v:0}%" };
        plot.Axes.SetLimitsY(0, 110);
        plot.ShowLegend(Alignment.MiddleRight);
        plot.SavePng(path, Width, Height);
    }

    static Plot New(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Title(title, size: 17);
        plot.XLabel(x);
        plot.YLabel(y);
        plot.Legend.FontSize = 13;
        return plot;
    }

    static void Line(Plot plot, string name, double[] x, double[] y)
    {
        var line = plot.Add.Scatter(x, y);
        line.LegendText = name;
        line.LineWidth = 2.5f;
        line.MarkerSize = 8;
    }

    // The scale holds logarithms; its labels the numbers themselves.
    static NumericAutomatic Logarithmic() => new()
    {
        IntegerTicksOnly = true,
        MinorTickGenerator = new LogMinorTickGenerator(),
        LabelFormatter = static v => $"{Math.Pow(10, v):#,0.##}",
    };
}
