using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>Python with <c>multiprocessing.Pool</c>, one process for each start method, alive as long as this is.</summary>
internal sealed class PythonPeer : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    readonly string _command;
    readonly int _workers;
    readonly Dictionary<string, Process> _running = [];

    PythonPeer(string command, string version, int workers)
    {
        _command = command;
        _workers = workers;
        Version = version;
    }

    public string Version { get; }

    /// <summary>The ways a pool of Python's can start its processes here.</summary>
    public static IReadOnlyList<string> StartMethods => OperatingSystem.IsWindows() ? ["spawn"] : ["spawn", "fork"];

    /// <summary>Finds Python, or prints a line and returns null.</summary>
    public static PythonPeer? TryFind(int workers)
    {
        foreach (var command in new[] { "/usr/bin/python3", "python3", "python" })
        {
            try
            {
                using var process = Start(command, "--version");
                var version = process.StandardOutput.ReadToEnd().Trim();
                process.WaitForExit();
                if (version.StartsWith("Python 3", StringComparison.Ordinal)) return new PythonPeer(command, version, workers);
            }
            catch (Win32Exception)
            {
            }
        }
        Console.Error.WriteLine("No python3 was found: the rows against multiprocessing.Pool are left out.");
        return null;
    }

    /// <summary>Runs a scenario of peers/multiprocessing_pool.py and returns its figures.</summary>
    public double[] Run(string startMethod, Dictionary<string, object> request)
    {
        if (!_running.TryGetValue(startMethod, out var process))
        {
            var script = Path.Combine(AppContext.BaseDirectory, "peers", "multiprocessing_pool.py");
            process = Start(_command, script, startMethod, _workers.ToString(CultureInfo.InvariantCulture));
            _running.Add(startMethod, process);
        }
        process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
        process.StandardInput.Flush();
        var line = process.StandardOutput.ReadLineAsync().WaitAsync(Patience).GetAwaiter().GetResult()
            ?? throw new InvalidOperationException("Python ended; see its message above.");
        using var answer = JsonDocument.Parse(line);
        return answer.RootElement.TryGetProperty("figures", out var figures)
            ? figures.Deserialize<double[]>()!
            : throw new InvalidOperationException($"Python failed: {answer.RootElement.GetProperty("error").GetString()}");
    }

    public void Dispose()
    {
        foreach (var process in _running.Values)
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(TimeSpan.FromSeconds(5))) process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }

    static Process Start(string command, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
