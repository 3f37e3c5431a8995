using System.Text.RegularExpressions;
using ActorParallel.Settings;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorParallel;

/// <summary>
/// Reads HOCON as the files in <c>config/</c> are written: with <c>${?NAME}</c> for a variable of the environment, <c>include "other.conf"</c>, and
/// no key under <c>actor-parallel</c> that does not exist. (Akka's own parser knows no environment.)
/// </summary>
/// <example>
/// <code>
/// using var system = ActorSystem.Create("app", ParallelConfig.Load("config/pool.conf"));
/// using var pool = ParallelPool.Create(system);
/// await using var client = await ParallelClient.ConnectAsync(ParallelConfig.Load("config/client.conf"));
/// </code>
/// </example>
public static partial class ParallelConfig
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it says. Keys it doesn't have keep their defaults.</returns>
    /// <exception cref="ConfigurationException">It can't be read, is no HOCON, or has a key under <c>actor-parallel</c> that does not exist; the message says which was meant.</exception>
    public static Config Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Parse(ReadFile(path), path, Path.GetDirectoryName(Path.GetFullPath(path)));
    }

    /// <summary>Reads a text.</summary>
    /// <param name="hocon">The text.</param>
    /// <param name="source">What errors call it, such as a file's name.</param>
    /// <returns>What it says. Keys it doesn't have keep their defaults.</returns>
    /// <exception cref="ConfigurationException">It is no HOCON, or has a key under <c>actor-parallel</c> that does not exist; the message says which was meant.</exception>
    public static Config Parse(string hocon, string source = "the configuration")
    {
        ArgumentNullException.ThrowIfNull(hocon);
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        return Parse(hocon, source, folder: null);
    }

    static Config Parse(string hocon, string source, string? folder)
    {
        Config config;
        try
        {
            config = ConfigurationFactory.ParseString(Substitute(hocon, Environment.GetEnvironmentVariable), name => Include(name, folder));
        }
        catch (ConfigurationException)
        {
            throw;
        }
#pragma warning disable CA1031 // Akka's parser throws whatever meets it on the way.
        catch (Exception e)
        {
            throw new ConfigurationException($"{source} is no HOCON ({e.Message.Split('\n')[0].Trim().TrimEnd(':', '.')}): correct it.", e);
        }
#pragma warning restore CA1031
        ConfigKeys.Check(config, source);
        return config;
    }

    static HoconRoot Include(string name, string? folder)
    {
        var path = Path.Combine(folder ?? "", name);
        return Parser.Parse(Substitute(ReadFile(path), Environment.GetEnvironmentVariable), inner => Include(inner, Path.GetDirectoryName(Path.GetFullPath(path))));
    }

    static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path} can't be read ({e.Message.TrimEnd('.')}): name a file of HOCON.", e);
        }
    }

    /// <summary>Puts variables in place of their names. A line whose value is an optional variable that isn't set is as if it were not there.</summary>
    internal static string Substitute(string hocon, Func<string, string?> variable)
    {
        var lines = hocon.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].Contains("${", StringComparison.Ordinal) || lines[i].AsSpan().TrimStart() is ['#', ..] or ['/', '/', ..]) continue;
            if (Whole().Match(lines[i]) is { Success: true } whole)
                lines[i] = variable(whole.Groups["name"].Value) is { Length: > 0 } value ? whole.Groups["key"].Value + Quote(value) : "";
            else
                lines[i] = Part().Replace(lines[i], match => variable(match.Groups["name"].Value) ?? (match.Groups["optional"].Length > 0 ? "" : match.Value));
        }
        return string.Join('\n', lines);
    }

    static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    [GeneratedRegex("""^(?<key>\s*[\w."-]+\s*[=:]\s*)\$\{\?(?<name>[A-Z_][A-Z0-9_]*)\}\s*(#.*)?$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();

    [GeneratedRegex("""\$\{(?<optional>\??)(?<name>[A-Z_][A-Z0-9_]*)\}""", RegexOptions.ExplicitCapture)]
    private static partial Regex Part();
}
