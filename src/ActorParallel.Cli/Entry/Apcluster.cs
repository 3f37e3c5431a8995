using System.CommandLine;
using System.CommandLine.Invocation;
using ActorParallel.Cli.Commands;

namespace ActorParallel.Cli;

/// <summary>The command line as a whole: what it offers, and what becomes of mistakes.</summary>
internal static class Apcluster
{
    public static RootCommand Build(Terminal terminal, Interrupts interrupts)
    {
        var shell = new Shell(terminal, interrupts);
        return new RootCommand(
            $"""
            Starts, stops, watches and scripts clusters of ActorParallel.

            Profiles are folders in ~/.actor-parallel, or in ACTOR_PARALLEL_HOME where that is set. NO_COLOR is respected.
            {ExitCodes.Help}
            """)
        {
            StartCommand.Make(shell),
            StopCommand.Make(shell),
            ListCommand.Make(shell),
            StatusCommand.Make(shell),
            EnginesCommand.Make(shell),
            ControllerCommand.Make(shell),
            EngineCommand.Make(shell),
            LogsCommand.Make(shell),
            TopCommand.Make(shell),
            RunCommand.Make(shell),
            ConsoleCommand.Make(shell),
            BenchCommand.Make(shell),
            ProfileCommand.Make(shell),
            CleanCommand.Make(shell),
        };
    }

    public static async Task<int> RunAsync(string[] args, Terminal terminal, Interrupts interrupts)
    {
        try
        {
            var parsed = Build(terminal, interrupts).Parse(args);
            if (parsed.Action is ParseErrorAction)
            {
                terminal.Error($"{parsed.Errors[0].Message.TrimEnd('.')}: see '{Path(parsed.CommandResult)} --help'.");
                return ExitCodes.Usage;
            }
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupts.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the user is told.
        catch (Exception e)
        {
            return Failures.Report(e, terminal, interrupts);
        }
#pragma warning restore CA1031
    }

    static string Path(System.CommandLine.Parsing.SymbolResult result)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is not null; at = at.Parent)
            if (at is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } command) names.Add(command.Command.Name);
        names.Add("apcluster");
        names.Reverse();
        return string.Join(' ', names);
    }
}
