using System.CommandLine;
using ActorParallel.Controllers;
using ActorParallel.History;
using ActorParallel.Profiles;
using Akka.Configuration;

namespace ActorParallel.Cli.Commands;

internal static class ControllerCommand
{
    public static Command Make(Shell shell)
    {
        var profile = Shell.Profile();
        var config = new Option<FileInfo?>("--config") { Description = "A HOCON file with a section actor-parallel.cluster, above the profile's own.", HelpName = "FILE" };
        var json = Shell.Json();
        var command = new DetailedCommand(
            "controller", "Runs a controller alone, in the foreground: engines come with 'apcluster engine', from here or elsewhere. The profile is made if it isn't there.",
            """
            Until Ctrl-C (exit code 130) or 'apcluster stop' (0). Nobody starts its engines again when they end.
            """)
        {
            profile, config, json,
        };
        return Shell.Action(command, async parsed =>
        {
            var found = Profile.OpenOrCreate(parsed.GetRequiredValue(profile));
            var loaded = ProfileConfig.Load(found);
            if (parsed.GetValue(config) is { } file) loaded = Parse(file.FullName).WithFallback(loaded);
            var controller = ClusterController.Start(found, loaded, static (path, records) => new SqliteHistory(new SqliteHistoryOptions { Path = path, MaxRecords = records }));
            await using (controller.ConfigureAwait(false))
            {
                if (parsed.GetValue(json)) shell.Terminal.Json(ClusterDocument.Of(controller.Connection, []));
                else shell.Terminal.Line($"{ControllerProcess.Ready}{controller.Connection}. {Words.StopHint(found.Name)}");
                await controller.Ended.WaitAsync(shell.Token).ConfigureAwait(false);
            }
            return ExitCodes.Ok;
        });
    }

    static Config Parse(string file)
    {
        var text = StartRequest.Read(file);
        try
        {
            return ConfigurationFactory.ParseString(text);
        }
#pragma warning disable CA1031 // Akka's parser throws whatever meets it on the way.
        catch (Exception e)
        {
            throw new CommandException($"{file} is no HOCON ({e.Message.Split('\n')[0].TrimEnd('.', ':')}): correct it.", e);
        }
#pragma warning restore CA1031
    }
}
