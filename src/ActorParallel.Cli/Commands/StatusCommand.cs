using System.CommandLine;
using System.Globalization;
using ActorParallel.Controllers;
using ActorParallel.Profiles;
using Spectre.Console;

namespace ActorParallel.Cli.Commands;

internal static class StatusCommand
{
    public static Command Make(Shell shell)
    {
        var profile = Shell.Profile();
        var json = Shell.Json();
        var command = new Command("status", "Shows a cluster: its controller, its engines and what they run, what waits, and versions.") { profile, json };
        return Shell.Action(command, async parsed =>
        {
            var (_, info) = ConnectionFile.Find(parsed.GetRequiredValue(profile));
            var client = await ParallelClient.ConnectAsync(info.Profile, cancellationToken: shell.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var queue = await client.QueueStatusAsync(shell.Token).ConfigureAwait(false);
                var cluster = ClusterDocument.Of(info, client.Engines, queue);
                if (parsed.GetValue(json)) shell.Terminal.Json(new { Cluster = cluster, queue.Waiting, queue.Ready, Versions = new { Command = Version, Controller = info.Version } });
                else Show(shell.Terminal, cluster, queue);
            }
            return ExitCodes.Ok;
        });
    }

    public static string Version { get; } = typeof(ParallelClient).Assembly.GetName().Version!.ToString(3);

    static void Show(Terminal terminal, ClusterDocument cluster, QueueStatus queue)
    {
        var memory = cluster.Host == MachineIdentity.HostName ? ProcessMemory.Resident(cluster.ControllerProcessId) : null;
        terminal.Line($"Cluster {cluster.ClusterId} of profile '{cluster.Profile}', up {Words.Ago(TimeProvider.System.GetUtcNow() - cluster.Started)}");
        terminal.Line($"Controller: process {cluster.ControllerProcessId} on {cluster.Host}{(memory is null ? "" : $", {Words.Size(memory)}")}, version {cluster.ControllerVersion}, as its engines{(cluster.ControllerVersion == Version ? "" : $" (this command: {Version})")}");
        terminal.Line($"Listens on: {string.Join(" and ", new[] { cluster.UnixFolder, cluster.TlsAddress }.OfType<string>())}");
        terminal.Line($"Tasks: {queue.Ready} ready, {queue.Waiting} waiting for others, {queue.Engines.Values.Sum(e => e.Running)} running");
        terminal.Line($"Engines: {cluster.Engines.Count}");
        if (cluster.Engines.Count > 0) terminal.Show(Engines(cluster.Engines, null));
    }

    /// <summary>The engines as a table.</summary>
    /// <param name="engines">The engines.</param>
    /// <param name="rates">Tasks they end a second, by id; null for no such column.</param>
    public static Table Engines(IReadOnlyList<EngineDocument> engines, IReadOnlyDictionary<int, double>? rates)
    {
        var table = rates is null
            ? Terminal.Table(">Id", "Host", ">Process", ">Workers", ">Running", ">Queued", ">Direct", ">Finished", ">Memory", "Notes")
            : Terminal.Table(">Id", "Host", ">Process", ">Workers", ">Running", ">Queued", ">Direct", ">Finished", ">Memory", "Notes", ">Finished/s");
        foreach (var e in engines)
        {
            string[] cells =
            [
                Number(e.Id), e.Host, Number(e.ProcessId), Number(e.Workers), Number(e.Running), Number(e.Queued), Number(e.Direct), Number(e.Finished), Words.Size(e.MemoryBytes),
                string.Join(", ", [.. e.Suspended == true ? (string[])["out of touch"] : [], .. e.Tags, .. e.Resources.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key}={r.Value}"))]),
                .. rates is null ? (string[])[] : [Words.Rate(rates.GetValueOrDefault(e.Id))],
            ];
            table.AddRow([.. cells.Select(c => new Text(c))]);
        }
        return table;
    }

    static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
