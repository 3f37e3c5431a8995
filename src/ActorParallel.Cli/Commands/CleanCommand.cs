using System.CommandLine;
using ActorParallel.Controllers;
using ActorParallel.Profiles;

namespace ActorParallel.Cli.Commands;

internal static class CleanCommand
{
    public static Command Make(Shell shell)
    {
        var profile = Shell.Profile();
        var all = new Option<bool>("--all") { Description = "All profiles. Those with a running cluster are left alone, unless --force is given." };
        var force = new Option<bool>("--force") { Description = "End the processes of a cluster that still runs." };
        var json = Shell.Json();
        var command = new Command("clean", "Removes what a cluster that has ended left in its profile: a stale connection file, sockets, logs and secret files for engines. Configuration and certificates stay.") { profile, all, force, json };
        return Shell.Action(command, async parsed =>
        {
            var cleaned = new List<string>();
            var running = new List<string>();
            foreach (var name in parsed.GetValue(all) ? Profile.List() : [parsed.GetRequiredValue(profile)])
            {
                var found = Profile.Open(name);
                if (parsed.GetValue(force)) await StopCommand.KillAsync(found, OwnerFile.Read(found), shell.Token).ConfigureAwait(false);
                try
                {
                    Clean(found, logs: true);
                    cleaned.Add(name);
                }
                catch (ClusterConnectionException) when (parsed.GetValue(all))
                {
                    running.Add(name);
                }
                catch (ClusterConnectionException e)
                {
                    throw new CommandException($"A cluster runs in profile '{name}': stop it with 'apcluster stop{Words.ProfileOption(name)}', or end its processes with 'apcluster clean{Words.ProfileOption(name)} --force'.", e);
                }
            }
            if (parsed.GetValue(json)) shell.Terminal.Json(new { Cleaned = cleaned, Running = running });
            else foreach (var line in Lines(cleaned, running)) shell.Terminal.Line(line);
            return ExitCodes.Ok;
        });
    }

    static IEnumerable<string> Lines(List<string> cleaned, List<string> running) => cleaned.Count + running.Count == 0
        ? ["There are no profiles."]
        : [.. cleaned.Select(name => $"Profile '{name}' is clean."), .. running.Select(name => $"Profile '{name}' has a running cluster and was left alone.")];

    /// <exception cref="ClusterConnectionException">A cluster runs in it.</exception>
    public static void Clean(Profile profile, bool logs)
    {
        ConnectionFile.RemoveStale(profile);
        using (profile.Hold())
        {
            OwnerFile.Remove(profile);
            ClusterFolder.Remove(profile);
            foreach (var folder in (ReadOnlySpan<string>)(logs ? [profile.BundleFolder, profile.LogFolder] : [profile.BundleFolder]))
                foreach (var file in Directory.EnumerateFiles(folder)) File.Delete(file);
        }
    }
}
