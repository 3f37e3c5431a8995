using ActorParallel.Payloads;
using ActorParallel.Pools;
using ActorParallel.Results;

namespace ActorParallel.Engines;

/// <summary>A task whose argument is not there yet: it waits in the caller's process, and is submitted with what has come.</summary>
internal interface ILateTask : ITaskItem
{
    LateArguments Arguments { get; }
}

/// <summary>The results that a late task waits for. It ends with the first of their errors.</summary>
internal sealed class LateArguments : IStoppable
{
    readonly PoolExecutor _host;
    readonly AsyncResult[] _results;
    ILateTask? _task;
    int _left;
    bool _submitted;

    public LateArguments(PoolExecutor host, params AsyncResult[] results) => (_host, _results, _left) = (host, results, results.Length);

    /// <summary>Not all have come: nobody else knows of the task.</summary>
    public bool IsWaiting => !Volatile.Read(ref _submitted);

    /// <summary>The pool is not drained before the task was submitted.</summary>
    public void Start(ILateTask task)
    {
        _task = task;
        task.Result.TryMove(TaskState.Ready, TaskState.Waiting);
        _host.Hold();
        _host.Enter(this);
        foreach (var result in _results) result.AddWaiter(new InlineCompletion(Came));
    }

    void Came(AsyncResult argument)
    {
        if (argument.Error is { } error)
        {
            // Others may still come: they find the task ended.
            _task!.Result.TryEnd(argument.State == TaskState.Cancelled ? TaskState.Cancelled : TaskState.Failed, error);
        }
        if (Interlocked.Decrement(ref _left) == 0) ThreadPool.UnsafeQueueUserWorkItem(static me => me.Submit(), this, preferLocal: false);
    }

    void Submit()
    {
        var result = _task!.Result;
        _host.Leave(this);
        try
        {
            if (result.TryMove(TaskState.Waiting, TaskState.Ready)) _host.SubmitPart(_task);
        }
#pragma warning disable CA1031 // What can't be sent is a failed task.
        catch (Exception e)
        {
            result.TryEnd(TaskState.Failed, e);
        }
#pragma warning restore CA1031
        finally
        {
            Volatile.Write(ref _submitted, true);
            _host.Release();
        }
    }

    public AsyncResult Task => _task!.Result;

    /// <summary>What has not come yet.</summary>
    public IEnumerable<AsyncResult> Missing => _results.Where(static r => !r.Ready);

    /// <summary>Ends the task while it waits. False: it does not any more.</summary>
    public bool TryCancel()
    {
        var result = _task!.Result;
        if (result.State != TaskState.Waiting || Volatile.Read(ref _left) == 0) return false;
        result.Control.Step = CancellationStep.BeforeStart;
        result.TryEnd(TaskState.Cancelled, new OperationCanceledException($"Task {result.Id} was cancelled while it waited for an argument."));
        return true;
    }

    void IStoppable.Stop(Exception? fault)
    {
        var result = _task!.Result;
        if (fault is null) TryCancel();
        else result.TryEnd(TaskState.Lost, new PoolFaultedException(fault.Message, fault.InnerException));
    }
}

internal sealed class LateApply<T, TResult>(PoolExecutor host, TaskOptions options, Func<T, TResult> function, Func<T> argument, LateArguments arguments)
    : SyncTask<TResult>(host, options), ILateTask
{
    public LateArguments Arguments => arguments;

    public override Delegate Function => function;

    public override TaskShape Shape => TaskShape.Apply1;

    public override void WriteArgument(PayloadWriter writer) => writer.Write(argument());

    protected override TResult Invoke() => function(argument());
}

internal sealed class LateApplyAsync<T, TResult>(PoolExecutor host, TaskOptions options, Func<T, Task<TResult>> function, Func<T> argument, LateArguments arguments)
    : AsyncTask<TResult>(host, options), ILateTask
{
    public LateArguments Arguments => arguments;

    public override Delegate Function => function;

    public override TaskShape Shape => TaskShape.Apply1Async;

    public override void WriteArgument(PayloadWriter writer) => writer.Write(argument());

    protected override Task<TResult> Invoke() => function(argument());
}
