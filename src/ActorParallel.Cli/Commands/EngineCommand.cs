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
        var config = new Option<FileInfo?>("--config") { Description = "A HOCON file with what it is to be: config/ has some. With akka.actor.provider = cluster it joins a cluster of many machines.", HelpName = "FILE" };
        var count = Shell.Number("--engines", "-n", "How many engines: one runs in this process, more in processes of their own. Default 1.", 1);
        var workers = Shell.Number("--workers", "-w", "How many tasks each runs at a time. Default: as the profile says, 1.", 1);
        var tags = new Option<string[]>("--tags") { Description = "What tasks may ask them for by name.", HelpName = "TAGS", AllowMultipleArgumentsPerToken = true };
        var command = new DetailedCommand(
            "engine", "Runs an engine in the foreground, and connects it to a cluster that runs.",
            """
            Until Ctrl-C (exit code 130), until the cluster is stopped (0), or until its controller has not been heard of for the profile's controller-timeout (1).
            In a cluster of many machines SIGTERM lets it finish what it runs. Exit codes there: 0 stopped as asked, 1 failed, 75 lost its place: start it again.
            """)
        {
            connection, profile, config, count, workers, tags,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(connection) is not null && result.GetValue(profile) is not null) result.AddError("--connection and --profile exclude each other");
        });
        return Shell.Action(command, parsed =>
        {
            string[] names = [.. (parsed.GetValue(tags) ?? []).SelectMany(g => g.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
            var given = parsed.GetValue(config) is { } hocon ? NodeRun.Load(hocon) : ConfigurationFactory.Empty;
            if (NodeRun.IsMember(given))
            {
                if (parsed.GetValue(connection) is not null || parsed.GetValue(profile) is not null || parsed.GetValue(count) is > 1)
                    throw new UsageException("An engine of a cluster of many machines is one process, and its file says where its controllers are: leave --connection, --profile and --engines out.");
                return NodeRun.RunAsync(shell, () =>
                {
                    ConsoleCapture.Install(forward: true);
                    return ClusterNode.StartEngine(Over(given, parsed.GetValue(workers), names));
                });
            }
            var launch = parsed.GetValue(connection) is { } file
                ? FromFile(file.FullName, given)
                : FromProfile(parsed.GetValue(profile) ?? ProfileName.Default, given);
            if (parsed.GetValue(workers) is { } number) launch = launch with { Workers = number };
            if (names.Length > 0) launch = launch with { Tags = names };
            return parsed.GetValue(count) is > 1 and var several ? RunSeveralAsync(launch, several, shell) : RunOneAsync(launch, shell);
        });
    }

    /// <summary>What the command line says comes before the file.</summary>
    static Config Over(Config given, int? workers, string[] tags)
    {
        var over = new List<string>();
        if (workers is { } number) over.Add(string.Create(CultureInfo.InvariantCulture, $"workers = {number}"));
        if (tags.Length > 0) over.Add($"tags = [{string.Join(", ", tags.Select(t => $"\"{t}\""))}]");
        return over.Count == 0 ? given : ConfigurationFactory.ParseString($"actor-parallel.cluster {{\n{string.Join("\n", over)}\n}}").WithFallback(given);
    }

    static ClusterEngineHandOver FromProfile(string name, Config given)
    {
        var (profile, info) = ConnectionFile.Find(name);
        return ClusterEngineHandOver.Read(EngineLaunch.For(profile, info, ClusterSettings.From(given.WithFallback(ProfileConfig.Load(profile))), null).HandOver.Span);
    }

    static ClusterEngineHandOver FromFile(string path, Config given)
    {
        var found = ConnectionFile.ReadAt(path);
        if (found.Bundle is { } bundle && RoleExtension.Parse(bundle.Role) != PeerRole.Engine)
            throw new CommandException($"{path} is for a {bundle.Role}, not for engines: export another one with 'apcluster profile export --role engine'.");
        var settings = ClusterSettings.From(given);
        return new ClusterEngineHandOver
        {
            Connection = found.Check(),
            Bundle = found.Bundle,
            EngineId = -1,
            Workers = settings.Workers,
            Tags = settings.Tags,
            Resources = settings.Resources,
            AllowCodeShipping = settings.AllowCodeShipping,
            CancelGracePeriod = settings.CancelGracePeriod,
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
