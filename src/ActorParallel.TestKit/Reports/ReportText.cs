using System.Globalization;

namespace ActorParallel.TestKit;

/// <summary>Numbers as people read them: three digits or so, with a unit.</summary>
internal static class ReportText
{
    public static string Of(TimeSpan time)
    {
        var seconds = time.TotalSeconds;
        return Math.Abs(seconds) switch
        {
            0 => "0 s",
            < 1e-3 => Of(seconds * 1e6) + " µs",
            < 1 => Of(seconds * 1e3) + " ms",
            < 600 => Of(seconds) + " s",
            < 7200 => Of(seconds / 60) + " min",
            _ => Of(seconds / 3600) + " h",
        };
    }

    public static string Of(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 0.01 => value.ToString("G2", CultureInfo.InvariantCulture),
        < 10 => value.ToString("0.##", CultureInfo.InvariantCulture),
        < 100 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("#,0", CultureInfo.InvariantCulture),
    };

    public static string Of(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + "%";
}
