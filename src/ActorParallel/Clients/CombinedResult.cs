using ActorParallel.Engines;
using ActorParallel.Pools;
using ActorParallel.Results;

namespace ActorParallel.Clients;

/// <summary>One value made from those of several engines.</summary>
internal sealed class CombinedResult<TPart, TResult>(PoolExecutor host, TaskOptions options, AsyncEnginesResult<TPart> parts, Func<TPart[], TResult> combine)
    : AsyncResult<TResult>(host, options), IStoppable
{
    public override TaskProgress Progress => parts.Progress;

    public override string Output => parts.Output;

    public override IReadOnlyDictionary<int, string> Outputs => parts.Outputs;

    public override TimeSpan SerialTime => parts.SerialTime;

    public CombinedResult<TPart, TResult> Start()
    {
        TryMove(TaskState.Ready, TaskState.Running);
        parts.AddWaiter(new InlineCompletion(_ => ThreadPool.UnsafeQueueUserWorkItem(static me => me.Finish(), this, preferLocal: false)));
        return this;
    }

    void Finish()
    {
        if (parts.Error is { } error)
        {
            TryEnd(parts.State, error);
            return;
        }
        try
        {
            TrySucceed(combine(parts.ValueOrDefault!));
        }
#pragma warning disable CA1031 // What can't be put together is a failure of the call.
        catch (Exception e)
        {
            TryEnd(TaskState.Failed, e);
        }
#pragma warning restore CA1031
    }

    void IStoppable.Stop(Exception? fault) => parts.Cancel();
}
