using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Pools;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using Akka.Actor;

namespace ActorParallel.Clients;

/// <summary>Runs tasks on a cluster's engines: its controller chooses which, or the caller does.</summary>
internal sealed class ClusterExecutor(ClientShared shared) : PoolExecutor
{
    /// <summary>Items a stream or a lazy map holds at once.</summary>
    const int DefaultMaxInFlight = 65536;

    readonly OptionsTable _options = new();

    public ClientShared Shared => shared;

    public override string Name => shared.Name;

    public override bool IsLocal => false;

    public override int Workers => Math.Max(1, shared.Workers);

    public override int MaxInFlight => DefaultMaxInFlight;

    public override bool IsClosed => shared.IsClosed;

    protected override Exception? Fault => null;

    public override long ReserveSequences(int count) => shared.ReserveSequences(count);

    public override void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, typeof(ParallelClient));
        if (shared.Fault is { } fault) throw new ClusterConnectionException($"The connection to the controller has ended: {fault.Message}", null, fault);
    }

    public override void Submit(ITaskItem item)
    {
        if (IsClosed) ThrowIfClosed();
        SubmitPart(item);
    }

    public override void SubmitPart(ITaskItem item)
    {
        var options = item.Result.Options;
        if (options.Dependencies.Count == 0)
        {
            Send(item, options, null);
            return;
        }
        var resolved = ResolvedDependencies.Of(options.Dependencies, this);
        if (resolved.Refusal is { } refusal) item.Result.TryEnd(TaskState.Unschedulable, refusal);
        else if (resolved.Elsewhere.Count > 0) SendAfter(item, resolved.Elsewhere);
        else Send(item, resolved.Targets is { } targets ? options with { Targets = targets } : options, resolved.AtController);
    }

    /// <summary>Results that are no single task of this client's are waited for here.</summary>
    void SendAfter(ITaskItem item, List<AsyncResult> elsewhere)
    {
        item.Result.MoveTo(TaskState.Waiting);
        var left = elsewhere.Count;
        foreach (var result in elsewhere)
            result.AddWaiter(new InlineCompletion(_ =>
            {
                if (Interlocked.Decrement(ref left) > 0 || item.Result.Ready) return;
                item.Result.MoveTo(TaskState.Ready);
                try
                {
                    SubmitPart(item);
                }
#pragma warning disable CA1031 // What can't be sent any more is a failed task.
                catch (Exception e)
                {
                    item.Result.TryEnd(TaskState.Failed, e);
                }
#pragma warning restore CA1031
            }));
    }

    void Send(ITaskItem item, TaskOptions options, Dependencies? dependencies)
    {
        var function = shared.Functions.Find(item.Function, item.Shape);
        var (bytes, segment, length) = shared.Encode(item, function);
        shared.Submit(new Submission(item, function, bytes, segment, length, _options.Find(options), dependencies), item.Result.SubmittedAt);
    }

    /// <summary>The same call for each of some engines, which is written once.</summary>
    public void SubmitTo(int[] engines, ITaskItem[] items)
    {
        if (IsClosed) ThrowIfClosed();
        var first = items[0];
        var function = shared.Functions.Find(first.Function, first.Shape);
        var (bytes, segment, length) = shared.Encode(first, function);
        shared.Submit(new Submission(items, engines, function, bytes, segment, length, _options.Find(first.Result.Options)), first.Result.SubmittedAt);
    }

    public override void Cancel(AsyncResult result)
    {
        if (result is IStoppable stoppable)
        {
            stoppable.Stop();
            return;
        }
        result.Control.RequestCancel();
        if (result.State == TaskState.Waiting) result.TryEnd(TaskState.Cancelled, new OperationCanceledException($"Task {result.Id} was cancelled."));
        else shared.Actor.Tell(new ClientActor.CancelRequest(result.Sequence));
    }

    /// <summary>Cancels all that this client waits for.</summary>
    public void CancelAll()
    {
        CancelCalls();
        shared.Wake();
        shared.Actor.Tell(ClientActor.CancelAll.Instance, ActorRefs.NoSender);
    }

    /// <summary>Asks the controller something.</summary>
    public Task<T> AskAsync<T>(ClientRequest kind, Action<Payloads.PayloadWriter> write, ReadAnswer<T> read, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        var request = new PendingRequest<T>(shared.ReserveSequences(1), kind, write, read);
        shared.Actor.Tell(request, ActorRefs.NoSender);
        return request.Task.WaitAsync(cancellationToken);
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

    public override void Close() => shared.IsClosed = true;

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
