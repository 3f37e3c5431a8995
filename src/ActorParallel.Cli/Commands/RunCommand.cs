using System.CommandLine;
using System.Diagnostics;
using ActorParallel.Functions;
using ActorParallel.Scripts;

namespace ActorParallel.Cli.Commands;

internal static class RunCommand
{
    public static Command Make(Shell shell)
    {
        var script = new Argument<FileInfo>("SCRIPT") { Description = "A file of C# as a script has it: statements, declarations, await, #r and #load." };
        var arguments = new Argument<string[]>("ARGS") { Description = "What the script finds in args. Put -- before them where they begin with '-'.", Arity = ArgumentArity.ZeroOrMore };
        var (profile, connection) = Connecting.Options();
        var command = new DetailedCommand(
            "run", "Runs a C# script that uses a cluster. It finds 'client' (the connection), 'all' (every engine), 'tasks' (whichever is free), 'args' and the token 'interrupted'. Its lambdas and types travel to the engines.",
            """
            The first Ctrl-C cancels what it waits for, a second one ends it.
            """)
        {
            script, arguments, profile, connection,
        };
        Connecting.Exclude(command, profile, connection);
        return Shell.Action(command, async parsed =>
        {
            var file = parsed.GetRequiredValue(script).FullName;
            if (!File.Exists(file)) throw new CommandException($"There is no script {file}.");
            var client = await Connecting.ConnectAsync(parsed.GetValue(profile), parsed.GetValue(connection), shell.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                using var cancelling = shell.Token.Register(client.Executor.CancelAll);
                var globals = new ScriptGlobals(client, parsed.GetValue(arguments) ?? [], shell.Token);
                var session = new ScriptSession(globals, typeof(ScriptGlobals), CodeSource.Register);
                var code = await File.ReadAllTextAsync(file, shell.Token).ConfigureAwait(false);
                try
                {
                    // A script that blocks its thread has one of its own, which does not keep this process.
                    await Task.Run(() => session.RunAsync(code, file, shell.Token), shell.Token).WaitAsync(shell.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not (OperationCanceledException or ScriptException))
                {
                    throw new CommandException($"{Place(e, file)}: {Connecting.Describe(e)}", e);
                }
            }
            return ExitCodes.Ok;
        });
    }

    /// <summary>Where in the script it was thrown.</summary>
    static string Place(Exception failure, string file)
    {
        var line = new StackTrace(failure, fNeedFileInfo: true).GetFrames().FirstOrDefault(f => f.GetFileName() == file)?.GetFileLineNumber();
        return line is > 0 ? $"{file}({line})" : file;
    }
}

/// <summary>How commands that take a profile or an exported file connect.</summary>
internal static class Connecting
{
    public static (Option<string?> Profile, Option<FileInfo?> Connection) Options() =>
        (Shell.ProfileOrNone("The profile of a cluster of this user. Default: default, unless --connection is given."),
        new Option<FileInfo?>("--connection", "-c") { Description = "A file from 'apcluster profile export --role client', for a cluster on another machine.", HelpName = "FILE" });

    public static void Exclude(Command command, Option<string?> profile, Option<FileInfo?> connection) => command.Validators.Add(result =>
    {
        if (result.GetValue(connection) is not null && result.GetValue(profile) is not null) result.AddError("--connection and --profile exclude each other");
    });

    public static Task<ParallelClient> ConnectAsync(string? profile, FileInfo? connection, CancellationToken cancellationToken) => connection is not null
        ? ParallelClient.ConnectWithFileAsync(connection.FullName, cancellationToken: cancellationToken)
        : ParallelClient.ConnectAsync(profile ?? Profiles.ProfileName.Default, cancellationToken: cancellationToken);

    /// <summary>What code threw, for who wrote the code.</summary>
    public static string Describe(Exception failure) => failure is ScriptException or EnginesException or ShippingException or ParallelMapException
        ? failure.Message
        : $"{Failures.Name(failure)}: {Failures.WithoutParameter(failure)}";
}
