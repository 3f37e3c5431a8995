namespace ActorParallel;

/// <summary>
/// What a running task knows of itself. <see cref="Current"/> is there inside a task's function and, for an async function, after its awaits;
/// not on threads the function starts itself. All members may be used from any thread.
/// </summary>
public abstract class TaskContext
{
    static readonly AsyncLocal<TaskContext?> s_async = new();

    [ThreadStatic]
    static ICurrentTask? t_current;

    private protected TaskContext()
    {
    }

    /// <summary>The task that calls; null outside tasks.</summary>
    public static TaskContext? Current => t_current?.Context ?? s_async.Value;

    /// <summary>Cancelled when the task should stop: its result was cancelled, its time is over, or the pool ends.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>The task's id, as its result's <see cref="AsyncResult.Id"/> has it.</summary>
    public abstract string TaskId { get; }

    /// <summary>The number of this attempt, from 1.</summary>
    public abstract int Attempt { get; }

    /// <summary>The engine that runs the task: 0 for the program's own process.</summary>
    public abstract int EngineId { get; }

    /// <summary>The worker that runs the task, numbered from 0 in its engine.</summary>
    public abstract int WorkerId { get; }

    /// <summary>The engine's named values, shared by all tasks that run on it.</summary>
    public abstract EngineNamespace Namespace { get; }

    /// <summary>Messages to and from the other engines of the cluster.</summary>
    /// <exception cref="NotSupportedException">The task runs in a pool, whose workers can't be told apart.</exception>
    public virtual EngineMessages Engines =>
        throw new NotSupportedException("Only engines of a cluster exchange messages: a pool's workers can't be told apart. Start a ParallelCluster, or pass values as arguments.");

    /// <summary>Reports how far the task is; the caller sees it in <see cref="AsyncResult.Progress"/>.</summary>
    /// <param name="fraction">From 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not a number from 0 to 1.</exception>
    public void Report(double fraction)
    {
        if (!(fraction is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, $"A task's progress is a fraction from 0 to 1, not {fraction}.");
        ReportCore(fraction);
    }

    private protected abstract void ReportCore(double fraction);

    /// <summary>Another engine may run it, when this one can't.</summary>
    internal virtual bool MayMove => true;

    /// <summary>What the executor's own members ask: which pool's worker's place does the calling task hold?</summary>
    internal abstract object Owner { get; }

    /// <summary>Attempts that were made as part of other tasks: an item of a map that is run again travels anew.</summary>
    internal int EarlierAttempts { get; set; }

    /// <summary>How many awaited results this task holds its worker's place free for.</summary>
    internal int Lent;

    internal static ICurrentTask? EnterThread(ICurrentTask? current)
    {
        var previous = t_current;
        t_current = current;
        return previous;
    }

    internal static void LeaveThread(ICurrentTask? previous) => t_current = previous;

    internal static void SetAsync(TaskContext? context) => s_async.Value = context;
}

/// <summary>A task that runs on this thread now; its context is made when asked for.</summary>
internal interface ICurrentTask
{
    TaskContext Context { get; }
}
