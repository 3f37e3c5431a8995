using System.CommandLine;
using System.Globalization;
using System.Text;
using ActorParallel.Profiles;

namespace ActorParallel.Cli.Commands;

internal static class StartCommand
{
    public static Command Make(Shell shell)
    {
        var engines = Shell.Number("--engines", "-n", "How many engines. Default: as the profile says, one a core.", 0);
        var profile = Shell.Profile();
        var workers = Shell.Number("--workers", "-w", "How many tasks each engine runs at a time. Default: as the profile says, 1.", 1);
        var tags = new Option<string[]>("--tags") { Description = "What tasks may ask the engines for by name, such as gpu,fast-disk.", HelpName = "TAGS", AllowMultipleArgumentsPerToken = true };
        var config = new Option<FileInfo?>("--config") { Description = "A HOCON file with a section actor-parallel.cluster, above the profile's own.", HelpName = "FILE" };
        var daemonize = new Option<bool>("--daemonize", "-d") { Description = "Run in the background: return when the engines are up. Output goes to logs/cluster.log in the profile's folder." };
        var wait = Shell.Seconds("--wait", 60, "The longest to wait for the engines.");
        var json = Shell.Json();
        var command = new DetailedCommand(
            "start", "Starts a controller and engines, and keeps them running: dead ones are started again. The profile is made if it isn't there.",
            """
            In the foreground until Ctrl-C (exit code 130) or 'apcluster stop' (0): the first Ctrl-C stops the cluster, a second one ends it at once.
            """)
        {
            engines, profile, workers, tags, config, daemonize, wait, json,
        };
        return Shell.Action(command, async parsed =>
        {
            var request = new StartRequest(
                parsed.GetRequiredValue(profile), parsed.GetValue(engines), parsed.GetValue(workers), Names(parsed.GetValue(tags) ?? []), parsed.GetValue(config)?.FullName,
                TimeSpan.FromSeconds(parsed.GetValue(wait)), parsed.GetValue(json));
            return parsed.GetValue(daemonize)
                ? await Detaching.StartAsync(request, shell).ConfigureAwait(false)
                : await new ForegroundCluster(request, shell).RunAsync().ConfigureAwait(false);
        });
    }

    static string[] Names(string[] given)
    {
        string[] names = [.. given.SelectMany(g => g.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        foreach (var name in names)
            if (name.AsSpan().ContainsAny("\"\\\r\n")) throw new UsageException($"--tags: '{name}' can't be a tag: leave out quotes and backslashes.");
        return names;
    }
}

/// <summary>What 'apcluster start' was asked for.</summary>
internal sealed record StartRequest(string Profile, int? Engines, int? Workers, string[] Tags, string? ConfigFile, TimeSpan Wait, bool Json)
{
    /// <exception cref="CommandException">The configuration file can't be read.</exception>
    public ParallelClusterOptions ToOptions()
    {
        // The command line comes before its file.
        var config = new StringBuilder(ConfigFile is null ? "" : Read(ConfigFile)).Append('\n').Append(ProfileConfig.Section).Append(" {\n");
        if (Engines is { } engines) config.Append(CultureInfo.InvariantCulture, $"engines = {engines}\n");
        if (Workers is { } workers) config.Append(CultureInfo.InvariantCulture, $"workers = {workers}\n");
        if (Tags.Length > 0) config.Append(CultureInfo.InvariantCulture, $"tags = [{string.Join(", ", Tags.Select(t => $"\"{t}\""))}]\n");
        return new ParallelClusterOptions { Profile = Profile, Config = config.Append('}').ToString() };
    }

    public static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no configuration file {file}: give --config one that is there, or leave it out.", e);
        }
    }
}
