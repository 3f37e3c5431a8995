using System.Collections.Concurrent;
using ActorParallel.Engines;
using ActorParallel.Results;
using ActorParallel.Telemetry;

namespace ActorParallel.Pools;

/// <summary>What runs a pool's tasks: workers of this process, or engines in processes of their own.</summary>
internal abstract class PoolExecutor : ITaskHost
{
    static int s_pools;
    PaddedCounter _sequence;
    volatile bool _disposed;

    readonly string _name = $"{Environment.ProcessId}-{Interlocked.Increment(ref s_pools)}";

    public virtual string Name => _name;

    public abstract bool IsLocal { get; }

    public virtual long Linger => ShortWait.Elsewhere;

    public abstract int Workers { get; }

    /// <summary>Items a stream or lazy map holds at once.</summary>
    public abstract int MaxInFlight { get; }

    public virtual long ReserveSequences(int count) => _sequence.Add(count) - count + 1;

    public abstract void Submit(ITaskItem item);

    /// <summary>Submits a part of a call that was accepted before: the pool may be closed by now.</summary>
    public abstract void SubmitPart(ITaskItem item);

    /// <summary>A call that submits its parts as it goes is under way: the pool is not drained before <see cref="Release"/>.</summary>
    public abstract void Hold();

    public abstract void Release();

    public abstract AsyncMapResult<TResult>? TryMap<T, TResult>(TaskOptions options, Func<T, TResult> function, ReadOnlyMemory<T> items, bool discard);

    public abstract void Resize(int workers);

    /// <summary>Where it runs tasks, for those who measure.</summary>
    public abstract KeyValuePair<string, object?> Place { get; }

    /// <summary>What it has to do now.</summary>
    public abstract Task<ExecutorLoad> LoadAsync(CancellationToken cancellationToken);

    public abstract void Close();

    public abstract void Terminate();

    /// <summary>All workers have ended; the executor must be closed or terminated first.</summary>
    public abstract Task JoinAsync(CancellationToken cancellationToken);

    /// <summary>Releases what is left; after it nothing of the pool remains. Bounded in time.</summary>
    public abstract Task ShutdownAsync();

    public abstract void Cancel(AsyncResult result);

    public abstract bool? WaitInTask(AsyncResult result, TimeSpan timeout);

    public abstract void LendWhileAwaiting(AsyncResult result);

    /// <summary>The wait before the next attempt after attempt <paramref name="attempt"/>.</summary>
    public abstract TimeSpan BackoffAfter(int attempt);

    /// <summary>Frees the calling task's place until disposed; null when the caller isn't a task of this executor.</summary>
    public abstract IDisposable? LendPlace();

    public abstract bool IsClosed { get; }

    /// <summary>Throws when nothing may be submitted any more.</summary>
    public virtual void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(ParallelPool));
        if (Fault is { } fault) throw new PoolFaultedException(fault.Message, fault.InnerException);
        if (IsClosed && !FinishesOwnTask) throw new InvalidOperationException("The pool is closed and takes no more work: submit before Close, or make a new pool.");
    }

    protected abstract Exception? Fault { get; }

    /// <summary>The caller is a task that was accepted before the pool was closed: what it submits is part of it.</summary>
    protected virtual bool FinishesOwnTask => false;

    public void MarkDisposed()
    {
        _disposed = true;
        CallBlock.Forget(this);
        MeasuredExecutors.Remove(this);
    }

    protected bool IsDisposed => _disposed;

    readonly ConcurrentDictionary<IStoppable, byte> _calls = new();

    /// <summary>A call that submits its parts as it goes is told when the pool ends.</summary>
    public void Enter(IStoppable call)
    {
        _calls[call] = 0;
        if (_callsStopped) StopCalls(null);
    }

    /// <summary>Those that are under way.</summary>
    protected IEnumerable<IStoppable> Calls => _calls.Keys;

    public void Leave(IStoppable call) => _calls.TryRemove(call, out _);

    /// <summary>Cancels the calls that are under way; others may follow.</summary>
    protected void CancelCalls()
    {
        foreach (var call in _calls.Keys) call.Stop(null);
    }

    volatile bool _callsStopped;

    /// <summary>Ends the calls that would otherwise wait for their input, and submit for ever.</summary>
    protected void StopCalls(Exception? fault)
    {
        _callsStopped = true;
        foreach (var call in _calls.Keys)
            if (_calls.TryRemove(call, out _)) call.Stop(fault ?? Fault);
    }
}
