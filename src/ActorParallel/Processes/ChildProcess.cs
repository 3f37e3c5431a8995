using System.Buffers.Binary;
using System.Collections;
using System.Diagnostics;

namespace ActorParallel.Processes;

/// <summary>
/// A process of this program's own, on this machine, started from this program's own files. Its standard input belongs
/// to the parent: messages go in, and its end tells the child that the parent is gone. All members are safe for all threads.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    readonly OsChild child;
    readonly SemaphoreSlim sending = new(1, 1);
    readonly CancellationTokenSource ended = new();
    readonly TimeSpan grace;
    readonly OutputPump? output, error;
    readonly Lazy<Task> disposal;

    ChildProcess(ChildStart start)
    {
        ChildProgram program = (start.Program ?? ChildProgram.Current).Verified();
        string[] arguments = program.Arguments(start.Role);
        Dictionary<string, string> environment = EnvironmentFor(start);
        StartedTimestamp = Stopwatch.GetTimestamp();
        child = OperatingSystem.IsWindows()
            ? WindowsChild.Start(program.Dotnet, arguments, environment, start.OnOutput is not null, start.OnError is not null)
            : UnixChild.Start(program.Dotnet, arguments, environment, start.OnOutput is not null, start.OnError is not null);
        grace = start.Grace;
        disposal = new(EndAsync);
        if (start.OnOutput is { } onOutput)
            output = OutputPump.Start(child.Output!, onOutput, child.Exited);
        if (start.OnError is { } onError)
            error = OutputPump.Start(child.Error!, onError, child.Exited);
        HandedOver = SendAsync(start.HandOver);
        _ = ReleaseAtExitAsync();
    }

    /// <summary>Its process id.</summary>
    public int Pid => child.Pid;

    /// <summary>When it was started (<see cref="Stopwatch.GetTimestamp"/>).</summary>
    public long StartedTimestamp { get; }

    /// <summary>Completes when the child has ended, within milliseconds, and never fails.</summary>
    public Task<ChildExit> Exited => child.Exited;

    /// <summary>Whether the first message is on its way into the child: false if the child ended before.</summary>
    public Task<bool> HandedOver { get; }

    /// <summary>Completes when all captured output has been handed on, at most two seconds after the end.</summary>
    public Task OutputEnded => Task.WhenAll(output?.Ended ?? Task.CompletedTask, error?.Ended ?? Task.CompletedTask);

    /// <summary>Starts a child; returns once the operating system has it, before it runs its first line.</summary>
    /// <exception cref="FileNotFoundException">A file it starts from isn't there.</exception>
    /// <exception cref="PlatformNotSupportedException">This program's form of publishing leaves nothing to start from.</exception>
    /// <exception cref="IOException">The operating system refused.</exception>
    public static ChildProcess Start(ChildStart start) => new(start);

    /// <summary>Sends one message into the child's standard input. False if the child ended first.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> message)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, message.Length);
        try
        {
            await sending.WaitAsync(ended.Token).ConfigureAwait(false);
            try
            {
                await child.Input.WriteAsync(length, ended.Token).ConfigureAwait(false);
                await child.Input.WriteAsync(message, ended.Token).ConfigureAwait(false);
                await child.Input.FlushAsync(ended.Token).ConfigureAwait(false);
                return true;
            }
            finally
            {
                sending.Release();
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Asks it to end: SIGTERM; on Windows it is killed. False if it has ended.</summary>
    public bool Terminate() => child.Signal(Libc.SigTerm);

    /// <summary>Sends it a signal by number; on Windows any signal kills it. False if it has ended.</summary>
    public bool Signal(int signal) => child.Signal(signal);

    /// <summary>Ends it at once, with the processes it started if wanted. False if it has ended.</summary>
    public bool Kill(bool entireTree = false) => entireTree ? child.KillTree() : child.Signal(Libc.SigKill);

    /// <summary>Its largest resident memory so far, in bytes, or null where that can't be told.</summary>
    public long? PeakBytes() => Exited.IsCompletedSuccessfully ? Exited.Result.PeakBytes : child.PeakBytes();

    /// <summary>Closes its standard input, at which it ends; kills it after the grace period. Takes at most that and two seconds.</summary>
    public ValueTask DisposeAsync() => new(disposal.Value);

    async Task EndAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        child.Input.Dispose();
        await WithinAsync(Exited, grace).ConfigureAwait(false);
        if (!Exited.IsCompleted)
            Kill();

        // A process in an uninterruptible call outlives even that for a while.
        await WithinAsync(Exited, TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        await WithinAsync(OutputEnded, TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        child.Dispose();
    }

    /// <summary>Nobody has to dispose of a child that has ended.</summary>
    async Task ReleaseAtExitAsync()
    {
        await Exited.ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        child.Input.Dispose();
    }

    static Task WithinAsync(Task task, TimeSpan time) => task.IsCompleted ? Task.CompletedTask : Task.WhenAny(task, Task.Delay(time));

    /// <summary>
    /// This program's environment, less what is meant for this process alone: start-up hooks and diagnostic ports would run or
    /// stall every child; and, unless the environment says otherwise, with the workstation's garbage collector: a heap a core is too
    /// much for a process that shares the machine with its siblings. (Other settings, tiered PGO and diagnostics among them, gained nothing.)
    /// </summary>
    static Dictionary<string, string> EnvironmentFor(ChildStart start)
    {
        StringComparer names = OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        Dictionary<string, string> variables = new(names);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        foreach (string own in (ReadOnlySpan<string>)["DOTNET_STARTUP_HOOKS", "DOTNET_DiagnosticPorts", "DOTNET_DefaultDiagnosticPortSuspend"])
            variables.Remove(own);
        variables.TryAdd("DOTNET_gcServer", "0");
        foreach ((string name, string? value) in start.Environment)
        {
            if (value is null)
                variables.Remove(name);
            else
                variables[name] = value;
        }
        return variables;
    }
}
