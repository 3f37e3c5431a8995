using System.Globalization;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>The median of some rounds, with the least and the most.</summary>
internal sealed record Figure(double Median, double Least, double Most)
{
    public static Figure Of(IEnumerable<double> rounds)
    {
        var sorted = rounds.Order().ToArray();
        var half = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new(median, sorted[0], sorted[^1]);
    }

    /// <summary>Three digits or so: 0.32, 4.7, 51.4, 7,700,000.</summary>
    public static string Text(double value) => Math.Abs(value) switch
    {
        < 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
        < 10_000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        _ => (Math.Round(value / 100) * 100).ToString("#,0", CultureInfo.InvariantCulture),
    };

    public override string ToString() => $"{Text(Median)} [{Text(Least)}–{Text(Most)}]";
}
