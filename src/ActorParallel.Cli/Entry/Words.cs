using System.Globalization;

namespace ActorParallel.Cli;

/// <summary>Texts for people.</summary>
internal static class Words
{
    public static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    public static string StopHint(string profile) => Commands.Detached.IsDetached
        ? $"Stop it with 'apcluster stop{ProfileOption(profile)}'."
        : $"Stop it with Ctrl-C, or 'apcluster stop{ProfileOption(profile)}'.";

    public static string ProfileOption(string profile) => profile == Profiles.ProfileName.Default ? "" : $" --profile {profile}";

    public static string Size(long? bytes) => bytes is not { } known ? "" : string.Create(CultureInfo.InvariantCulture, $"{known / 1048576.0:0} MB");

    public static string Ago(TimeSpan time) => time.TotalSeconds < 100 ? $"{time.TotalSeconds:0} s" : time.TotalMinutes < 100 ? $"{time.TotalMinutes:0} min" : time.TotalHours < 48 ? $"{time.TotalHours:0} h" : $"{time.TotalDays:0} d";

    public static string Rate(double perSecond) => string.Create(CultureInfo.InvariantCulture, $"{perSecond:N0}/s");
}
