using System.Runtime.CompilerServices;
using ActorParallel.Processes;

namespace ActorParallel;

/// <summary>
/// A function that runs in a process of its own, as Python's <c>multiprocessing.Process</c>: give a delegate, or derive and override
/// <see cref="Run"/> or <see cref="RunAsync"/>.
/// <code>
/// var p = new ParallelProcess(() => Console.WriteLine($"I'm process {Environment.ProcessId}"));
/// p.Start();
/// p.Join();
/// </code>
/// </summary>
/// <remarks>
/// <para>The process starts from this program's own files, in the current directory and with the current culture. What the function captures,
/// or the fields of a derived object, travel to it as they are at <see cref="Start"/>: memory is not shared and changes don't come back.
/// It writes to this program's standard output and error; its standard input is empty.</para>
/// <para>It ends with this program, however that ends: even a <c>kill -9</c> leaves nothing behind. When this program ends normally,
/// daemons (<see cref="Daemon"/>) are terminated and the others awaited.</para>
/// <para>Properties may be read from any thread; only the process that made the object may start, join, terminate or kill it.</para>
/// </remarks>
public class ParallelProcess : IDisposable, IAsyncDisposable
{
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // A derived object travels with its fields, these two excepted.
    [NonSerialized] readonly Delegate? function;
    [NonSerialized] volatile ChildProcess? child;
    string name = "", path = "";
    int owner, knownPid, started, disposed;
    bool daemon;

    /// <summary>Makes a process that runs an action and ends with exit code 0.</summary>
    /// <param name="run">What it runs.</param>
    /// <param name="name">Its <see cref="Name"/>; null for the default.</param>
    /// <param name="daemon">Whether it ends with this program (<see cref="Daemon"/>).</param>
    /// <exception cref="ArgumentNullException"><paramref name="run"/> is null.</exception>
    public ParallelProcess(Action run, string? name = null, bool daemon = false)
        : this((Delegate)run, name, daemon)
    {
    }

    /// <summary>Makes a process that runs an asynchronous function to its end, with exit code 0.</summary>
    /// <param name="run">What it runs.</param>
    /// <param name="name">Its <see cref="Name"/>; null for the default.</param>
    /// <param name="daemon">Whether it ends with this program (<see cref="Daemon"/>).</param>
    /// <exception cref="ArgumentNullException"><paramref name="run"/> is null.</exception>
    public ParallelProcess(Func<Task> run, string? name = null, bool daemon = false)
        : this((Delegate)run, name, daemon)
    {
    }

    /// <summary>Makes a process that runs an asynchronous function to its end, with the exit code it gives (its low 8 bits on Unix).</summary>
    /// <param name="run">What it runs.</param>
    /// <param name="name">Its <see cref="Name"/>; null for the default.</param>
    /// <param name="daemon">Whether it ends with this program (<see cref="Daemon"/>).</param>
    /// <exception cref="ArgumentNullException"><paramref name="run"/> is null.</exception>
    public ParallelProcess(Func<Task<int>> run, string? name = null, bool daemon = false)
        : this((Delegate)run, name, daemon)
    {
    }

    /// <summary>Makes a process that runs a function and ends with the exit code it returns (its low 8 bits on Unix).</summary>
    /// <param name="run">What it runs.</param>
    /// <param name="name">Its <see cref="Name"/>; null for the default.</param>
    /// <param name="daemon">Whether it ends with this program (<see cref="Daemon"/>).</param>
    /// <exception cref="ArgumentNullException"><paramref name="run"/> is null.</exception>
    [OverloadResolutionPriority(1)] // A lambda that only throws fits all three.
    public ParallelProcess(Func<int> run, string? name = null, bool daemon = false)
        : this((Delegate)run, name, daemon)
    {
    }

    /// <summary>For derived classes, which override <see cref="Run"/> or <see cref="RunAsync"/>.</summary>
    protected ParallelProcess() => Become("", ProcessFamily.NextPath(), 0, false);

    ParallelProcess(Delegate run, string? name, bool daemon)
    {
        ArgumentNullException.ThrowIfNull(run);
        function = run;
        Become(name ?? "", ProcessFamily.NextPath(), 0, daemon);
    }

    ParallelProcess(string name, string path, int pid, bool daemon) => Become(name, path, pid, daemon);

    /// <summary>The running children of this process, in no order.</summary>
    public static IReadOnlyList<ParallelProcess> ActiveChildren() => ProcessFamily.Active();

    /// <summary>The process this code runs in; in the main program one named <c>MainProcess</c>.</summary>
    public static ParallelProcess Current => ProcessFamily.Current;

    /// <summary>The process that started this one, with its name and id; null in the main program.</summary>
    public static ParallelProcess? Parent => ProcessFamily.Parent;

    /// <summary>Its name, for people: by default <c>ParallelProcess-N</c> counted from 1, and <c>ParallelProcess-N:M</c> for a child's child.</summary>
    /// <exception cref="InvalidOperationException">Set after <see cref="Start"/>.</exception>
    /// <exception cref="ArgumentException">Set to null or nothing.</exception>
    public string Name
    {
        get => name;
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(value);
            MustBeUnstarted("Name");
            name = value;
        }
    }

    /// <summary>
    /// Whether it is terminated when this program ends normally; otherwise this program awaits it. False by default. A daemon may
    /// have no children of its own.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set after <see cref="Start"/>.</exception>
    public bool Daemon
    {
        get => daemon;
        set
        {
            MustBeUnstarted("Daemon");
            daemon = value;
        }
    }

    /// <summary>Its process id; null before <see cref="Start"/>.</summary>
    public int? Pid => child?.Pid ?? (knownPid == 0 ? null : knownPid);

    /// <summary>Whether it was started and has not ended.</summary>
    public bool IsAlive => child is { } running ? !running.Exited.IsCompleted : knownPid != 0;

    /// <summary>
    /// Null before the end; then what it returned or gave to <see cref="Environment.Exit"/>, 1 after an unhandled exception, and the negative number of
    /// the signal that ended it (-9 killed, -15 terminated; on Windows a killed process has -1).
    /// </summary>
    public int? ExitCode => child is { Exited.IsCompletedSuccessfully: true } ended ? ended.Exited.Result.SignedCode : null;

    internal string Path => path;

    internal ChildProcess? Child => child;

    internal Delegate? Function => function;

    /// <summary>Starts the process, once. Returns when the operating system has it, after a few milliseconds; its code runs some 100 ms later.</summary>
    /// <exception cref="InvalidOperationException">It was started before, this process is a daemon, or another process made this object.</exception>
    /// <exception cref="ShippingException">The function captures what can't travel: the message names the variable.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    /// <exception cref="FileNotFoundException">A file it starts from is missing, such as ActorParallel.Engine.dll.</exception>
    /// <exception cref="PlatformNotSupportedException">This program was published as a single file or with its own runtime.</exception>
    /// <exception cref="IOException">The operating system refused another process.</exception>
    public void Start()
    {
        MustBeOwned(nameof(Start));
        if (Current.Daemon)
            throw new InvalidOperationException($"{name} can't start: {Current.Name} is a daemon, and a daemonic process may not have children; make it with daemon: false.");
        if (Interlocked.Exchange(ref started, 1) != 0)
            throw new InvalidOperationException($"{name} was started before; a process starts once, so make a new ParallelProcess for another run.");
        try
        {
            ChildProcess running = ChildProcess.Start(new ChildStart { Role = ProcessMain.Role, HandOver = ProcessHandOver.For(this) });
            child = running;
            ProcessFamily.Add(this, running.Exited);
        }
        catch
        {
            Volatile.Write(ref started, 0);
            throw;
        }
    }

    /// <summary>Waits until it has ended.</summary>
    /// <exception cref="InvalidOperationException">It was not started, or another process made this object.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public void Join() => Started(nameof(Join)).Exited.Wait();

    /// <summary>Waits until it has ended, or for so long.</summary>
    /// <param name="timeout">How long at most; zero only looks, <see cref="Timeout.InfiniteTimeSpan"/> waits without limit.</param>
    /// <returns>Whether it has ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative or above 24 days.</exception>
    /// <exception cref="InvalidOperationException">It was not started, or another process made this object.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public bool Join(TimeSpan timeout)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, TimeSpan.FromMilliseconds(int.MaxValue));
        }
        return Started(nameof(Join)).Exited.Wait(timeout);
    }

    /// <summary>Completes when it has ended.</summary>
    /// <param name="cancellationToken">Ends the waiting; the process runs on.</param>
    /// <exception cref="InvalidOperationException">It was not started, or another process made this object.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public Task JoinAsync(CancellationToken cancellationToken = default) => Started(nameof(JoinAsync)).Exited.WaitAsync(cancellationToken);

    /// <summary>
    /// Ends it by SIGTERM, without finally blocks; an overridden <see cref="RunAsync"/> has its token cancelled and half a second to leave.
    /// On Windows the same as <see cref="Kill"/>. Does nothing if it has ended. Processes it started itself end too if they are ParallelProcesses.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was not started, or another process made this object.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public void Terminate() => Started(nameof(Terminate)).Terminate();

    /// <summary>Ends it at once by SIGKILL, which it can't resist. Does nothing if it has ended.</summary>
    /// <exception cref="InvalidOperationException">It was not started, or another process made this object.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public void Kill() => Started(nameof(Kill)).Kill();

    /// <summary>Ends it if it runs: terminates it, and kills it after a second. <see cref="ExitCode"/> stays readable. Join first to let it finish.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>As <see cref="Dispose()"/>, without blocking the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        if (MayEnd(out ChildProcess? running))
        {
            running.Terminate();
            await Task.WhenAny(running.Exited, Task.Delay(Grace)).ConfigureAwait(false);
            await running.DisposeAsync().ConfigureAwait(false);
        }
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>For derived classes with something to release; called in the process that made the object. Call the base.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        // Waits without the thread pool: it may have no thread to spare.
        if (MayEnd(out ChildProcess? running))
        {
            running.Terminate();
            if (!running.Exited.Wait(Grace))
            {
                running.Kill();
                running.Exited.Wait(Grace);
            }
        }
    }

    /// <summary>What the process does, unless <see cref="RunAsync"/> is overridden. Runs in the child.</summary>
    protected virtual void Run() =>
        throw new InvalidOperationException($"{GetType()} has nothing to run: override Run or RunAsync, or give the constructor a function.");

    /// <summary>What the process does. Runs in the child; unless overridden it calls <see cref="Run"/>.</summary>
    /// <param name="cancellationToken">Cancelled by <see cref="Terminate"/>, half a second before the end.</param>
    protected virtual Task RunAsync(CancellationToken cancellationToken)
    {
        Run();
        return Task.CompletedTask;
    }

    /// <summary>A process known by name only: the main program, a parent, this child.</summary>
    internal static ParallelProcess Known(string name, string path, int pid, bool daemon) => new(name, path, pid, daemon);

    internal Task RunDerivedAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    /// <summary>Fills what did not travel.</summary>
    internal void Become(string name, string path, int pid, bool daemon)
    {
        (this.path, this.daemon, knownPid, owner) = (path, daemon, pid, pid == 0 ? Environment.ProcessId : 0);
        this.name = name.Length > 0 ? name : $"ParallelProcess-{path}";
    }

    ChildProcess Started(string operation)
    {
        MustBeOwned(operation);
        return child ?? throw new InvalidOperationException($"{operation} needs a started process: call Start on {name} first.");
    }

    void MustBeOwned(string operation)
    {
        ObjectDisposedException.ThrowIf(disposed != 0, this);
        if (owner != Environment.ProcessId)
            throw new InvalidOperationException($"{operation} of {name} is for the process that made it: this one ({Current.Name}) only knows its name and id.");
    }

    void MustBeUnstarted(string property)
    {
        if (started != 0 || owner != Environment.ProcessId)
            throw new InvalidOperationException($"{property} of {name} can't change any more: set it before Start.");
    }

    bool MayEnd([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ChildProcess? running)
    {
        running = child;
        return Interlocked.Exchange(ref disposed, 1) == 0 && running is not null;
    }
}
