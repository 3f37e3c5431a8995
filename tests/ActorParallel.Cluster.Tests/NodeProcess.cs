using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ActorParallel.Cli;
using ActorParallel.Processes;

namespace ActorParallel.MembershipTests;

/// <summary>A controller or an engine in a process of its own, started with the shipped files as a user would.</summary>
internal sealed class NodeProcess : IDisposable
{
    readonly ConcurrentQueue<string> _lines = new();

    NodeProcess(string name, Process process)
    {
        (Name, Process) = (name, process);
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public Process Process { get; }

    public int Id => Process.Id;

    public string Log => string.Join('\n', _lines);

    public static string Config(string file) => Path.Combine(AppContext.BaseDirectory, "config", file);

    public static NodeProcess Start(string name, string command, string config, IEnumerable<KeyValuePair<string, string>> environment, params string[] before)
    {
        string[] line = [.. before, ChildProgram.Current.Dotnet, typeof(Terminal).Assembly.Location, command, "--config", config];
        var start = new ProcessStartInfo(line[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in line.AsSpan(1)) start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment) start.Environment[key] = value;
        // The tests' processes are many on few cores.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new NodeProcess(name, Process.Start(start)!);
    }

    void Take(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is { } line) _lines.Enqueue(line);
    }

    public bool Says(string text) => _lines.Any(l => l.Contains(text, StringComparison.Ordinal));

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task<int> EndAsync()
    {
        await Process.WaitForExitAsync(Until.Cancel).WaitAsync(Until.Limit, Until.Cancel);
        return Process.ExitCode;
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        Process.WaitForExit();
        Process.Dispose();
    }

    public override string ToString() => $"{Name} (process {Id})";
}

internal static class Until
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task TrueAsync(Func<bool> condition, string what, Func<string>? more = null)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Limit) Assert.Fail($"not after {Limit.TotalSeconds} s: {what}\n{more?.Invoke()}");
            await timer.WaitForNextTickAsync(Cancel);
        }
    }

    public static async Task<T> End<T>(AsyncResult<T> result) => await result.AsTask().WaitAsync(Limit, Cancel);
}
