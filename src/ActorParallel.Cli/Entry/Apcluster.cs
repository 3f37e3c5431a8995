using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ActorParallel.Cli.Commands;

namespace ActorParallel.Cli;

/// <summary>The command line as a whole: what it offers, and what becomes of mistakes.</summary>
internal static class Apcluster
{
    const string Name = "apcluster";

    // Not a RootCommand: that one is called as its file is.
    public static Command Build(Terminal terminal, Interrupts interrupts)
    {
        var shell = new Shell(terminal, interrupts);
        return new DetailedCommand(
            Name, "Starts, stops, watches and scripts clusters of ActorParallel.",
            $"""
            Profiles are folders in ~/.actor-parallel/profiles, or in $ACTOR_PARALLEL_HOME/profiles where that is set. NO_COLOR is respected.
            {ExitCodes.Help}
            """)
        {
            new HelpOption(),
            new VersionOption(),
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
                terminal.Error($"{Mistake(parsed).TrimEnd('.')}: see '{Path(parsed.CommandResult)} --help'.");
                return ExitCodes.Usage;
            }
            if (parsed.Action is HelpAction && parsed.CommandResult.Command is DetailedCommand detailed) detailed.Tell();
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupts.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the user is told.
        catch (Exception e)
        {
            return Failures.Report(e, terminal, interrupts);
        }
#pragma warning restore CA1031
    }

    static string Mistake(ParseResult parsed) => parsed.UnmatchedTokens switch
    {
        [var word, ..] when parsed.CommandResult.Command.Subcommands.Count > 0 => $"There is no command '{word}'",
        [var word, ..] when word.StartsWith('-') => $"There is no option '{word}'",
        [var word, ..] => $"'{word}' is one argument too many",
        _ => parsed.Errors[0].Message,
    };

    static string Path(SymbolResult result)
    {
        var names = new List<string>();
        for (SymbolResult? at = result; at is not null; at = at.Parent)
            if (at is CommandResult command) names.Add(command.Command.Name);
        names.Reverse();
        return string.Join(' ', names);
    }
}
