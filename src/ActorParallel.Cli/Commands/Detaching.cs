using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using ActorParallel.Processes;
using ActorParallel.Profiles;

namespace ActorParallel.Cli.Commands;

/// <summary>Starts this program again, detached, and waits until its cluster is ready.</summary>
internal static class Detaching
{
    /// <summary>Beyond what the engines are given: for the controller, and for this program's own start.</summary>
    static readonly TimeSpan s_start = TimeSpan.FromSeconds(45);

    public static async Task<int> StartAsync(StartRequest request, Shell shell)
    {
        _ = request.ToOptions();
        var profile = Profile.OpenOrCreate(request.Profile);
        var log = Path.Combine(profile.LogFolder, "cluster.log");
        PrivateFile.TryCreate(log, "");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        using var process = Process.Start(Command(request, pipe.GetClientHandleAsString(), log))!;
        pipe.DisposeLocalCopyOfClientHandle();
        DetachedReport report;
        try
        {
            report = await ReadAsync(pipe, process, request.Wait + s_start, log, shell.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            OwnerFile.Remove(profile);
            throw;
        }
        if (report.Cluster is not { } cluster) throw new CommandException(report.Error ?? $"The cluster did not start: look at {log}.");
        if (request.Json) shell.Terminal.Json(cluster);
        else shell.Terminal.Line($"The cluster of profile '{request.Profile}' runs in the background: controller process {cluster.ControllerProcessId}, {Words.Count(cluster.Engines.Count, "engine")}, log {log}. Stop it with 'apcluster stop{Words.ProfileOption(request.Profile)}'.");
        if (report.Error is null) return ExitCodes.Ok;
        shell.Terminal.Error(report.Error);
        return ExitCodes.Failed;
    }

    static ProcessStartInfo Command(StartRequest request, string handle, string log)
    {
        var program = ChildProgram.Current;
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? program.Dotnet : "/bin/sh") { UseShellExecute = false, CreateNoWindow = true };
        var arguments = start.ArgumentList;
        if (!OperatingSystem.IsWindows())
        {
            // Not by the process itself: the runtime has copies of its first input and output, and whoever reads them would wait for their end.
            foreach (var argument in (ReadOnlySpan<string>)["-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", log, program.Dotnet]) arguments.Add(argument);
        }
        arguments.Add("exec");
        if (program.Deps is { } deps)
        {
            arguments.Add("--depsfile");
            arguments.Add(deps);
        }
        foreach (var argument in (ReadOnlySpan<string>)["--runtimeconfig", program.RuntimeConfig, typeof(Detaching).Assembly.Location, Detached.Word, handle, log, "start", "--profile", request.Profile])
            arguments.Add(argument);
        if (request.Engines is { } engines) Add("--engines", engines.ToString(CultureInfo.InvariantCulture));
        if (request.Workers is { } workers) Add("--workers", workers.ToString(CultureInfo.InvariantCulture));
        foreach (var tag in request.Tags) Add("--tags", tag);
        if (request.ConfigFile is { } config) Add("--config", config);
        Add("--wait", request.Wait.TotalSeconds.ToString("R", CultureInfo.InvariantCulture));
        return start;

        void Add(string name, string value)
        {
            arguments.Add(name);
            arguments.Add(value);
        }
    }

    static async Task<DetachedReport> ReadAsync(Stream pipe, Process process, TimeSpan longest, string log, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(pipe);
        string? line;
        try
        {
            // A read of a pipe can't be called off: its end comes with the process's.
            line = await Task.Run(reader.ReadLine, CancellationToken.None).WaitAsync(longest, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The cluster was not ready within {longest.TotalSeconds:0} s and was ended: look at {log}.", e);
        }
        if (line is not null) return Terminal.Parse<DetachedReport>(line)!;
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return new DetachedReport { Error = $"The cluster's process ended with exit code {process.ExitCode} before it was ready: look at {log}." };
    }
}
