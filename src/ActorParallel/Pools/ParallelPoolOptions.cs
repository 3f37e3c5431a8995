using ActorParallel.Results;

namespace ActorParallel;

/// <summary>
/// The options of a pool. What is left null is taken from HOCON, section <c>actor-parallel.pool</c>, where the same keys stand in kebab-case;
/// and what is not there either from the reference configuration, whose values are the defaults named here.
/// </summary>
public sealed record ParallelPoolOptions
{
    /// <summary>How many workers, each running one task at a time. Default: one a core.</summary>
    public int? Workers { get; init; }

    /// <summary>How a task finds its worker: <c>least-loaded</c> (default), <c>round-robin</c> or <c>smallest-mailbox</c>. Threads only.</summary>
    public string? Router { get; init; }

    /// <summary>Runs in each worker before its first task: on threads on the worker's thread, on processes once in each process. Default: none.</summary>
    public Action? Initializer { get; init; }

    /// <summary>How often in a row the initializer may fail before the pool fails with its error. Default 3.</summary>
    public int? InitializerTries { get; init; }

    /// <summary>A worker (a process, for process pools) is replaced after so many tasks. Default 0: never.</summary>
    public int? MaxTasksPerWorker { get; init; }

    /// <summary>How many items a stream or lazy map holds between reading and yielding. Default 65,536.</summary>
    public int? MaxInFlight { get; init; }

    /// <summary>How long a task may go on after its token was cancelled. Default 2 s.</summary>
    public TimeSpan? CancelGracePeriod { get; init; }

    /// <summary>The wait before the first retry of a task that threw; doubles with each attempt, half of it random. Default 50 ms.</summary>
    public TimeSpan? RetryBackoff { get; init; }

    /// <summary>The longest wait between two attempts. Default 30 s.</summary>
    public TimeSpan? MaxRetryBackoff { get; init; }

    /// <summary>The longest that Dispose takes. Default 5 s.</summary>
    public TimeSpan? DisposeTimeout { get; init; }

    /// <summary>How often a task may run again because its process was lost. Default 3. Processes only, like all that follow.</summary>
    public int? EngineLossRetries { get; init; }

    /// <summary>The longest that a process may take to start. Default 30 s.</summary>
    public TimeSpan? StartTimeout { get; init; }

    /// <summary>How often in a row starting a process may fail before the pool fails. Default 5.</summary>
    public int? StartTries { get; init; }

    /// <summary>The wait before a lost process is replaced; doubles as long as processes die without ending a task. Default 50 ms.</summary>
    public TimeSpan? RestartBackoff { get; init; }

    /// <summary>The longest wait before a lost process is replaced. Default 5 s.</summary>
    public TimeSpan? MaxRestartBackoff { get; init; }

    /// <summary>A process whose memory has grown by more than this, in bytes, since its first task ended is replaced between tasks. Default 0: never.</summary>
    public long? MaxMemoryGrowth { get; init; }

    /// <summary>Whether what the processes write to the console is shown on this one's, too. Default false.</summary>
    public bool? ForwardOutput { get; init; }

    /// <summary>How many bytes of a task's console output are kept. Default 256 KiB.</summary>
    public int? MaxOutput { get; init; }

    /// <summary>How many tasks a process may hold for each of its workers. Default 0: adapts to how long tasks take.</summary>
    public int? HighWaterMark { get; init; }

    /// <summary>How processes talk: <c>auto</c> (default), <c>unix</c> or <c>tls</c>.</summary>
    public string? Transport { get; init; }

    /// <summary>Values up to this many bytes travel in messages, larger ones through shared memory. Default 64 KiB.</summary>
    public int? InlineLimit { get; init; }
}
