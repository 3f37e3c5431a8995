using System.Collections.Concurrent;
using System.Diagnostics;

namespace ActorParallel.Benchmarks.Soak;

/// <summary>A controller or an engine of a cluster in a process of its own, started from the shipped files by apcluster.</summary>
internal sealed class Member : IDisposable
{
    readonly ConcurrentQueue<string> _lines = new();
    readonly Process _process;

    public Member(string command, string file, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "ActorParallel.Cli.dll"), command, "--config", Path.Combine(AppContext.BaseDirectory, "config", file)])
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment) start.Environment[key] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Take;
        _process.ErrorDataReceived += Take;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Log => string.Join('\n', _lines);

    void Take(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is { } line) _lines.Enqueue(line);
    }

    public void Kill() => _process.Kill();

    /// <summary>It has joined its cluster.</summary>
    public async Task JoinedAsync(TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        while (!_lines.Any(l => l.Contains("Joined: ", StringComparison.Ordinal)))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > patience) throw new TimeoutException($"A member has not joined its cluster:\n{Log}");
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
