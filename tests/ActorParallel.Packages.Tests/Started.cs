using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ActorParallel.Packages.Tests;

/// <summary>A process with an exit code, and what it wrote.</summary>
public sealed class Started : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(150);

    const int SigTerm = 15;

    readonly Process _process;
    readonly StringBuilder _output = new();
    readonly string _command;

    Started(Process process, string command)
    {
        (_process, _command) = (process, command);
        _process.OutputDataReceived += (_, e) => Append(e.Data);
        _process.ErrorDataReceived += (_, e) => Append(e.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    public static Started Start(string folder, (string Name, string? Value)[] environment, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the build that runs the tests has set is its own.
        foreach (var inherited in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || k.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(inherited);
        (string, string?)[] quiet = [("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"), ("DOTNET_NOLOGO", "1"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_CLI_UI_LANGUAGE", "en")];
        foreach (var (name, value) in (IEnumerable<(string, string?)>)[.. quiet, .. environment]) start.Environment[name] = value;
        return new Started(new Process { StartInfo = start }, $"{program} {string.Join(' ', arguments)}");
    }

    /// <summary>Waits for its end with exit code 0, and returns what it wrote.</summary>
    public async Task<string> SucceedAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"'{_command}' did not end within {s_patience.TotalSeconds:0} s.\n{Output}");
        }
        if (_process.ExitCode != 0) Assert.Fail($"'{_command}' ended with {_process.ExitCode}.\n{Output}");
        return Output;
    }

    /// <summary>Waits until it has written a line that goes on after these words, and returns the rest of it.</summary>
    public async Task<string> SaysAsync(string words)
    {
        var until = Stopwatch.StartNew();
        while (true)
        {
            // What the last line ends with may come yet.
            var lines = Output.Split('\n')[..^1];
            if (lines.FirstOrDefault(l => l.Contains(words, StringComparison.Ordinal)) is { } line) return line[(line.IndexOf(words, StringComparison.Ordinal) + words.Length)..].Trim();
            if (_process.HasExited || until.Elapsed > s_patience) Assert.Fail($"'{_command}' has not said '{words}'.\n{Output}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Asks it to end, as a service manager does.</summary>
    public void Terminate()
    {
        if (kill(_process.Id, SigTerm) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public void Dispose()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended meanwhile.
        }
        _process.Dispose();
    }

    void Append(string? line)
    {
        if (line is null) return;
        lock (_output) _output.Append(line).Append('\n');
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    static extern int kill(int process, int signal);
}
