using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Pools;

namespace ActorParallel.Clients;

/// <summary>A call on one engine.</summary>
internal sealed class EngineTask<T, TResult>(PoolExecutor host, TaskOptions options, Delegate function, TaskShape shape, T argument)
    : TaskItem<TResult>(host, options), INotScheduled
{
    public override Delegate Function => function;

    public override TaskShape Shape => shape;

    public override void WriteArgument(PayloadWriter writer)
    {
        if (shape is TaskShape.Apply1 or TaskShape.Apply1Async) writer.Write(argument);
    }

    public override WorkStatus Run(Worker worker) => throw new InvalidOperationException("A call on an engine does not run in its client.");
}

/// <summary>A task that the controller's scheduler does not know by the number it has here: what comes after it waits in the client.</summary>
internal interface INotScheduled;

/// <summary>A call that is several tasks.</summary>
internal interface IParted
{
    /// <summary>Those that have been submitted and have not ended.</summary>
    IReadOnlyList<AsyncResult> OpenTasks { get; }
}

/// <summary>A result that another call, or another program, made: by its id.</summary>
internal sealed class ForeignTask<TResult>(PoolExecutor host, TaskOptions options) : TaskItem<TResult>(host, options), INotScheduled
{
    public override Delegate Function => throw new InvalidOperationException("A result that was asked for by its id has no function here.");

    public override TaskShape Shape => TaskShape.Apply0;

    public override WorkStatus Run(Worker worker) => throw new InvalidOperationException("A result that was asked for by its id does not run here.");
}
