using System.CommandLine;
using ActorParallel.Cli.Prompt;

namespace ActorParallel.Cli.Commands;

internal static class ConsoleCommand
{
    public static Command Make(Shell shell)
    {
        var (profile, connection) = Connecting.Options();
        var command = new DetailedCommand(
            "console", "A C# prompt that is connected to a cluster, with 'client' (the connection), 'all' (every engine) and 'tasks' (whichever is free) ready. It reads scripts from a pipe, too.",
            $"""
            {PromptText.Help}

            Ctrl-C cancels what is outstanding; a second one, or Ctrl-D, ends the prompt.
            """)
        {
            profile, connection,
        };
        Connecting.Exclude(command, profile, connection);
        return Shell.Action(command, async parsed =>
        {
            var client = await Connecting.ConnectAsync(parsed.GetValue(profile), parsed.GetValue(connection), shell.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                using var prompt = new PromptLoop(client, shell);
                return await prompt.RunAsync().ConfigureAwait(false);
            }
        });
    }
}
