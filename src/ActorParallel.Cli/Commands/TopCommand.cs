using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ActorParallel.Profiles;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorParallel.Cli.Commands;

internal static class TopCommand
{
    static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(500);

    public static Command Make(Shell shell)
    {
        var profile = Shell.Profile();
        var once = new Option<bool>("--once") { Description = "Measure for half a second, show it, and end." };
        var interval = Shell.Seconds("--interval", 1, "How often it is measured.");
        var json = new Option<bool>("--json") { Description = "As --once, as one JSON document." };
        var command = new Command("top", "Shows what a cluster does, again and again, until Ctrl-C or 'q': a table on a terminal, a line each time elsewhere.") { profile, once, interval, json };
        return Shell.Action(command, async parsed =>
        {
            var (_, info) = ConnectionFile.Find(parsed.GetRequiredValue(profile));
            var client = await ParallelClient.ConnectAsync(info.Profile, cancellationToken: shell.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var meter = new Meter(client, info);
                var first = await meter.MeasureAsync(shell.Token).ConfigureAwait(false);
                await Task.Delay(s_first, shell.Token).ConfigureAwait(false);
                var terminal = shell.Terminal;
                if (parsed.GetValue(json)) terminal.Json(await meter.MeasureAsync(shell.Token).ConfigureAwait(false));
                else if (parsed.GetValue(once)) terminal.Console.Write(Picture(await meter.MeasureAsync(shell.Token).ConfigureAwait(false)));
                else if (terminal.IsLive) await DrawAsync(terminal, meter, first, TimeSpan.FromSeconds(parsed.GetValue(interval)), shell.Token).ConfigureAwait(false);
                else await WriteAsync(terminal, meter, TimeSpan.FromSeconds(parsed.GetValue(interval)), shell.Token).ConfigureAwait(false);
            }
            return ExitCodes.Ok;
        });
    }

    static async Task WriteAsync(Terminal terminal, Meter meter, TimeSpan interval, CancellationToken cancellationToken)
    {
        while (true)
        {
            terminal.Line(Line(await meter.MeasureAsync(cancellationToken).ConfigureAwait(false)));
            await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
        }
    }

    static Task DrawAsync(Terminal terminal, Meter meter, TopDocument first, TimeSpan interval, CancellationToken cancellationToken) =>
        terminal.Console.Live(Picture(first)).AutoClear(false).StartAsync(async live =>
        {
            while (!await QuitsAsync(interval, cancellationToken).ConfigureAwait(false))
                live.UpdateTarget(Picture(await meter.MeasureAsync(cancellationToken).ConfigureAwait(false)));
        });

    /// <summary>Waits, and looks at the keys meanwhile.</summary>
    static async Task<bool> QuitsAsync(TimeSpan time, CancellationToken cancellationToken) =>
        Terminal.IsTyped
            ? await Until.TrueAsync(static () => Console.KeyAvailable && Console.ReadKey(intercept: true).KeyChar is 'q' or 'Q', time, cancellationToken).ConfigureAwait(false)
            : await Task.Delay(time, cancellationToken).ContinueWith(static _ => false, cancellationToken, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);

    static string Line(TopDocument top) => string.Create(
        CultureInfo.InvariantCulture,
        $"{top.Engines.Count} engines, {top.Running} running, {top.Queued} queued, {top.Ready} ready, {top.Waiting} waiting, {Words.Rate(top.FinishedPerSecond)} finished{(top.MemoryBytes > 0 ? $", {Words.Size(top.MemoryBytes)}" : "")}");

    static Rows Picture(TopDocument top) => new(
        new Text($"Cluster of profile '{top.Profile}' on {top.Host}: {Line(top)}"),
        top.Engines.Count > 0 ? StatusCommand.Engines(top.Engines, top.Engines.ToDictionary(e => e.Id, e => top.Rates.GetValueOrDefault(e.Id))) : (IRenderable)new Text("No engines."));
}

/// <summary>What a cluster does, as --json shows it. Memory is of the engines on this machine.</summary>
internal sealed record TopDocument(
    string Profile, string Host, int Waiting, int Ready, int Running, int Queued, double FinishedPerSecond, long MemoryBytes,
    IReadOnlyDictionary<int, double> Rates, IReadOnlyList<EngineDocument> Engines);

/// <summary>Measures what was finished since it last did.</summary>
internal sealed class Meter(ParallelClient client, ConnectionInfo info)
{
    Dictionary<(int, int), long> _finished = [];
    long _at;

    public async Task<TopDocument> MeasureAsync(CancellationToken cancellationToken)
    {
        var queue = await client.QueueStatusAsync(cancellationToken).ConfigureAwait(false);
        var at = Stopwatch.GetTimestamp();
        EngineDocument[] engines = [.. client.Engines.Select(e => EngineDocument.Of(e, queue.Engines.GetValueOrDefault(e.Id)))];
        var seconds = Stopwatch.GetElapsedTime(_at, at).TotalSeconds;
        var rates = engines.ToDictionary(
            e => e.Id,
            e => _finished.TryGetValue((e.Id, e.ProcessId), out var before) ? Math.Round(Math.Max(0, (e.Finished ?? before) - before) / seconds, 1) : 0);
        (_finished, _at) = (engines.Where(e => e.Finished is not null).ToDictionary(e => (e.Id, e.ProcessId), e => e.Finished!.Value), at);
        return new TopDocument(
            info.Profile, info.Host, queue.Waiting, queue.Ready, engines.Sum(e => e.Running ?? 0), engines.Sum(e => e.Queued ?? 0), rates.Values.Sum(),
            engines.Sum(e => e.MemoryBytes ?? 0), rates, engines);
    }
}
