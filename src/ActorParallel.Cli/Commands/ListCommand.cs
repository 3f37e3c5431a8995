using System.CommandLine;
using ActorParallel.Profiles;
using Spectre.Console;
using Profile = ActorParallel.Profiles.Profile;

namespace ActorParallel.Cli.Commands;

internal static class ListCommand
{
    public static Command Make(Shell shell)
    {
        var json = Shell.Json();
        var command = new Command("list", "Lists the profiles, and the clusters that run in them.") { json };
        return Shell.Action(command, parsed =>
        {
            ListedProfile[] profiles = [.. Profile.List().Select(ListedProfile.Of)];
            if (parsed.GetValue(json)) shell.Terminal.Json(new { Home = Profile.Root(), Profiles = profiles });
            else Show(shell.Terminal, profiles);
            return Task.FromResult(ExitCodes.Ok);
        });
    }

    static void Show(Terminal terminal, ListedProfile[] profiles)
    {
        if (profiles.Length == 0)
        {
            terminal.Line($"There are no profiles in {Profile.Root()}: 'apcluster start' makes one.");
            return;
        }
        var table = Terminal.Table("Profile", "State", ">Controller", "Host", ">Up", "Folder");
        foreach (var p in profiles)
            table.AddRow(Cell(p.Profile), Cell(p.State), Cell(p.ControllerProcessId?.ToString(System.Globalization.CultureInfo.InvariantCulture)), Cell(p.Host),
                Cell(p is { State: "running", Started: { } started } ? Words.Ago(TimeProvider.System.GetUtcNow() - started) : ""), Cell(p.Folder));
        terminal.Show(table);

        static Text Cell(string? text) => new(text ?? "");
    }
}

/// <summary>A profile, as --json shows it. Its state: running, stopped, stale (a connection file of a cluster that is gone), elsewhere (its controller is on another machine), unreadable; the problem says why.</summary>
internal sealed record ListedProfile(
    string Profile, string State, string? ClusterId, int? ControllerProcessId, int? OwnerProcessId, string? Host, DateTimeOffset? Started, string Folder, string? Problem)
{
    public static ListedProfile Of(string name)
    {
        var folder = Path.Combine(Profiles.Profile.Root(), name);
        try
        {
            var profile = Profiles.Profile.Open(name);
            var owner = OwnerFile.Read(profile) is { IsAlive: true } alive ? alive.ProcessId : (int?)null;
            if (!File.Exists(profile.ConnectionPath)) return new(name, "stopped", null, null, owner, null, null, folder, null);
            var info = ConnectionFile.Read(profile);
            var (state, problem) = ("running", (string?)null);
            try
            {
                info.Check();
                if (info.Host != MachineIdentity.HostName) state = "elsewhere";
            }
            catch (ClusterConnectionException e)
            {
                (state, problem) = ("stale", e.Message);
            }
            return new(name, state, info.ClusterId, info.ControllerPid, owner, info.Host, info.Started, folder, problem);
        }
        catch (Exception e) when (e is ClusterConnectionException or IOException or UnauthorizedAccessException)
        {
            return new(name, "unreadable", null, null, null, null, null, folder, e.Message);
        }
    }
}
