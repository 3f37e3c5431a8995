using System.CommandLine;
using ActorParallel.Controllers;
using ActorParallel.History;
using ActorParallel.Profiles;

namespace ActorParallel.Cli.Commands;

internal static class ControllerCommand
{
    public static Command Make(Shell shell)
    {
        var profile = Shell.Profile();
        var config = new Option<FileInfo?>("--config") { Description = "A HOCON file, above the profile's own: config/ has some. With akka.actor.provider = cluster this is one of the controllers of a cluster of many machines.", HelpName = "FILE" };
        var json = Shell.Json();
        var command = new DetailedCommand(
            "controller", "Runs a controller alone, in the foreground: engines come with 'apcluster engine', from here or elsewhere. The profile is made if it isn't there.",
            """
            Until Ctrl-C (exit code 130), SIGTERM or 'apcluster stop' (0). Nobody starts its engines again when they end.
            In a cluster of many machines it stands by while another is active. Exit codes there: 0 stopped as asked, 1 failed, 75 lost its place: start it again.
            """)
        {
            profile, config, json,
        };
        return Shell.Action(command, async parsed =>
        {
            var given = parsed.GetValue(config) is { } file ? NodeRun.Load(file) : null;
            if (given is not null && NodeRun.IsMember(given))
                return await NodeRun.RunAsync(shell, () => ClusterNode.StartController(given, records => new SqliteHistory(new SqliteHistoryOptions { Path = Path.GetFullPath("history.db"), MaxRecords = records }))).ConfigureAwait(false);
            var found = Profile.OpenOrCreate(parsed.GetRequiredValue(profile));
            var loaded = ProfileConfig.Load(found);
            if (given is not null) loaded = given.WithFallback(loaded);
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
}
