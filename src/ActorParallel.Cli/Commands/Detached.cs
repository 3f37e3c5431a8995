using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace ActorParallel.Cli.Commands;

/// <summary>What a detached cluster tells the command that started it.</summary>
internal sealed record DetachedReport
{
    public ClusterDocument? Cluster { get; init; }

    /// <summary>Without a cluster: why there is none. With one: what is missing.</summary>
    public string? Error { get; init; }
}

/// <summary>This process's part when it is a cluster in the background: a session of its own, its output in a file.</summary>
internal static partial class Detached
{
    /// <summary>The first argument of such a process; the pipe's handle and the log's path follow.</summary>
    public const string Word = "--detached";

    static AnonymousPipeClientStream? s_pipe;

    public static bool IsDetached { get; private set; }

    /// <summary>Leaves the terminal if the arguments say so. Null to go on.</summary>
    public static int? Enter(ref string[] args)
    {
        if (args is not [Word, var handle, var log, .. var rest]) return null;
        args = rest;
        IsDetached = true;
        try
        {
            s_pipe = new AnonymousPipeClientStream(PipeDirection.Out, handle);
            if (OperatingSystem.IsWindows())
            {
                var writer = new StreamWriter(log, append: true) { AutoFlush = true };
                Console.SetOut(writer);
                Console.SetError(writer);
                return null;
            }
            // The cluster's processes must not hold the pipe.
            _ = SetFileFlags(int.Parse(handle, CultureInfo.InvariantCulture), SetDescriptorFlags, CloseOnExec);
            _ = NewSession();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            Tell(new DetachedReport { Error = e.Message });
            return ExitCodes.Failed;
        }
    }

    /// <summary>Tells the command that waits, once.</summary>
    public static void Tell(DetachedReport report)
    {
        if (Interlocked.Exchange(ref s_pipe, null) is not { } pipe) return;
        try
        {
            using var writer = new StreamWriter(pipe);
            writer.WriteLine(Terminal.Compact(report));
        }
        catch (IOException)
        {
            // It did not wait.
        }
    }

    const int SetDescriptorFlags = 2, CloseOnExec = 1;

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static partial int NewSession();

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int SetFileFlags(int descriptor, int command, int flags);
}
