using System.Text.RegularExpressions;
using Akka.Configuration;

namespace ActorParallel.Profiles;

/// <summary>A profile's HOCON, over every key's default.</summary>
internal static partial class ProfileConfig
{
    public const string Section = "actor-parallel.cluster";

    static readonly string s_text = LoadText();

    public static Config Reference { get; } = ConfigurationFactory.ParseString(s_text);

    /// <summary>The file a new profile gets: every key commented out, so that a later version's defaults hold where nothing was changed.</summary>
    public static string Template(string profile) => Keys().Replace(
        s_text.Replace("Configuration of one profile.", $"Configuration of profile '{profile}'.", StringComparison.Ordinal), "$1#$2");

    /// <summary>What the profile says, with the defaults for what it doesn't.</summary>
    /// <exception cref="ConfigurationException">The file is no HOCON, or can't be read.</exception>
    public static Config Load(Profile profile)
    {
        try
        {
            // Its user may have removed it: then all is default.
            var own = File.Exists(profile.ConfigPath)
                ? ConfigurationFactory.ParseString(ParallelConfig.Substitute(File.ReadAllText(profile.ConfigPath), Environment.GetEnvironmentVariable))
                : ConfigurationFactory.Empty;
            Settings.ConfigKeys.Check(own, profile.ConfigPath);
            return own.WithFallback(Reference);
        }
        catch (ConfigurationException)
        {
            throw;
        }
#pragma warning disable CA1031 // Akka's parser throws whatever meets it on the way.
        catch (Exception e)
        {
            throw new ConfigurationException($"{profile.ConfigPath} can't be read ({FirstLine(e.Message)}): correct it, or delete it to get the defaults.", e);
        }
#pragma warning restore CA1031
    }

    // Akka's parser then shows all of the text.
    static string FirstLine(string text) => text.Split('\n')[0].Trim().TrimEnd(':', '.');

    static string LoadText()
    {
        using var stream = typeof(ProfileConfig).Assembly.GetManifestResourceStream("ActorParallel.profile.conf")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    // A key's line has an indent and a value; a nested section's ends with its brace.
    [GeneratedRegex(@"^( +)([a-z][a-z-]* = .*)$", RegexOptions.Multiline)]
    private static partial Regex Keys();
}
