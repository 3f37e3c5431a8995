using ActorParallel.Functions;
using ActorParallel.Payloads;
using ActorParallel.Results;

namespace ActorParallel.Engines;

/// <summary>A task as its engine has it: decoded, run and encoded on the worker's thread.</summary>
internal sealed partial class RemoteTask(
    EngineRuntime runtime, long taskId, int attempt, int run, EngineFunctions.Entry function, long timeoutTicks, PayloadPlace place, bool isDirect)
    : IWork, ICurrentTask
{
    const int Queued = 0, Running = 1, Dropped = 2, Ended = 3, Fetching = 4;

    int _state;
    int _workerId;
    bool _seenRunning;
    long _startedAt;
    TaskContext? _context;
    TaskControl? _control;
    OutputBuffer? _output;
    EngineFunction? _function;

    public long TaskId => taskId;

    public int Attempt => attempt;

    public int Run => run;

    public int WorkerId => _workerId;

    /// <summary>Another engine may run it.</summary>
    public bool MayMove => !isDirect;

    /// <summary>It runs in the engine's own lane, beside the workers.</summary>
    public bool IsDirect => isDirect;

    /// <summary>Nothing waits behind it: whoever ends it may send its outcome himself.</summary>
    public bool IsIdleAfter => (isDirect ? runtime.Lane : runtime.Workers).Queue.IsEmpty;

    public int Priority => _isFirst ? int.MaxValue : 0;

    public TaskContext Context => _context ??= new RemoteTaskContext(this, runtime);

    public TaskControl Control => _control ?? Interlocked.CompareExchange(ref _control, new TaskControl(), null) ?? _control;

    /// <summary>What the task writes to the console.</summary>
    public OutputBuffer Output => _output ?? Interlocked.CompareExchange(ref _output, new OutputBuffer(runtime.MaxOutput), null) ?? _output;

    /// <summary>What it writes is told as it comes.</summary>
    public void ShowOutput() => Output.GoLive(text => runtime.Wrote(this, text), runtime.After);

    /// <summary>It runs, and that was not asked before.</summary>
    public bool IsNewlyRunning => !_seenRunning && Volatile.Read(ref _state) == Running && (_seenRunning = true);

    public bool IsRunning => Volatile.Read(ref _state) == Running;

    public bool HasEnded => Volatile.Read(ref _state) is Ended or Dropped;

    /// <summary>Takes a task that has not begun out of the queue.</summary>
    public bool TryDrop() => Interlocked.CompareExchange(ref _state, Dropped, Queued) == Queued || TryDropFetching();

    WorkStatus IWork.Run(Worker worker) => Trace is null ? RunHere(worker) : RunTraced(worker);

    WorkStatus RunHere(Worker worker)
    {
        if (Interlocked.CompareExchange(ref _state, Running, Queued) != Queued) return WorkStatus.Done;
        if (!isDirect && runtime.IsSpent)
        {
            // The process has run as many tasks as it may: another one runs this.
            Volatile.Write(ref _state, Ended);
            runtime.Ended(this);
            runtime.Outbox.Add(this, Scheduling.TaskOutcome.Returned, 0, 0, null);
            return WorkStatus.Done;
        }
        // The lane's place is behind those of the workers.
        _workerId = isDirect ? runtime.WorkerCount : worker.Id;
        _startedAt = Clock.Now;
        runtime.Record?.Begin(_workerId, taskId, attempt);
        if (timeoutTicks > 0) runtime.LimitRunning(this, TimeSpan.FromTicks(timeoutTicks));
        var writer = PayloadWriter.Rent();
        Task? pending;
        var previous = TaskContext.EnterThread(this);
        try
        {
            pending = Call(writer);
        }
        catch (MissingCodeException e) when (!_began)
        {
            TaskContext.LeaveThread(previous);
            return Fetch(e, worker, writer);
        }
#pragma warning disable CA1031 // Whatever a task throws is its outcome.
        catch (Exception e)
        {
            TaskContext.LeaveThread(previous);
            Fail(e, writer);
            return WorkStatus.Done;
        }
#pragma warning restore CA1031
        TaskContext.LeaveThread(previous);
        if (pending is null)
        {
            Succeed(writer);
            return WorkStatus.Done;
        }
        if (pending.IsCompleted)
        {
            EndPending(pending, writer);
            return WorkStatus.Done;
        }
        pending.ContinueWith(
            (task, _) =>
            {
                EndPending(task, writer);
                worker.Resume(this);
            },
            null, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return WorkStatus.Pending;
    }

    Task? Call(PayloadWriter writer)
    {
        if (function.Program is { } program) return CallShipped(program, writer);
        _function = function.Get();
        return Call(_function, writer);
    }

    Task? Call(EngineFunction call, PayloadWriter writer)
    {
        if (!call.IsAsync) return Decode(writer);
        // In a context of its own, so that the task's context flows into the function and nowhere else.
        Task? task = null;
        var context = ExecutionContext.Capture();
        if (context is null) return Decode(writer);
        ExecutionContext.Run(context, _ =>
        {
            TaskContext.SetAsync(Context);
            task = Decode(writer);
        }, null);
        return task;
    }

    Task? Decode(PayloadWriter writer)
    {
        if (place.SegmentName is null)
        {
            var reader = new PayloadReader(place.Bytes.Span);
            return _function!.Call(ref reader, writer, ref _began);
        }
        using var segment = runtime.Segments!.Open(place.SegmentName, place.Length);
        var segmentReader = new PayloadReader(segment.Span(0, place.Length));
        return _function!.Call(ref segmentReader, writer, ref _began);
    }

    void EndPending(Task task, PayloadWriter writer)
    {
        if (!task.IsCompletedSuccessfully)
        {
            Fail(task.Exception?.InnerException ?? new TaskCanceledException(task), writer);
            return;
        }
        try
        {
            _function!.WriteValue(task, writer);
        }
#pragma warning disable CA1031 // A value that can't travel is a failure like any other.
        catch (Exception e)
        {
            Fail(e, writer);
            return;
        }
#pragma warning restore CA1031
        Succeed(writer);
    }

    void Succeed(PayloadWriter writer)
    {
        if (_control is { DeadlinePassed: true })
        {
            Fail(new TimeoutException(), writer);
            return;
        }
        End(Scheduling.TaskOutcome.Succeeded, writer);
    }

    void Fail(Exception error, PayloadWriter writer)
    {
        writer.Reset();
        var outcome = _control switch
        {
            { DeadlinePassed: true } => Scheduling.TaskOutcome.TimedOut,
            { CancelRequested: true } when error is OperationCanceledException => Scheduling.TaskOutcome.Cancelled,
            _ when MayMove && error is UnsuitableEngineException => Scheduling.TaskOutcome.Unsuitable,
            _ => Scheduling.TaskOutcome.Failed,
        };
        writer.Write(error);
        End(outcome, writer, error);
    }

    void End(Scheduling.TaskOutcome outcome, PayloadWriter writer, Exception? error = null)
    {
        var ticks = Clock.Now - _startedAt;
        _control?.ClearTimers();
        if (_span is not null) EndSpan(error);
        Volatile.Write(ref _state, Ended);
        runtime.Ended(this);
        _output?.TellNow();
        try
        {
            runtime.Outbox.Add(this, outcome, _startedAt, ticks, writer, error);
        }
        catch (IOException e)
        {
            // The value is large and shared memory is full: that is the task's outcome.
            writer.Reset();
            writer.Write<Exception>(e);
            runtime.Outbox.Add(this, Scheduling.TaskOutcome.Failed, _startedAt, ticks, writer, e);
        }
        if (!_isOff) runtime.Record?.End(_workerId);
        writer.Dispose();
    }

    /// <summary>What it wrote so far, as far as it is kept.</summary>
    public string TakeOutput() => _output?.ToString() ?? "";
}
