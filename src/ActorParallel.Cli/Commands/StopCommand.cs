using System.CommandLine;
using ActorParallel.Profiles;
using ActorParallel.Transport;

namespace ActorParallel.Cli.Commands;

internal static class StopCommand
{
    static readonly TimeSpan s_longest = TimeSpan.FromSeconds(45), s_afterKill = TimeSpan.FromSeconds(10);

    public static Command Make(Shell shell)
    {
        var profile = Shell.Profile();
        var all = new Option<bool>("--all") { Description = "Stop the clusters of all profiles." };
        var force = new Option<bool>("--force") { Description = "End the processes of a cluster that does not answer." };
        var json = Shell.Json();
        var command = new Command("stop", "Stops a cluster: its engines, its controller, and the process that started them. Returns when they have ended.") { profile, all, force, json };
        return Shell.Action(command, async parsed =>
        {
            var stopped = new List<string>();
            Exception? failure = null;
            string[] names = parsed.GetValue(all) ? [.. Profile.List().Where(IsRunning)] : [parsed.GetRequiredValue(profile)];
            foreach (var name in names)
            {
                try
                {
                    await StopAsync(name, parsed.GetValue(force), shell.Token).ConfigureAwait(false);
                    stopped.Add(name);
                    if (!parsed.GetValue(json)) shell.Terminal.Line($"The cluster of profile '{name}' was stopped.");
                }
                catch (Exception e) when (parsed.GetValue(all) && e is not OperationCanceledException)
                {
                    // The others are stopped nevertheless.
                    if (failure is not null) shell.Terminal.Error(Failures.Sentence(failure));
                    failure = e;
                }
            }
            if (failure is not null) throw new CommandException(Failures.Sentence(failure), failure);
            if (parsed.GetValue(json)) shell.Terminal.Json(new { Stopped = stopped });
            else if (names.Length == 0) shell.Terminal.Line("No cluster runs.");
            return ExitCodes.Ok;
        });
    }

    public static bool IsRunning(string name)
    {
        try
        {
            ConnectionFile.Find(name);
            return true;
        }
        catch (ClusterConnectionException)
        {
            return Profile.TryOpen(name, null, out var profile) && OwnerFile.Read(profile) is { IsAlive: true };
        }
    }

    public static async Task StopAsync(string name, bool force, CancellationToken cancellationToken)
    {
        var profile = Profile.Open(name);
        var owner = OwnerFile.Read(profile) is { IsAlive: true } alive ? alive : null;
        try
        {
            var info = ConnectionFile.Read(profile).Check();
            await AskAsync(profile, info, owner, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ClusterConnectionException or TimeoutException && (force || owner is not null))
        {
            if (!force) throw new CommandException($"{e.Message} The process {owner!.ProcessId} that started it lives: end it with 'apcluster stop{Words.ProfileOption(name)} --force'.", e);
            await KillAsync(profile, owner, cancellationToken).ConfigureAwait(false);
        }
    }

    static async Task AskAsync(Profile profile, ConnectionInfo info, OwnerFile? owner, CancellationToken cancellationToken)
    {
        var name = profile.Name;
        var client = await ParallelClient.ConnectAsync(name, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            if (!info.IsHere)
            {
                await client.ShutdownAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                return;
            }
            var processes = Until.Living([.. client.Engines.Where(e => e.Host == info.Host).Select(e => e.ProcessId), info.ControllerPid, .. owner is null ? (int[])[] : [owner.ProcessId]]);
            var asked = client.ShutdownAsync(cancellationToken: cancellationToken);
            var gone = Until.TrueAsync(() => Until.Gone(processes) && IsFree(profile), s_longest, cancellationToken);
            // The answer may be lost with the controller.
            if (await Task.WhenAny(asked, gone).ConfigureAwait(false) == asked) await asked.ConfigureAwait(false);
            if (!await gone.ConfigureAwait(false))
                throw new TimeoutException($"The cluster of profile '{name}' has not ended after {s_longest.TotalSeconds:0} s: end its processes with 'apcluster stop{Words.ProfileOption(name)} --force'.");
        }
    }

    // Of a process that ends, the files are closed after it counts as gone.
    static bool IsFree(Profile profile)
    {
        try
        {
            profile.Hold().Dispose();
            return true;
        }
        catch (ClusterConnectionException)
        {
            return false;
        }
    }

    /// <summary>Ends the processes on this machine that are known of; their children end with them.</summary>
    public static async Task KillAsync(Profile profile, OwnerFile? owner, CancellationToken cancellationToken)
    {
        var killed = new List<(int, long)>();
        if (owner is { IsAlive: true })
        {
            ProcessIdentity.TryKill(owner.ProcessId, owner.Started);
            killed.Add((owner.ProcessId, owner.Started));
        }
        try
        {
            var info = ConnectionFile.Read(profile);
            if (info.IsHere && ProcessIdentity.TryKill(info.ControllerPid, info.ControllerStarted)) killed.Add((info.ControllerPid, info.ControllerStarted));
        }
        catch (ClusterConnectionException)
        {
            // It has none, or none that tells.
        }
        if (!await Until.TrueAsync(() => Until.Gone([.. killed]) && IsFree(profile), s_afterKill, cancellationToken).ConfigureAwait(false))
            throw new CommandException(killed.Count > 0
                ? $"The processes {string.Join(", ", killed.Select(k => k.Item1))} were killed and have not ended: the operating system holds them in a call."
                : $"Another process runs the cluster of profile '{profile.Name}', and nothing in {profile.FullPath} tells which: end it.");
        CleanCommand.Clean(profile, logs: false);
    }
}
