using System.CommandLine;
using System.Globalization;
using ActorParallel.Profiles;

namespace ActorParallel.Cli.Commands;

internal static class LogsCommand
{
    const int DefaultLines = 50;

    public static Command Make(Shell shell)
    {
        var profile = Shell.Profile();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on showing what is written, until Ctrl-C." };
        var engine = Shell.Number("--engine", "-e", "The log of one engine, by its id.", 0);
        var controller = new Option<bool>("--controller") { Description = "The controller's log." };
        var lines = Shell.Number("--lines", "-l", $"How many lines at the end of each log. Default {DefaultLines}.", 0);
        var json = Shell.Json();
        var command = new Command("logs", "Shows what a cluster's processes wrote, each line with its log's name. All logs, unless one is chosen.") { profile, follow, engine, controller, lines, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(follow) && result.GetValue(json)) result.AddError("--follow and --json exclude each other: a document has an end");
            if (result.GetResult(engine) is not null && result.GetValue(controller)) result.AddError("--engine and --controller exclude each other");
        });
        return Shell.Action(command, async parsed =>
        {
            var found = Profile.Open(parsed.GetRequiredValue(profile));
            var only = parsed.GetValue(controller) ? "controller" : parsed.GetValue(engine) is { } id ? string.Create(CultureInfo.InvariantCulture, $"engine-{id}") : null;
            var last = parsed.GetValue(lines) ?? DefaultLines;
            var logs = Find(found, only);
            if (only is not null && logs.Count == 0 && !parsed.GetValue(follow))
            {
                var there = string.Join(", ", Find(found, null).Select(l => l.Name));
                throw new CommandException($"There is no log {only} in {found.LogFolder}{(there.Length > 0 ? $": there are {there}" : ", nor any other: no cluster has run in the profile since it was made or cleaned")}.");
            }
            if (parsed.GetValue(json)) shell.Terminal.Json(new { Folder = found.LogFolder, Lines = logs.SelectMany(log => log.Last(last).Select(text => new { Log = log.Name, Text = text })) });
            else
                foreach (var log in logs)
                    foreach (var text in log.Last(last)) shell.Terminal.Line($"[{log.Name}] {text}");
            if (parsed.GetValue(follow)) await FollowAsync(found, only, logs, shell).ConfigureAwait(false);
            return ExitCodes.Ok;
        });
    }

    static List<LogFile> Find(Profile profile, string? only) =>
        [.. Directory.EnumerateFiles(profile.LogFolder, "*.log").Select(f => new LogFile(f)).Where(l => only is null || l.Name == only).OrderBy(l => l.Order, StringComparer.Ordinal)];

    static async Task FollowAsync(Profile profile, string? only, List<LogFile> logs, Shell shell)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (await timer.WaitForNextTickAsync(shell.Token).ConfigureAwait(false))
        {
            foreach (var log in Find(profile, only))
                if (logs.TrueForAll(l => l.Name != log.Name)) logs.Add(log);
            foreach (var log in logs)
                foreach (var text in log.New()) shell.Terminal.Line($"[{log.Name}] {text}");
        }
    }
}

/// <summary>One log, read from where it was left.</summary>
internal sealed class LogFile(string path)
{
    long _position;
    string _part = "";

    public string Name { get; } = Path.GetFileNameWithoutExtension(path);

    /// <summary>The cluster's and the controller's first, engines by their ids.</summary>
    public string Order => Name.StartsWith("engine-", StringComparison.Ordinal) ? $"engine-{Name[7..].PadLeft(10, '0')}" : Name;

    public IEnumerable<string> Last(int count)
    {
        var all = New();
        // What has no end yet is shown nevertheless, and its end later on a line of its own.
        if (_part.Length > 0) all.Add(_part);
        _part = "";
        return all.TakeLast(count);
    }

    public List<string> New()
    {
        try
        {
            using var file = new FileStream(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete });
            if (file.Length < _position) _position = 0;
            file.Seek(_position, SeekOrigin.Begin);
            using var reader = new StreamReader(file);
            var lines = (_part + reader.ReadToEnd()).Split('\n');
            _position = file.Position;
            _part = lines[^1];
            return [.. lines[..^1].Select(l => l.TrimEnd('\r'))];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            _position = 0;
            return [];
        }
    }
}
