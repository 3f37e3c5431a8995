using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>Python's programs as peers: a process for each of <c>peers/*.py</c> and its arguments, alive as long as this is.</summary>
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
        Console.Error.WriteLine("No python3 was found: the rows against Python are left out.");
        return null;
    }

    /// <summary>Runs a scenario of peers/multiprocessing_pool.py and returns its figures.</summary>
    public double[] Run(string startMethod, Dictionary<string, object> request) =>
        Run("multiprocessing_pool.py", [startMethod, _workers.ToString(CultureInfo.InvariantCulture)], request);

    /// <summary>Runs a scenario of a cluster of <c>ipyparallel</c> or <c>distributed</c>.</summary>
    public double[] RunOnCluster(string module, Dictionary<string, object> request) =>
        Run($"{module}_cluster.py", [_workers.ToString(CultureInfo.InvariantCulture)], request);

    /// <summary>Whether Python has a module; prints a line when not.</summary>
    public bool Has(string module)
    {
        using var process = Start(_command, "-c", $"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)");
        process.WaitForExit();
        if (process.ExitCode == 0) return true;
        Console.Error.WriteLine($"{_command} has no module {module}: its rows are left out (on Debian, 'apt-get install python3-{module}' brings it).");
        return false;
    }

    /// <summary>Ends the processes: what they hold would be in the way of what comes next.</summary>
    public void Rest()
    {
        foreach (var process in _running.Values) process.StandardInput.Close();
        foreach (var process in _running.Values)
        {
            if (!process.WaitForExit(TimeSpan.FromSeconds(20))) process.Kill(entireProcessTree: true);
            process.Dispose();
        }
        _running.Clear();
    }

    double[] Run(string script, string[] arguments, Dictionary<string, object> request)
    {
        var key = string.Join(' ', [script, .. arguments]);
        if (!_running.TryGetValue(key, out var process))
        {
            process = Start(_command, [Path.Combine(AppContext.BaseDirectory, "peers", script), .. arguments]);
            _running.Add(key, process);
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

    public void Dispose() => Rest();

    static Process Start(string command, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
