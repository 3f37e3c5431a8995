namespace ActorParallel.Processes;

/// <summary>A child as its operating system knows it. Safe for all threads; a signal never reaches another process that took its id.</summary>
internal abstract class OsChild : IDisposable
{
    protected TaskCompletionSource<ChildExit> ExitSource { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public abstract int Pid { get; }

    /// <summary>The parent's end of its standard input.</summary>
    public abstract Stream Input { get; }

    /// <summary>The parent's end of its standard output, if captured.</summary>
    public abstract Stream? Output { get; }

    /// <summary>The parent's end of its standard error, if captured.</summary>
    public abstract Stream? Error { get; }

    /// <summary>Completes as soon as it has ended.</summary>
    public Task<ChildExit> Exited => ExitSource.Task;

    /// <summary>Sends it a signal; false if it has ended.</summary>
    public abstract bool Signal(int signal);

    /// <summary>Kills it and what it started; false if it has ended.</summary>
    public abstract bool KillTree();

    /// <summary>Its largest resident memory so far, in bytes.</summary>
    public abstract long? PeakBytes();

    public abstract void Dispose();
}
