using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace ActorParallel.Processes;

/// <summary>Who this process is, whose child it is and which children it has.</summary>
internal static class ProcessFamily
{
    static readonly TimeSpan DaemonGrace = TimeSpan.FromSeconds(1);
    static readonly ConcurrentDictionary<ParallelProcess, bool> Children = new();
    static readonly Lazy<ParallelProcess> Main = new(() => ParallelProcess.Known("MainProcess", "", Environment.ProcessId, daemon: false));
    static ParallelProcess? self;
    static int lastNumber;
    static int exitWatched;

    /// <summary>The parent of this process; null in the main program.</summary>
    public static ParallelProcess? Parent { get; private set; }

    /// <summary>This process.</summary>
    public static ParallelProcess Current => self ?? Main.Value;

    /// <summary>A child's place in the tree: <c>3</c> for the main program's third, <c>3:1</c> for that one's first.</summary>
    public static string NextPath()
    {
        string number = Interlocked.Increment(ref lastNumber).ToString(CultureInfo.InvariantCulture);
        return Current.Path is { Length: > 0 } path ? $"{path}:{number}" : number;
    }

    /// <summary>Makes this process the given one, a child of the other.</summary>
    public static void Enter(ParallelProcess current, ParallelProcess parent) => (self, Parent) = (current, parent);

    public static void Add(ParallelProcess child, Task exited)
    {
        if (Interlocked.Exchange(ref exitWatched, 1) == 0)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => EndChildren();
        Children[child] = true;
        exited.ContinueWith((_, _) => Children.TryRemove(child, out bool _), null, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public static ParallelProcess[] Active() => [.. Children.Keys.Where(child => child.IsAlive)];

    /// <summary>At a normal exit: daemons are ended, the others awaited.</summary>
    static void EndChildren()
    {
        ParallelProcess[] daemons = [.. Children.Keys.Where(child => child.Daemon)];
        foreach (ParallelProcess daemon in daemons)
            daemon.Child?.Terminate();
        long start = Stopwatch.GetTimestamp();
        foreach (ParallelProcess daemon in daemons)
        {
            TimeSpan left = DaemonGrace - Stopwatch.GetElapsedTime(start);
            if (daemon.Child is { } child && !child.Exited.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero))
                child.Kill();
        }
        foreach (ParallelProcess other in Children.Keys)
        {
            if (!other.Daemon)
                other.Child?.Exited.Wait();
        }
    }
}
