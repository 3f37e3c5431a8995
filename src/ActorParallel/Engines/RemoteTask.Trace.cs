using System.Diagnostics;
using ActorParallel.Telemetry;

namespace ActorParallel.Engines;

/// <summary>A task whose caller traces it: what it does here belongs to that trace.</summary>
internal sealed partial class RemoteTask
{
    Activity? _span;

    public TraceParent? Trace { get; init; }

    WorkStatus RunTraced(Worker worker)
    {
        var before = Activity.Current;
        // It may have begun before, and have lacked code.
        _span?.Dispose();
        _span = TaskTrace.StartIn("actorparallel.run", Trace!.Context);
        if (_span is { IsAllDataRequested: true } span)
            span.SetTag("actorparallel.task.id", runtime.NameOf(taskId)).SetTag("actorparallel.attempt", run).SetTag("actorparallel.engine.id", runtime.EngineId);
        try
        {
            return RunHere(worker);
        }
        finally
        {
            Activity.Current = before;
        }
    }

    void EndSpan(Exception? error)
    {
        var current = Activity.Current;
        if (error is not null) _span!.SetStatus(ActivityStatusCode.Error, error.Message).SetTag("error.type", error.GetType().FullName);
        _span!.Dispose();
        if (current != _span) Activity.Current = current;
    }
}
