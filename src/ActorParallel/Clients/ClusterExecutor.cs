using System.Collections.Concurrent;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Pools;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Telemetry;
using Akka.Actor;

namespace ActorParallel.Clients;

/// <summary>Runs tasks on a cluster's engines: its controller chooses which, or the caller does.</summary>
internal sealed class ClusterExecutor : PoolExecutor
{
    /// <summary>Items a stream or a lazy map holds at once.</summary>
    const int DefaultMaxInFlight = 65536;

    readonly ClientShared _shared;
    readonly OptionsTable _options = new();

    /// <summary>Tasks that wait here, for results that are no single task of this client's.</summary>
    readonly ConcurrentDictionary<AsyncResult, byte> _waiting = new(ReferenceEqualityComparer.Instance);

    public ClusterExecutor(ClientShared shared)
    {
        _shared = shared;
        shared.ResolveAgain = SubmitWhenMet;
        // What waits here would wait for results that nobody can send on any more.
        _ = shared.Ended.ContinueWith(_ => AbortWaiting(null), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        MeasuredExecutors.Add(this);
    }

    public ClientShared Shared => _shared;

    public override string Name => _shared.Name;

    public override bool IsLocal => false;

    public override long Linger => ShortWait.Beyond;

    public override int Workers => Math.Max(1, _shared.Workers);

    public override int MaxInFlight => DefaultMaxInFlight;

    public override bool IsClosed => _shared.IsClosed;

    protected override Exception? Fault => null;

    public override long ReserveSequences(int count) => _shared.ReserveSequences(count);

    public override void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, typeof(ParallelClient));
        if (_shared.Fault is { } fault) throw new ClusterConnectionException($"The connection to the controller has ended: {fault.Message}", null, fault);
    }

    public override void Submit(ITaskItem item)
    {
        if (IsClosed) ThrowIfClosed();
        SubmitPart(item);
    }

    public override void SubmitPart(ITaskItem item)
    {
        var options = item.Result.Options;
        // Written now: what the caller changes from here on is not the task's any more.
        var submission = Prepare(item, options);
        Observe(item.Result, submission.Place.Length);
        if (options.Dependencies.Count == 0) _shared.Submit(submission, item.Result.SubmittedAt);
        else SubmitWhenMet(submission, null);
    }

    static void Observe(AsyncResult result, int bytes)
    {
        if (!result.IsObserved) return;
        Instruments.Sent.Add(bytes, s_place);
        TaskTrace.Submit(result);
    }

    Submission Prepare(ITaskItem item, TaskOptions options)
    {
        var function = _shared.Functions.Find(item.Function, options.Requires is null ? item.Shape : item.Shape | TaskShape.Requiring);
        var (bytes, segment, length) = _shared.Encode(item, function);
        return new Submission(item, function, bytes, segment, length, _options.Find(options), null);
    }

    /// <summary>The id by which the scheduler knows a task, or will when it is asked; null for what has to be waited for here.</summary>
    public long? Scheduled(AsyncResult result) =>
        result.Host == this && result is ITaskItem and not INotScheduled && !_waiting.ContainsKey(result) && result is not ILateTask { Arguments.IsWaiting: true }
            ? TaskIds.Of(_shared.Number, result.Sequence)
            : null;

    /// <summary>Sends a task when the controller can do the rest of its waiting, or lets it wait here.</summary>
    void SubmitWhenMet(Submission submission, Func<long, bool>? isOpen)
    {
        if (TrySubmit(submission, isOpen) is not { } elsewhere) return;
        var result = submission.One!.Result;
        _waiting[result] = 0;
        result.MoveTo(TaskState.Waiting);
        var known = new HashSet<AsyncResult>(ReferenceEqualityComparer.Instance);
        lock (known) WaitHere(submission, elsewhere, known);
    }

    /// <summary>Null when it was sent, or has ended; otherwise what to wait for here.</summary>
    List<AsyncResult>? TrySubmit(Submission submission, Func<long, bool>? isOpen)
    {
        var result = submission.One!.Result;
        var resolved = ResolvedDependencies.Of(result.Options, this, isOpen);
        if (result.Ready || resolved.Refusal is not null)
        {
            if (resolved.Refusal is { } refusal) result.TryEnd(TaskState.Unschedulable, refusal);
            if (submission.Segment is { } segment) _shared.Store!.Return(segment);
        }
        else if (resolved.Elsewhere.Count > 0)
        {
            return resolved.Elsewhere;
        }
        else
        {
            var options = resolved.Targets is { } targets ? result.Options with { Targets = targets } : result.Options;
            result.MoveTo(resolved.AtController is null ? TaskState.Ready : TaskState.Waiting);
            _shared.Submit(submission.With(_options.Find(options), resolved.AtController), result.SubmittedAt);
        }
        // Not before it is in the queue: what comes after it is sent behind it.
        _waiting.TryRemove(result, out _);
        return null;
    }

    /// <summary>Any of them may decide, and the others be waited for still.</summary>
    void WaitHere(Submission submission, List<AsyncResult> elsewhere, HashSet<AsyncResult> known)
    {
        foreach (var other in elsewhere)
        {
            if (!known.Add(other)) continue;
            other.AddWaiter(new InlineCompletion(_ => ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    lock (known)
                    {
                        // It is among them itself from the moment that it need not wait any more.
                        if (known.Contains(submission.One!.Result)) return;
                        if (TrySubmit(submission, null) is { } left) WaitHere(submission, left, known);
                        else known.Add(submission.One.Result);
                    }
                },
                null)));
        }
    }

    /// <summary>Cancels tasks that wait here; returns how many.</summary>
    public int AbortWaiting(IEnumerable<AsyncResult>? results)
    {
        var aborted = 0;
        foreach (var result in results ?? [.. _waiting.Keys, .. Calls.OfType<LateArguments>().Select(static late => late.Task)])
            if ((_waiting.ContainsKey(result) && CancelWaiting(result)) || (result is ILateTask late && late.Arguments.TryCancel())) aborted++;
        return aborted;
    }

    /// <summary>What a task waits for that the controller does not know of; null when it does.</summary>
    public string? ExplainWaiting(string taskId)
    {
        if (Calls.OfType<LateArguments>().FirstOrDefault(late => late.Task.Id == taskId) is { } arguments)
            return $"Task {taskId} waits in its client for its arguments: {string.Join(", ", arguments.Missing.Select(static r => r.Id))}.";
        if (_waiting.Keys.FirstOrDefault(result => result.Id == taskId) is not { } waiting) return null;
        var missing = waiting.Options.Dependencies.SelectMany(static d => d.Results).Where(static r => !r.Ready).Select(static r => r.Id);
        return $"Task {taskId} waits in its client for {string.Join(", ", missing)}.";
    }

    bool CancelWaiting(AsyncResult result)
    {
        result.Control.Step = CancellationStep.BeforeStart;
        if (!result.TryEnd(TaskState.Cancelled, new OperationCanceledException($"Task {result.Id} was cancelled."))) return false;
        _waiting.TryRemove(result, out _);
        return true;
    }

    /// <summary>The same call for each of some engines, which is written once.</summary>
    public void SubmitTo(int[] engines, ITaskItem[] items)
    {
        if (IsClosed) ThrowIfClosed();
        var first = items[0];
        var function = _shared.Functions.Find(first.Function, first.Shape);
        var (bytes, segment, length) = _shared.Encode(first, function);
        foreach (var item in items) Observe(item.Result, Math.Max(bytes.Length, length));
        _shared.Submit(new Submission(items, engines, function, bytes, segment, length, _options.Find(first.Result.Options)), first.Result.SubmittedAt);
    }

    public override void Cancel(AsyncResult result)
    {
        if (result is IStoppable stoppable)
        {
            stoppable.Stop();
            return;
        }
        result.Control.RequestCancel();
        if (_waiting.ContainsKey(result)) CancelWaiting(result);
        // Also then: it may have been sent just now.
        _shared.Actor.Tell(new ClientActor.CancelRequest(result.Sequence));
    }

    /// <summary>Cancels all that this client waits for.</summary>
    public void CancelAll()
    {
        CancelCalls();
        _shared.Submissions.Wake();
        _shared.Actor.Tell(ClientActor.CancelAll.Instance, ActorRefs.NoSender);
    }

    /// <summary>Asks the controller something.</summary>
    public Task<T> AskAsync<T>(ClientRequest kind, Action<Payloads.PayloadWriter> write, ReadAnswer<T> read, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        var request = new PendingRequest<T>(_shared.ReserveSequences(1), kind, write, read);
        _shared.Actor.Tell(request, ActorRefs.NoSender);
        return AnswerAsync(request.Task, cancellationToken);
    }

    async Task<T> AnswerAsync<T>(Task<T> answer, CancellationToken cancellationToken)
    {
        await Task.WhenAny(answer, _shared.Ended).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (answer.IsCompleted) return await answer.ConfigureAwait(false);
        throw new ClusterConnectionException($"The connection to the controller has ended: {_shared.Ended.Result.Message}", null, _shared.Ended.Result);
    }

    // All maps travel in chunks.
    public override AsyncMapResult<TResult>? TryMap<T, TResult>(TaskOptions options, Func<T, TResult> function, ReadOnlyMemory<T> items, bool discard) => null;

    // The client goes when its program says so, not when its work is done.
    public override void Hold()
    {
    }

    public override void Release()
    {
    }

    public override void Resize(int workers) => throw new NotSupportedException("A client can't resize a cluster's pool of workers: call ParallelCluster.ScaleAsync.");

    static readonly KeyValuePair<string, object?> s_place = TaskTags.Place("cluster");

    public override KeyValuePair<string, object?> Place => s_place;

    public override async Task<ExecutorLoad> LoadAsync(CancellationToken cancellationToken)
    {
        var request = new LoadRequest();
        _shared.Actor.Tell(request);
        var load = await request.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        return load with { Waiting = load.Waiting + _waiting.Count };
    }

    public override void Close() => _shared.IsClosed = true;

    public override void Terminate() => StopCalls(null);

    public override Task JoinAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task ShutdownAsync() => Task.CompletedTask;

    public override TimeSpan BackoffAfter(int attempt) => Backoff.After(attempt, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30));

    // Its tasks run elsewhere: no caller here can be one of them.
    public override bool? WaitInTask(AsyncResult result, TimeSpan timeout) => null;

    public override void LendWhileAwaiting(AsyncResult result)
    {
    }

    public override IDisposable? LendPlace() => null;
}
