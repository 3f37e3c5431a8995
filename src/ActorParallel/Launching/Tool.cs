using System.Collections;
using ActorParallel.Processes;

namespace ActorParallel.Launching;

/// <summary>A program of the system's that runs for a while: <c>ssh</c>, <c>sbatch</c>. Its output is taken line by line; its input is open until it is disposed.</summary>
internal sealed class Tool : IDisposable
{
    readonly OsChild _child;
    readonly OutputPump _output, _error;

    Tool(OsChild child, Action<string> onOutput, Action<string> onError)
    {
        _child = child;
        _output = OutputPump.Start(child.Output!, onOutput, child.Exited);
        _error = OutputPump.Start(child.Error!, onError, child.Exited);
        Exited = EndAsync();
    }

    /// <summary>Completes when it has ended and its last line was handed on; never fails.</summary>
    public Task<ChildExit> Exited { get; }

    public Stream Input => _child.Input;

    /// <exception cref="EngineLaunchException">There is no such program, or it can't be started.</exception>
    public static Tool Start(IReadOnlyList<string> command, Action<string> onOutput, Action<string> onError)
    {
        var file = Find(command[0]) ?? throw new EngineLaunchException($"There is no program '{command[0]}' on this machine's PATH: install it, or name it with its folder in the profile's configuration.");
        string[] arguments = [.. command.Skip(1)];
        Dictionary<string, string> environment = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        try
        {
            return new Tool(OperatingSystem.IsWindows()
                ? WindowsChild.Start(file, arguments, environment, true, true)
                : UnixChild.Start(file, arguments, environment, true, true), onOutput, onError);
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception)
        {
            throw new EngineLaunchException($"'{file}' can't be started: {e.Message}", e);
        }
    }

    /// <summary>Runs a program to its end, without input.</summary>
    /// <exception cref="EngineLaunchException">It can't be started, took too long, or failed; its last words are in the message.</exception>
    public static async Task<string> RunAsync(IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        OutputTail output = new(null), both = new(null);
        using var tool = Start(command, line =>
        {
            output.Add(line);
            both.Add(line);
        }, both.Add);
        tool.Input.Dispose();
        await Ended.Within(tool.Exited, timeout, cancellationToken).ConfigureAwait(false);
        if (!tool.Exited.IsCompleted)
        {
            tool.Kill();
            cancellationToken.ThrowIfCancellationRequested();
            throw new EngineLaunchException($"'{command[0]}' did not end within {timeout.TotalSeconds:0.###} s{LastWords(both.Lines)}.");
        }

        var exit = await tool.Exited.ConfigureAwait(false);
        return exit.SignedCode == 0 ? string.Join('\n', output.Lines) : throw new EngineLaunchException($"'{command[0]}' ended with {(exit with { PeakBytes = null })}{LastWords(both.Lines)}.");
    }

    public static string LastWords(IReadOnlyList<string> lines) =>
        lines.LastOrDefault(line => !string.IsNullOrWhiteSpace(line)) is { } last ? $": {last.Trim().TrimEnd('.')}" : "";

    public bool Signal(int signal) => _child.Signal(signal);

    public void Kill() => _child.KillTree();

    /// <summary>Closes its input; it is not waited for.</summary>
    public void Dispose() => _child.Input.Dispose();

    async Task<ChildExit> EndAsync()
    {
        var exit = await _child.Exited.ConfigureAwait(false);
        await Task.WhenAll(_output.Ended, _error.Ended).ConfigureAwait(false);
        _child.Dispose();
        return exit;
    }

    static string? Find(string name)
    {
        if (Path.GetFileName(name) != name)
        {
            return File.Exists(name) ? Path.GetFullPath(name) : null;
        }

        string[] endings = OperatingSystem.IsWindows() ? ["", ".exe", ".cmd", ".bat"] : [""];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, name + ending)))
            .FirstOrDefault(File.Exists);
    }
}
