using System.Collections.Concurrent;
using ActorParallel.Engines;
using ActorParallel.Results;
using ActorParallel.Telemetry;
using Akka.Actor;

namespace ActorParallel.Pools;

/// <summary>Runs tasks on workers of this process. Shared memory: nothing is copied, nothing is serialized.</summary>
internal sealed class LocalExecutor : PoolExecutor
{
    readonly PoolSettings _settings;
    readonly WorkerSet _set;
    readonly IActorRef _controller;
    readonly ActorSystem _system;
    readonly bool _ownsSystem;
    readonly ConcurrentDictionary<IWork, Timer> _delayed = new();
    volatile bool _closed;
    volatile bool _terminated;

    public LocalExecutor(ActorSystem system, bool ownsSystem, PoolSettings settings)
    {
        _system = system;
        _ownsSystem = ownsSystem;
        _settings = settings;
        _set = new WorkerSet(new WorkerSettings(
            settings.Workers, settings.Router, settings.Initializer, settings.InitializerTries, settings.MaxTasksPerWorker,
            PoolController.WorkerDispatcher));
        _set.Failed += FailAll;
        _controller = system.ActorOf(Props.Create(() => new PoolController(_set, Terminate)), $"actor-parallel-{Name}");
        MeasuredExecutors.Add(this);
    }

    public override bool IsLocal => true;

    public override long Linger => ShortWait.Here;

    public override int Workers => Math.Max(1, _set.Target - Volatile.Read(ref _lent));

    public override int MaxInFlight => _settings.MaxInFlight;

    int _lent;

    public override bool IsClosed => _closed;

    protected override Exception? Fault => _set.Fault;

    protected override bool FinishesOwnTask => !_terminated && TaskContext.Current?.Owner == this;

    public override void Submit(ITaskItem item)
    {
        if (_closed || _set.Faulted) ThrowIfClosed();
        SubmitPart(item);
    }

    public override void SubmitPart(ITaskItem item)
    {
        if (item.Result.IsObserved) TaskTrace.Submit(item.Result);
        if (item.Result is { HasLimits: true, Options.QueueTimeout: { } queueTimeout }) LimitWaiting(item, queueTimeout);
        _set.Submit(item);
        if (_terminated || _set.Faulted) DiscardQueued();
    }

    public override AsyncMapResult<TResult>? TryMap<T, TResult>(TaskOptions options, Func<T, TResult> function, ReadOnlyMemory<T> items, bool discard)
    {
        // Limits on running and waiting are kept by single tasks.
        if (options.Timeout is not null || options.QueueTimeout is not null) return null;
        ThrowIfClosed();
        var map = new LocalMap<T, TResult>(this, options, function, items, discard);
        if (map.IsObserved) TaskTrace.Submit(map);
        map.Start(Workers);
        return map;
    }

    public void SubmitShare(IWork work)
    {
        _set.Submit(work);
        if (_terminated || _set.Faulted) DiscardQueued();
    }

    public bool OthersWait => !_set.Queue.IsEmpty;

    static void LimitWaiting(ITaskItem item, TimeSpan timeout)
    {
        var control = item.Result.Control;
        control.QueueDeadline = new Timer(
            static state =>
            {
                var result = (AsyncResult)state!;
                StopBeforeStart(result, TaskState.TimedOut, new TimeoutException(
                    $"Task {result.Id} waited for a worker for more than its queueTimeout of {result.Options.QueueTimeout!.Value.TotalSeconds:0.###} s."));
            },
            item.Result, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends a task that has not begun; false when it has.</summary>
    static bool StopBeforeStart(AsyncResult result, TaskState end, Exception error)
    {
        // Whoever takes it out of Ready or Delayed has it: no worker will start it.
        if (!result.TryMove(TaskState.Ready, TaskState.Assigned) && !result.TryMove(TaskState.Delayed, TaskState.Assigned)) return false;
        if (result.ControlIfAny is { } control)
        {
            control.Step = CancellationStep.BeforeStart;
            control.ClearTimers();
        }
        return result.TryEnd(end, error);
    }

    public void Began(AsyncResult result)
    {
        var control = result.Control;
        control.ClearTimers();
        // An asynchronous one's span is of its own context.
        if (result is not IPendingWork) control.Trace?.Begin(result);
        if (result.Options.Timeout is not { } timeout) return;
        control.Deadline = new Timer(_ => Overdue(result), null, timeout, Timeout.InfiniteTimeSpan);
    }

    void Overdue(AsyncResult result)
    {
        if (result.Ready) return;
        result.Control.DeadlinePassed = true;
        StopRunning(result, TaskState.TimedOut, TimedOut(result));
    }

    static TimeoutException TimedOut(AsyncResult result, Exception? inner = null) =>
        new($"Task {result.Id} ran for more than its timeout of {result.Options.Timeout!.Value.TotalSeconds:0.###} s.", inner);

    public override void Cancel(AsyncResult result)
    {
        result.Control.Step = CancellationStep.BeforeStart;
        if (result is IStoppable stoppable)
        {
            stoppable.Stop();
            return;
        }
        if (StopBeforeStart(result, TaskState.Cancelled, Cancelled(result))) return;
        StopRunning(result, TaskState.Cancelled, Cancelled(result));
    }

    public static OperationCanceledException Cancelled(AsyncResult result) => new($"Task {result.Id} was cancelled.");

    /// <summary>Second and third step: the token, and after the grace period the task is given up.</summary>
    public void StopRunning(AsyncResult result, TaskState end, Exception error)
    {
        var control = result.Control;
        control.Step = CancellationStep.Token;
        if (!control.RequestCancel()) return;
        var timer = new Timer(
            _ =>
            {
                if (result.EndClaimed) return;
                control.Step = CancellationStep.Forced;
                if (result.TryEnd(end, error)) GiveUp(result);
            },
            null, _settings.CancelGracePeriod, Timeout.InfiniteTimeSpan);
        result.AddWaiter(new InlineCompletion(_ => timer.Dispose()));
    }

    /// <summary>A thread can't be ended from outside: its worker is written off, and another takes its place.</summary>
    void GiveUp(AsyncResult result)
    {
        foreach (var worker in _set.Workers)
        {
            if (worker.Running is not { } work || !ReferenceEquals(work, result)) continue;
            if (result is IPendingWork { IsPending: true }) worker.Resume(work);
            else _set.WriteOff(worker, work);
        }
    }

    /// <summary>A value that came after the task's time was over is too late.</summary>
    public static bool MaySucceed(AsyncResult result, TaskControl control)
    {
        control.ClearTimers();
        control.Trace?.End(null);
        if (!control.DeadlinePassed) return true;
        result.TryEnd(TaskState.TimedOut, TimedOut(result));
        return false;
    }

    /// <summary>An attempt threw.</summary>
    public void Failed(ITaskItem item, Exception error)
    {
        var result = item.Result;
        var control = result.ControlIfAny;
        control?.Trace?.End(error);
        // It was given up: what becomes of it is nobody's concern any more.
        if (result.EndClaimed) return;
        result.CompletedAt = Clock.Now;
        control?.ClearTimers();
        if (control is { DeadlinePassed: true })
        {
            result.TryEnd(TaskState.TimedOut, TimedOut(result, error));
        }
        else if (control is { CancelRequested: true } && error is OperationCanceledException)
        {
            result.TryEnd(TaskState.Cancelled, error);
        }
        else if (error is UnsuitableEngineException unsuitable)
        {
            // There is no other.
            result.TryEnd(TaskState.Unschedulable, unsuitable.Everywhere(result));
        }
        else if (result.Attempt <= result.Options.Retries && control is not { CancelRequested: true } && !_terminated && !result.EndClaimed)
        {
            result.Control.EarlierRunTicks += result.CompletedAt - result.StartedAt;
            control?.Trace?.Retry(result, TaskTags.Failed);
            result.MoveTo(TaskState.Delayed);
            Delay(item, result.Attempt, static r => r.TryMove(TaskState.Delayed, TaskState.Ready), result);
        }
        else
        {
            result.TryEnd(TaskState.Failed, error);
        }
    }

    /// <summary>Submits work again after its backoff.</summary>
    public void Delay(IWork work, int attempt, Func<AsyncResult, bool> ready, AsyncResult result)
    {
        _set.Hold();
        var timer = new Timer(_ =>
        {
            if (!_delayed.TryRemove(work, out var own)) return;
            own.Dispose();
            if (ready(result)) _set.Requeue(work);
            else _set.Discarded(1);
            if (_terminated || _set.Faulted) DiscardQueued();
        });
        _delayed[work] = timer;
        timer.Change(_settings.BackoffAfter(attempt), Timeout.InfiniteTimeSpan);
        if (_terminated || _set.Faulted) DiscardQueued();
    }

    public override bool? WaitInTask(AsyncResult result, TimeSpan timeout)
    {
        if (Worker.Current is not { } worker || worker.Set != _set)
        {
            // The rest of an async task, after an await: it has its worker's place, on another thread.
            using var lent = LendPlace();
            return lent is null ? null : result.Block(timeout);
        }
        // A task nobody has started is run by the one who waits for it: so a full pool can't wait for itself.
        // Not one with a limit: its waiter must be free to leave when it is given up.
        if (timeout == Timeout.InfiniteTimeSpan && result.Options.Timeout is null && result is IWork work && System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            if (result is IShared shared) shared.Help(worker);
            else if (result is not IPendingWork && result.State == TaskState.Ready) work.Run(worker);
            if (result.Ready) return true;
        }
        Lend();
        try
        {
            return result.Block(timeout);
        }
        finally
        {
            Reclaim();
        }
    }

    public override void LendWhileAwaiting(AsyncResult result)
    {
        if (LendPlace() is { } lent) result.AddWaiter(new InlineCompletion(_ => lent.Dispose()));
    }

    public override IDisposable? LendPlace()
    {
        if (TaskContext.Current is not { } context || context.Owner != this) return null;
        // It has one place, however many results it waits for.
        if (Interlocked.Increment(ref context.Lent) == 1) Lend();
        return new LentPlace(this, context);
    }

    sealed class LentPlace(LocalExecutor executor, TaskContext context) : IDisposable
    {
        public void Dispose()
        {
            if (Interlocked.Decrement(ref context.Lent) == 0) executor.Reclaim();
        }
    }

    public override TimeSpan BackoffAfter(int attempt) => _settings.BackoffAfter(attempt);

    void Lend()
    {
        Interlocked.Increment(ref _lent);
        _set.Resize(1);
    }

    void Reclaim()
    {
        Interlocked.Decrement(ref _lent);
        _set.Resize(-1);
    }

    public override void Hold() => _set.Hold();

    public override void Release() => _set.Discarded(1);

    public override void Resize(int workers) => _set.Resize(workers - Workers);

    static readonly KeyValuePair<string, object?> s_place = TaskTags.Place("threads");

    public override KeyValuePair<string, object?> Place => s_place;

    public override Task<ExecutorLoad> LoadAsync(CancellationToken cancellationToken)
    {
        var running = _set.Workers.Count(static worker => worker.Running is not null);
        return Task.FromResult(new ExecutorLoad(Math.Max(0, _set.Outstanding - running), running, _set.QueueAge, Workers, 1));
    }

    public override void Close()
    {
        _closed = true;
        _set.Close();
    }

    public override void Terminate()
    {
        if (_terminated) return;
        _closed = true;
        _terminated = true;
        StopCalls(null);
        DiscardQueued();
        foreach (var worker in _set.Workers)
        {
            if (worker.Running is IStoppable stoppable) stoppable.Stop();
            else if (worker.Running is ITaskItem running) StopRunning(running.Result, TaskState.Cancelled, Terminated(running.Result));
        }
        _set.Close();
    }

    void FailAll(Exception fault)
    {
        _closed = true;
        StopCalls(fault);
        DiscardQueued();
        _set.Close();
    }

    static OperationCanceledException Terminated(AsyncResult result) => new($"Task {result.Id} was cancelled: its pool was terminated.");

    /// <summary>Ends everything that has not begun.</summary>
    void DiscardQueued()
    {
        var discarded = 0;
        while (_set.Queue.TryDequeue(out var work))
        {
            discarded++;
            End(work);
        }
        foreach (var (work, timer) in _delayed)
        {
            if (!_delayed.TryRemove(work, out _)) continue;
            timer.Dispose();
            discarded++;
            End(work);
        }
        _set.Discarded(discarded + _set.TakeRouted(End));
    }

    void End(IWork work)
    {
        if (work is IStoppable stoppable)
        {
            stoppable.Stop(_set.Fault);
        }
        else if (work is ITaskItem { Result: var result })
        {
            if (_set.Fault is { } fault) StopBeforeStart(result, TaskState.Failed, fault);
            else StopBeforeStart(result, TaskState.Cancelled, Terminated(result));
        }
    }

    public override Task JoinAsync(CancellationToken cancellationToken) => _set.Drained.WaitAsync(cancellationToken);

    public override async Task ShutdownAsync()
    {
        _set.Stop();
        try
        {
            await _controller.GracefulStop(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        }
        catch (TaskCanceledException)
        {
            // A worker is stuck in a user's function that ignores its token; its thread is a background thread.
        }
        if (_ownsSystem) await OwnActorSystem.EndAsync(_system, _settings.DisposeTimeout).ConfigureAwait(false);
    }
}

/// <summary>Work that knows itself how to stop: maps.</summary>
internal interface IStoppable
{
    /// <summary>Starts nothing more and cancels what runs.</summary>
    /// <param name="fault">Why the pool failed, when that is the reason.</param>
    void Stop(Exception? fault = null);
}

/// <summary>Work that several workers run together.</summary>
internal interface IShared
{
    /// <summary>Takes part until nothing is left to take.</summary>
    void Help(Worker worker);
}

/// <summary>Work that may hold a worker's place without its thread.</summary>
internal interface IPendingWork
{
    bool IsPending { get; }
}
