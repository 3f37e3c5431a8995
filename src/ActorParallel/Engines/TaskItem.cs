using ActorParallel.Payloads;
using ActorParallel.Pools;
using ActorParallel.Results;

namespace ActorParallel.Engines;

/// <summary>
/// A task: its function, its arguments and its result in one object. In this process a worker runs it as it is;
/// for an engine in another process its function and arguments are written, and the outcome read.
/// </summary>
internal abstract class TaskItem<TResult>(PoolExecutor host, TaskOptions options)
    : AsyncResult<TResult>(host, options), ITaskItem
{
    public AsyncResult Result => this;

    public abstract Delegate Function { get; }

    public abstract TaskShape Shape { get; }

    int IWork.Priority => Options.Priority;

    TaskContext ICurrentTask.Context => Control.Context ??= new LocalTaskContext(this);

    public virtual void WriteArgument(PayloadWriter writer)
    {
    }

    public virtual TResult ReadValue(ref PayloadReader reader) => reader.Read<TResult>();

    public abstract WorkStatus Run(Worker worker);

    bool ITaskItem.HasPlainValue => typeof(TResult).IsPrimitive || typeof(TResult) == typeof(Nothing) || typeof(TResult) == typeof(string);

    void ITaskItem.ReadAndSucceed(ref PayloadReader reader)
    {
        var value = ReadValue(ref reader);
        DeliverValue(value);
    }

    /// <summary>Claims the attempt; false when the task was stopped, or run by somebody who waits for it.</summary>
    protected bool TryBegin(Worker worker)
    {
        if (!TryMove(TaskState.Ready, TaskState.Running)) return false;
        WorkerId = worker.Id;
        Attempt++;
        // It may have been submitted since.
        StartedAt = worker.LastEnd != 0 ? Math.Max(worker.LastEnd, SubmittedAt) : Clock.Now;
        worker.LastEnd = 0;
        if (HasLimits || ControlIfAny is not null) ((LocalExecutor)Host).Began(this);
        return true;
    }

    /// <summary>False when somebody else has ended the task.</summary>
    protected bool Succeed(TResult value, Worker? worker = null)
    {
        if (EndClaimed) return false;
        var now = Clock.Now;
        CompletedAt = now;
        worker?.LastEnd = now;
        if (ControlIfAny is { } control && !LocalExecutor.MaySucceed(this, control)) return false;
        return TrySucceedRunning(value);
    }
}

/// <summary>What executors need of a task whatever its types.</summary>
internal interface ITaskItem : IWork, ICurrentTask
{
    AsyncResult Result { get; }

    Delegate Function { get; }

    TaskShape Shape { get; }

    void WriteArgument(PayloadWriter writer);

    /// <summary>Its value is read without running anybody's code.</summary>
    bool HasPlainValue { get; }

    /// <summary>Reads the value an engine sent and delivers it. The caller has claimed the end.</summary>
    void ReadAndSucceed(ref PayloadReader reader);
}

/// <summary>How a task calls its function. The numbers are part of the wire contract.</summary>
internal enum TaskShape : byte
{
    Apply0 = 0,
    Apply0Async = 1,
    Apply1 = 2,
    Apply1Async = 3,
    Chunk = 4,
    ChunkAsync = 5,

    /// <summary>With one of the others: a function comes first that tells whether the engine suits.</summary>
    Requiring = 0x40,
}

/// <summary>A task whose function returns its value.</summary>
internal abstract class SyncTask<TResult>(PoolExecutor host, TaskOptions options) : TaskItem<TResult>(host, options)
{
    protected abstract TResult Invoke();

    public override WorkStatus Run(Worker worker)
    {
        if (!TryBegin(worker)) return WorkStatus.Done;
        var previous = TaskContext.EnterThread(this);
        TResult value;
        try
        {
            value = Invoke();
        }
#pragma warning disable CA1031 // Whatever a task throws is its outcome.
        catch (Exception e)
        {
            TaskContext.LeaveThread(previous);
            ((LocalExecutor)Host).Failed(this, e);
            return WorkStatus.Done;
        }
#pragma warning restore CA1031
        TaskContext.LeaveThread(previous);
        return Succeed(value, worker) ? WorkStatus.Ended : WorkStatus.Done;
    }
}

/// <summary>A task whose function is asynchronous: it holds its worker's place until it ends, but not its thread.</summary>
internal abstract class AsyncTask<TResult>(PoolExecutor host, TaskOptions options) : TaskItem<TResult>(host, options), IPendingWork
{
    volatile bool _pending;

    bool IPendingWork.IsPending => _pending;

    protected abstract Task<TResult> Invoke();

    public override WorkStatus Run(Worker worker)
    {
        if (!TryBegin(worker)) return WorkStatus.Done;
        var running = Start();
        if (running.IsCompleted)
        {
            End(running);
            return WorkStatus.Done;
        }
        _pending = true;
        running.ContinueWith(
            static (task, state) =>
            {
                var (self, worker) = ((AsyncTask<TResult>, Worker))state!;
                self.End(task);
                worker.Resume(self);
            },
            (this, worker), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return WorkStatus.Pending;
    }

    /// <summary>In a method of its own, so that the context flows into the function and nowhere else.</summary>
    async Task<TResult> Start()
    {
        TaskContext.SetAsync(((ICurrentTask)this).Context);
        ControlIfAny?.Trace?.Begin(this);
        var task = Invoke() ?? throw new InvalidOperationException("The task's async function returned null instead of a Task.");
        return await task.ConfigureAwait(false);
    }

    void End(Task<TResult> task)
    {
        if (task.IsCompletedSuccessfully) Succeed(task.Result);
        else ((LocalExecutor)Host).Failed(this, task.Exception?.InnerException ?? new TaskCanceledException(task));
    }
}

internal sealed class Apply0<TResult>(PoolExecutor host, TaskOptions options, Func<TResult> function)
    : SyncTask<TResult>(host, options)
{
    public override Delegate Function => function;

    public override TaskShape Shape => TaskShape.Apply0;

    protected override TResult Invoke() => function();
}

internal sealed class Apply0Async<TResult>(PoolExecutor host, TaskOptions options, Func<Task<TResult>> function)
    : AsyncTask<TResult>(host, options)
{
    public override Delegate Function => function;

    public override TaskShape Shape => TaskShape.Apply0Async;

    protected override Task<TResult> Invoke() => function();
}

internal sealed class Apply1<T, TResult>(PoolExecutor host, TaskOptions options, Func<T, TResult> function, T argument)
    : SyncTask<TResult>(host, options)
{
    public override Delegate Function => function;

    public override TaskShape Shape => TaskShape.Apply1;

    public override void WriteArgument(PayloadWriter writer) => writer.Write(argument);

    protected override TResult Invoke() => function(argument);
}

internal sealed class Apply1Async<T, TResult>(PoolExecutor host, TaskOptions options, Func<T, Task<TResult>> function, T argument)
    : AsyncTask<TResult>(host, options)
{
    public override Delegate Function => function;

    public override TaskShape Shape => TaskShape.Apply1Async;

    public override void WriteArgument(PayloadWriter writer) => writer.Write(argument);

    protected override Task<TResult> Invoke() => function(argument);
}
