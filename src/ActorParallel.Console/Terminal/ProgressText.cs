using System.Globalization;

namespace ActorParallel.Terminal;

/// <summary>Progress in words and numbers, the same in bars and in lines.</summary>
internal static class ProgressText
{
    internal static string Items(ProgressSnapshot now)
    {
        var (progress, count) = (now.Progress, now.Items);
        if (!count) return progress.Fraction is { } done ? Percent(done) : "";
        return progress.Total is { } total ? Invariant($"{progress.Completed:N0}/{total:N0}") : Invariant($"{progress.Completed:N0}");
    }

    internal static string Rate(ProgressSnapshot now) => !now.Items ? "" : now.Progress.Rate switch
    {
        0 => "",
        >= 10 and var fast => Invariant($"{fast:N0}/s"),
        >= 1 and var medium => Invariant($"{medium:0.0}/s"),
        var slow => Invariant($"{slow * 60:0.0}/min"),
    };

    internal static string Time(TimeSpan time) => time.TotalHours >= 1
        ? Invariant($"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : Invariant($"{time.Minutes}:{time.Seconds:00}");

    /// <summary>The time left; or, of what has ended badly, how.</summary>
    internal static string Left(ProgressSnapshot now)
    {
        if (now.Ending is { } ending) return ending;
        if (now.Failed > 0) return Invariant($"{now.Failed:N0} failed");
        if (now.Ready) return "done";
        // Rates of the first moments promise anything.
        return now.Progress is { Remaining: { TotalDays: < 10 } left, Elapsed.TotalSeconds: >= 0.5 } ? Time(left) + " left" : "";
    }

    /// <summary>One line for logs.</summary>
    internal static string Line(string title, ProgressSnapshot now)
    {
        string[] parts = now.Ready ? Last(now) : Interim(now);
        return $"{title}: {string.Join(", ", parts.Where(static part => part.Length > 0))}";
    }

    static string[] Interim(ProgressSnapshot now) =>
    [
        Items(now),
        now.Items && now.Progress is { Total: not null, Fraction: { } done } ? Percent(done) : "",
        Rate(now),
        Time(now.Progress.Elapsed) + " so far",
        Left(now),
    ];

    static string[] Last(ProgressSnapshot now) =>
    [
        now.Items ? Items(now) : "",
        Left(now),
        string.Create(CultureInfo.InvariantCulture, $"{now.Progress.Elapsed.TotalSeconds:0.0} s"),
        Rate(now),
    ];

    static string Percent(double fraction) => Invariant($"{Math.Floor(fraction * 100):0}%");

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
