using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using ActorParallel.Results;

namespace ActorParallel;

/// <summary>
/// The outcome of a call, now or later: of a task, of a map, or of several.
/// It ends exactly once. All members may be used from any thread.
/// </summary>
public abstract partial class AsyncResult
{
    /// <summary>The id of the task, unique in its executor's life.</summary>
    public string Id => $"{Host.Name}-{Sequence}";

    /// <summary>The label given with <c>With(label:)</c>, or null.</summary>
    public string? Label => Options.Label;

    /// <summary>Where the task is now.</summary>
    public TaskState State => (TaskState)(Volatile.Read(ref _state) & StateBits);

    /// <summary>Whether the result is there: a value, an exception, cancelled, timed out or lost.</summary>
    public bool Ready => State.IsFinal();

    /// <summary>Whether it ended with a value.</summary>
    /// <exception cref="InvalidOperationException">It has not ended yet.</exception>
    public bool Successful => Ready
        ? State == TaskState.Succeeded
        : throw new InvalidOperationException($"Task {Id} is still {State}: wait for it before asking whether it was successful.");

    /// <summary>Why it ended without a value; null while it has not ended and when it succeeded.</summary>
    public Exception? Error => ControlIfAny?.Error;

    /// <summary>How far it is: items of a map, or what the task reported with <see cref="TaskContext.Report"/>.</summary>
    public virtual TaskProgress Progress =>
        TaskProgress.Of(Ready ? 1 : 0, 1, State == TaskState.Succeeded ? 1 : ControlIfAny?.Reported, Elapsed);

    /// <summary>Time from the call until now, or until the result was there.</summary>
    public TimeSpan Elapsed => Clock.Between(SubmittedAt, Ready ? ReceivedAt : Clock.Now);

    /// <summary>Time spent running: the sum over all attempts that ended, and over all chunks of a map. Divided by <see cref="WallTime"/> it says how many workers were kept busy.</summary>
    public virtual TimeSpan SerialTime => Clock.Between(StartedAt, CompletedAt) + Clock.ToTimeSpan(ControlIfAny?.EarlierRunTicks ?? 0);

    /// <summary>Time from the call until the result was there; until now, while it is not.</summary>
    public TimeSpan WallTime => Elapsed;

    /// <summary>What is known of the task so far: times, engine, worker, attempt, output.</summary>
    public TaskMetadata Metadata => new(
        Id, Label, State,
        Clock.ToUtc(SubmittedAt)!.Value,
        Clock.ToUtc(StartedAt),
        Clock.ToUtc(CompletedAt),
        Ready ? Clock.ToUtc(ReceivedAt) : null,
        StartedAt == 0 ? null : EngineId,
        StartedAt == 0 ? null : WorkerId,
        Attempt,
        ControlIfAny?.EngineLosses ?? 0,
        ControlIfAny?.Step ?? CancellationStep.None,
        Output);

    /// <summary>
    /// What the task wrote to the console. Process pools capture it, bounded (the end is cut with a note);
    /// on threads the console is shared, nothing is captured and this is empty.
    /// </summary>
    public virtual string Output => ControlIfAny?.Output ?? "";

    /// <summary>The same by the engine that ran it: of a call on several engines what each wrote, of a task that has not begun nothing.</summary>
    public virtual IReadOnlyDictionary<int, string> Outputs =>
        StartedAt == 0 ? new Dictionary<int, string>() : new Dictionary<int, string> { [EngineId] = Output };

    /// <summary>Waits until the result is there. Never throws what the task threw.</summary>
    public void Wait() => Wait(Timeout.InfiniteTimeSpan);

    /// <summary>Waits until the result is there, at most for the time given. Never throws what the task threw, and never stops the task.</summary>
    /// <param name="timeout">The longest time to wait; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <returns>Whether the result is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    public bool Wait(TimeSpan timeout)
    {
        Checks.Timeout(timeout);
        if (Ready) return true;
        if (Host.WaitInTask(this, timeout) is { } ready) return ready;
        return Block(timeout);
    }

    internal bool Block(TimeSpan timeout)
    {
        if (timeout != TimeSpan.Zero ? ShortWait.Until(this, static result => result.Ready, Host.Linger) : Ready) return true;
        var waiter = new EventCompletion();
        AddWaiter(waiter);
        return waiter.Wait(timeout) || Ready;
    }

    /// <summary>Waits without blocking a thread. Never throws what the task threw, and never stops the task.</summary>
    /// <param name="cancellationToken">Ends the wait, not the task.</param>
    /// <returns>A task that completes when the result is there.</returns>
    public Task WaitAsync(CancellationToken cancellationToken = default)
    {
        if (Ready) return Task.CompletedTask;
        Host.LendWhileAwaiting(this);
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AddWaiter(new InlineCompletion(_ => source.TrySetResult()));
        return cancellationToken.CanBeCanceled ? source.Task.WaitAsync(cancellationToken) : source.Task;
    }

    /// <summary>
    /// Stops the task, in three steps: before it has begun, at once; while it runs, its token is cancelled;
    /// when it ignores that for the grace period, a thread pool gives it up (and replaces the worker), a process pool ends its engine.
    /// Returns at once; <see cref="TaskMetadata.Cancellation"/> tells later which step it took.
    /// </summary>
    /// <returns>False when the result was there already.</returns>
    public bool Cancel()
    {
        if (Ready) return false;
        if (this is Engines.ILateTask late && late.Arguments.TryCancel()) return true;
        Host.Cancel(this);
        return true;
    }

    /// <summary>Calls back when the result is there, on a thread that delays neither the pool nor other callbacks. An exception the callback lets escape is dropped.</summary>
    /// <param name="callback">Gets the error, or null.</param>
    /// <returns>This result.</returns>
    public AsyncResult OnCompleted(Action<Exception?> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        AddWaiter(new CallbackCompletion(() => callback(Error)));
        return this;
    }

    /// <summary>
    /// Reports progress at an interval and once more at the end, on a thread that delays nobody.
    /// </summary>
    /// <param name="progress">Gets the snapshots, one at a time.</param>
    /// <param name="interval">How often; default 100 ms.</param>
    /// <returns>This result.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The interval is zero or negative.</exception>
    public AsyncResult ReportTo(IProgress<TaskProgress> progress, TimeSpan? interval = null)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var every = interval ?? TimeSpan.FromMilliseconds(100);
        Checks.Positive(every, nameof(interval));
        new ProgressReporter(this, progress).Start(every);
        return this;
    }

    /// <summary>A task with the same outcome.</summary>
    public Task AsTask() => AsTaskCore();

    /// <summary>Makes the result awaitable.</summary>
    public TaskAwaiter GetAwaiter() => AsTaskCore().GetAwaiter();

    private protected abstract Task AsTaskCore();

    internal void ThrowIfNotSuccessful()
    {
        if (Error is { } error) ExceptionDispatchInfo.Throw(error);
    }

    internal TimeoutException NotYet(TimeSpan timeout) =>
        new($"Task {Id} has no result after {timeout.TotalSeconds:0.###} s: it is {State}, and goes on. Wait longer, or call Cancel().");
}
