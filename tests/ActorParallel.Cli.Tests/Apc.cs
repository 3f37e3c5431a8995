using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ActorParallel.Cli;
using ActorParallel.Processes;

namespace ActorParallel.CliTests;

/// <summary>What a command did.</summary>
internal sealed record Ran(int Code, string Out, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;
}

/// <summary>apcluster as a process of its own, with a home of its own, that goes with it.</summary>
internal sealed class Apc : IAsyncDisposable
{
    static readonly TimeSpan s_longest = TimeSpan.FromSeconds(120);

    public string Home { get; } = Directory.CreateTempSubdirectory("apc-").FullName;

    public string ProfileFolder(string name) => Path.Combine(Home, "profiles", name);

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(ChildProgram.Current.Dotnet)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Home,
            Environment = { ["ACTOR_PARALLEL_HOME"] = Home, ["NO_COLOR"] = "1" },
        };
        start.ArgumentList.Add(typeof(Terminal).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    public Task<Ran> RunAsync(params string[] arguments) => RunAsync("", arguments);

    public async Task<Ran> RunAsync(string input, string[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var process = Start(arguments);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public static async Task<Ran> EndAsync(Process process)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(s_longest, cancellationToken);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        // Whatever goes on in the background must not hold them.
        await Task.WhenAll(output, error).WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        return new Ran(process.ExitCode, await output, await error);
    }

    public static void Signal(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public static bool Lives(int pid) => Transport.ProcessIdentity.StartTime(pid) is not null;

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(15), what);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var stop = Start("clean", "--all", "--force");
        stop.StandardInput.Close();
        await EndAsync(stop);
        Directory.Delete(Home, recursive: true);
    }
}
