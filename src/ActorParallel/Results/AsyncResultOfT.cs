using System.Runtime.CompilerServices;
using ActorParallel.Payloads;
using ActorParallel.Results;

namespace ActorParallel;

/// <summary>The value of a call, now or later.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public abstract class AsyncResult<T> : AsyncResult
{
    T? _value;

    private protected AsyncResult(ITaskHost host, TaskOptions options)
        : base(host, options)
    {
    }

    internal T? ValueOrDefault => _value;

    /// <summary>Waits for the value.</summary>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the task threw, as itself.</exception>
    /// <exception cref="OperationCanceledException">The task was cancelled.</exception>
    /// <exception cref="TimeoutException">The task ran, or waited, for longer than <c>With(timeout:, queueTimeout:)</c> allows.</exception>
    public T Get() => Get(Timeout.InfiniteTimeSpan);

    /// <summary>Waits for the value, at most for the time given. The task goes on when the time is over.</summary>
    /// <param name="timeout">The longest time to wait; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <returns>The value.</returns>
    /// <exception cref="TimeoutException">The value is not there in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    public T Get(TimeSpan timeout)
    {
        if (!Wait(timeout)) throw NotYet(timeout);
        ThrowIfNotSuccessful();
        return _value!;
    }

    /// <summary>Calls back when the result is there, on a thread that delays neither the pool nor other callbacks. An exception the callback lets escape is dropped.</summary>
    /// <param name="callback">Gets the value (its default when there is none) and the error, or null.</param>
    /// <returns>This result.</returns>
    public AsyncResult<T> OnCompleted(Action<T?, Exception?> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        AddWaiter(new CallbackCompletion(() => callback(Successful ? _value : default, Error)));
        return this;
    }

    /// <summary>A task with the same outcome.</summary>
    public new Task<T> AsTask()
    {
        // Everyone who awaits it lends his place, not only the first.
        if (!Ready) Host.LendWhileAwaiting(this);
        if (Ready && State == TaskState.Succeeded) return Task.FromResult(_value!);
        if (!Ready) Host.LendWhileAwaiting(this);
        var source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        AddWaiter(new InlineCompletion(r => ((AsyncResult<T>)r).Complete(source)));
        return source.Task;
    }

    /// <summary>Makes the result awaitable: <c>await pool.ApplyAsync(…)</c>.</summary>
    public new TaskAwaiter<T> GetAwaiter() => AsTask().GetAwaiter();

    private protected sealed override Task AsTaskCore() => AsTask();

    void Complete(TaskCompletionSource<T> source)
    {
        switch (Error)
        {
            case null: source.TrySetResult(_value!); break;
            case OperationCanceledException cancelled when State == TaskState.Cancelled: source.TrySetCanceled(cancelled.CancellationToken); break;
            default: source.TrySetException(Error); break;
        }
    }

    internal bool TrySucceed(T value)
    {
        if (!TryClaimEnd()) return false;
        DeliverValue(value);
        return true;
    }

    /// <summary>The one who runs the task ends it, in one step unless somebody else has claimed the end.</summary>
    internal bool TrySucceedRunning(T value)
    {
        // Nobody looks at the value of a result that hasn't succeeded.
        _value = value;
        return TryEndRunning();
    }

    internal void DeliverValue(T value)
    {
        _value = value;
        Deliver(TaskState.Succeeded);
    }
}
