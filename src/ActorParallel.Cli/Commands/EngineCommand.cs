using System.CommandLine;
using System.Globalization;
using ActorParallel.Engines;
using ActorParallel.Launching;
using ActorParallel.Profiles;
using ActorParallel.Transport;
using Akka.Configuration;

namespace ActorParallel.Cli.Commands;

internal static class EngineCommand
{
    public static Command Make(Shell shell)
    {
        var connection = new Option<FileInfo?>("--connection", "-c") { Description = "A file from 'apcluster profile export --role engine', or a profile's connection.json.", HelpName = "FILE" };
        var profile = Shell.ProfileOrNone("The profile of a cluster of this user. Default: default, unless --connection is given.");
        var count = Shell.Number("--engines", "-n", "How many engines: one runs in this process, more in processes of their own. Default 1.", 1);
        var workers = Shell.Number("--workers", "-w", "How many tasks each runs at a time. Default: as the profile says, 1.", 1);
        var tags = new Option<string[]>("--tags") { Description = "What tasks may ask them for by name.", HelpName = "TAGS", AllowMultipleArgumentsPerToken = true };
        var command = new DetailedCommand(
            "engine", "Runs an engine in the foreground, and connects it to a cluster that runs.",
            """
            Until Ctrl-C (exit code 130), until the cluster is stopped (0), or until its controller has not been heard of for the profile's controller-timeout (1).
            """)
        {
            connection, profile, count, workers, tags,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(connection) is not null && result.GetValue(profile) is not null) result.AddError("--connection and --profile exclude each other");
        });
        return Shell.Action(command, parsed =>
        {
            string[] names = [.. (parsed.GetValue(tags) ?? []).SelectMany(g => g.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
            var launch = parsed.GetValue(connection) is { } file
                ? FromFile(file.FullName)
                : FromProfile(parsed.GetValue(profile) ?? ProfileName.Default);
            if (parsed.GetValue(workers) is { } given) launch = launch with { Workers = given };
            if (names.Length > 0) launch = launch with { Tags = names };
            return parsed.GetValue(count) is > 1 and var several ? RunSeveralAsync(launch, several, shell) : RunOneAsync(launch, shell);
        });
    }

    static ClusterEngineHandOver FromProfile(string name)
    {
        var (profile, info) = ConnectionFile.Find(name);
        return ClusterEngineHandOver.Read(EngineLaunch.For(profile, info, ClusterSettings.From(ProfileConfig.Load(profile)), null).HandOver.Span);
    }

    static ClusterEngineHandOver FromFile(string path)
    {
        var found = ConnectionFile.ReadAt(path);
        if (found.Bundle is { } bundle && RoleExtension.Parse(bundle.Role) != PeerRole.Engine)
            throw new CommandException($"{path} is for a {bundle.Role}, not for engines: export another one with 'apcluster profile export --role engine'.");
        var settings = ClusterSettings.From(ConfigurationFactory.Empty);
        return new ClusterEngineHandOver
        {
            Connection = found.Check(),
            Bundle = found.Bundle,
            EngineId = -1,
            Workers = settings.Workers,
            Culture = CultureInfo.CurrentCulture.Name,
            ControllerTimeout = settings.ControllerTimeout,
        };
    }

    static async Task<int> RunOneAsync(ClusterEngineHandOver handOver, Shell shell)
    {
        shell.Terminal.Line($"An engine with {Words.Count(handOver.Workers, "worker")} connects to {handOver.Connection}. Stop it with Ctrl-C.");
        // It ends the process itself when its controller says so, or is gone.
        var ran = Task.Factory.StartNew(() => ClusterEngineProcess.Run(() => handOver), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var code = await ran.WaitAsync(shell.Token).ConfigureAwait(false);
        return code == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    static async Task<int> RunSeveralAsync(ClusterEngineHandOver handOver, int count, Shell shell)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = count;
        // Each asks the controller for whichever id is free.
        var supervisor = new EngineSupervisor(
            new LocalLauncher(),
            id => new EngineLaunch(string.Create(CultureInfo.InvariantCulture, $"engine-{id}"), null, handOver.Workers, handOver.ToBytes()),
            new SupervisorOptions { MaxRestarts = 0 });
        await using (supervisor.ConfigureAwait(false))
        {
            supervisor.GaveUp += (_, reason) =>
            {
                shell.Terminal.Error(reason);
                if (Interlocked.Decrement(ref left) == 0) ended.TrySetResult();
            };
            await supervisor.ScaleAsync(count, shell.Token).ConfigureAwait(false);
            shell.Terminal.Line($"{Words.Count(count, "engine")} with {Words.Count(handOver.Workers, "worker")} each connect to {handOver.Connection}. Stop them with Ctrl-C.");
            await ended.Task.WaitAsync(shell.Token).ConfigureAwait(false);
        }
        return ExitCodes.Ok;
    }
}
