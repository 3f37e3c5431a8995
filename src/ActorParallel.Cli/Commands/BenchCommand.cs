using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace ActorParallel.Cli.Commands;

internal static class BenchCommand
{
    public static Command Make(Shell shell)
    {
        var (profile, connection) = Connecting.Options();
        var tasks = Shell.Number("--tasks", null, "How many tiny tasks the throughput is measured with. Default 100000.", 1000);
        var megabytes = Shell.Number("--megabytes", null, "How much is scattered and gathered. Default 32.", 1);
        var json = Shell.Json();
        var command = new Command("bench", "Measures a running cluster for some seconds: round trips, tiny tasks a second, scatter and gather. Other work of the cluster and of the machine counts against it.") { profile, connection, tasks, megabytes, json };
        Connecting.Exclude(command, profile, connection);
        return Shell.Action(command, async parsed =>
        {
            var client = await Connecting.ConnectAsync(parsed.GetValue(profile), parsed.GetValue(connection), shell.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                if (client.Ids.Count == 0) throw new CommandException("The cluster has no engines to measure: start some with 'apcluster engines add'.");
                var result = await new Bench(client, shell.Token).RunAsync(parsed.GetValue(tasks) ?? 100_000, parsed.GetValue(megabytes) ?? 32).ConfigureAwait(false);
                if (parsed.GetValue(json)) shell.Terminal.Json(result);
                else foreach (var line in result.Lines()) shell.Terminal.Line(line);
            }
            return ExitCodes.Ok;
        });
    }
}

/// <summary>What was measured, as --json shows it.</summary>
internal sealed record BenchDocument(
    int Engines, int Workers, double TaskRoundTripMicroseconds, double TaskRoundTripP99Microseconds, double EngineRoundTripMicroseconds, double TinyTasksPerSecond, int Tasks, double ScatterGatherMegabytesPerSecond, int Megabytes)
{
    public IEnumerable<string> Lines()
    {
        var c = CultureInfo.InvariantCulture;
        yield return string.Create(c, $"{Words.Count(Engines, "engine")}, {Words.Count(Workers, "worker")}");
        yield return string.Create(c, $"round trip of a task:            {TaskRoundTripMicroseconds,10:N0} µs (median; 99 %: {TaskRoundTripP99Microseconds:N0} µs)");
        yield return string.Create(c, $"round trip to one engine:        {EngineRoundTripMicroseconds,10:N0} µs (median)");
        yield return string.Create(c, $"tiny tasks, {Tasks:N0} of them: {TinyTasksPerSecond,16:N0}/s");
        yield return string.Create(c, $"scatter and gather of {Megabytes} MB:    {ScatterGatherMegabytesPerSecond,10:N0} MB/s");
    }
}

internal sealed class Bench(ParallelClient client, CancellationToken cancellationToken)
{
    const int RoundTrips = 500;
    const string Name = "apcluster_bench";

    public async Task<BenchDocument> RunAsync(int tasks, int megabytes)
    {
        var view = client.LoadBalancedView();
        var engine = client.DirectView(client.Ids[0]);
        // Code and compilers are warm after that.
        await TimesAsync(() => view.ApplyAsync(static () => 1, cancellationToken).AsTask(), RoundTrips / 2).ConfigureAwait(false);
        var task = await TimesAsync(() => view.ApplyAsync(static () => 1, cancellationToken).AsTask(), RoundTrips).ConfigureAwait(false);
        await TimesAsync(() => engine.ApplyAsync(static () => 1, cancellationToken).AsTask(), RoundTrips / 5).ConfigureAwait(false);
        var direct = await TimesAsync(() => engine.ApplyAsync(static () => 1, cancellationToken).AsTask(), RoundTrips).ConfigureAwait(false);

        await TinyAsync(view, tasks / 10).ConfigureAwait(false);
        var throughput = tasks / await TinyAsync(view, tasks).ConfigureAwait(false);
        var data = new double[megabytes * (1 << 20) / sizeof(double)];
        await ScatterAsync(data).ConfigureAwait(false);
        var bulk = 2 * megabytes / await ScatterAsync(data).ConfigureAwait(false);
        return new BenchDocument(client.Ids.Count, client.Engines.Sum(e => e.Workers), Round(task[task.Length / 2]), Round(task[task.Length * 99 / 100]), Round(direct[direct.Length / 2]), Round(throughput), tasks, Round(bulk), megabytes);
    }

    static double Round(double value) => Math.Round(value, 1);

    /// <summary>Microseconds, sorted.</summary>
    async Task<double[]> TimesAsync(Func<Task> call, int count)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var started = Stopwatch.GetTimestamp();
            await call().ConfigureAwait(false);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }
        Array.Sort(times);
        return times;
    }

    /// <summary>Each task is one of its own: what the controller schedules, not what a map puts in one piece.</summary>
    async Task<double> TinyAsync(LoadBalancedView view, int count)
    {
        var started = Stopwatch.GetTimestamp();
        var results = new AsyncResult<int>[count];
        for (var i = 0; i < count; i++) results[i] = view.ApplyAsync(static x => x + 1, i, cancellationToken);
        foreach (var result in results) await result.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (results[^1].Get() != count) throw new CommandException("An engine gave a wrong result back.");
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    async Task<double> ScatterAsync(double[] data)
    {
        var all = client.DirectView();
        var started = Stopwatch.GetTimestamp();
        await all.ScatterAsync(Name, data, cancellationToken: cancellationToken).AsTask().ConfigureAwait(false);
        var back = await all.GatherAsync<double>(Name, cancellationToken: cancellationToken).AsTask().ConfigureAwait(false);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await all.PushAsync(new Dictionary<string, object?> { [Name] = null }, cancellationToken).AsTask().ConfigureAwait(false);
        return back.Length == data.Length ? seconds : throw new CommandException($"{data.Length - back.Length} values were lost between scatter and gather.");
    }
}
