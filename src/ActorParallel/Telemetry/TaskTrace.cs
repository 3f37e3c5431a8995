using System.Diagnostics;
using ActorParallel.Pools;
using ActorParallel.Results;

namespace ActorParallel.Telemetry;

/// <summary>
/// What is told of a task to those who listen, from its submission to its end. Tasks that nobody listens to have none.
/// Attempts in this process are spans while they run; of those elsewhere spans are made when it is known how long they ran.
/// </summary>
internal sealed class TaskTrace : CompletionNode
{
    readonly ActivityContext _submission;
    Activity? _attempt;
    long _delayedAt;
    int _retries;
    bool _queueIsTold;

    TaskTrace(ActivityContext submission) => _submission = submission;

    /// <summary>What travels with the task; null where nobody traces.</summary>
    public TraceParent? Travelling => field ??= TraceParent.Of(_submission);

    /// <summary>A task is submitted, on the caller's thread and in its trace.</summary>
    public static void Submit(AsyncResult result)
    {
        var place = ((PoolExecutor)result.Host).Place;
        Instruments.Submitted.Add(1, place);
        ActivityContext context;
        using (var activity = Instruments.Source.StartActivity("actorparallel.submit", ActivityKind.Producer))
        {
            Tag(activity, result, place);
            context = activity?.Context ?? Activity.Current?.Context ?? default;
        }
        var trace = new TaskTrace(context);
        result.Control.Trace = trace;
        result.AddWaiter(trace);
    }

    static void Tag(Activity? activity, AsyncResult result, KeyValuePair<string, object?> place)
    {
        if (activity is not { IsAllDataRequested: true }) return;
        activity.SetTag("actorparallel.task.id", result.Id);
        if (result.Label is { } label) activity.SetTag("actorparallel.task.label", label);
        activity.SetTag(place.Key, place.Value);
    }

    /// <summary>An attempt begins on this thread, which is in its span from here on.</summary>
    public void Begin(AsyncResult result)
    {
        TellQueue(result, result.StartedAt);
        TellDelay(result.StartedAt);
        _attempt = StartIn("actorparallel.attempt", _submission);
        Tag(_attempt, result, ((PoolExecutor)result.Host).Place);
        TagAttempt(_attempt, result);
    }

    /// <summary>A share of a map begins on this thread; dispose it there.</summary>
    public Activity? BeginShare() => StartIn("actorparallel.attempt", _submission);

    /// <summary>Continues a trace on this thread, recorded or not.</summary>
    public static Activity? StartIn(string name, ActivityContext parent)
    {
        if (Instruments.Source.StartActivity(name, ActivityKind.Consumer, parent) is { } recorded) return recorded;
        if (parent.TraceId == default) return null;
        var activity = new Activity(name).SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
        activity.TraceStateString = parent.TraceState;
        return activity.Start();
    }

    static void TagAttempt(Activity? activity, AsyncResult result)
    {
        if (activity is not { IsAllDataRequested: true }) return;
        activity.SetTag("actorparallel.attempt", result.Attempt);
        activity.SetTag("actorparallel.engine.id", result.EngineId);
        activity.SetTag("actorparallel.worker.id", result.WorkerId);
    }

    /// <summary>The attempt that runs in this process has ended, on whatever thread.</summary>
    public void End(Exception? error)
    {
        if (Interlocked.Exchange(ref _attempt, null) is not { } attempt) return;
        if (error is not null)
        {
            attempt.SetStatus(ActivityStatusCode.Error, error.Message);
            attempt.SetTag("error.type", error.GetType().FullName);
        }
        Stop(attempt);
    }

    /// <summary>Ends a span, and leaves the thread in the one that it is in if that is another.</summary>
    static void Stop(Activity activity)
    {
        var current = Activity.Current;
        activity.Stop();
        if (current != activity) Activity.Current = current;
    }

    /// <summary>An attempt is to be made again.</summary>
    /// <param name="result">The task.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ranElsewhere">How long it ran in another process, in ticks of the clock; 0: here, or that is not known.</param>
    public void Retry(AsyncResult result, string reason, long ranElsewhere = 0)
    {
        var now = Clock.Now;
        if (ranElsewhere > 0)
        {
            TellQueue(result, now - ranElsewhere);
            TellDelay(now - ranElsewhere);
            using var failed = Tell("actorparallel.attempt", ActivityKind.Consumer, now - ranElsewhere, now);
            Tag(failed, result, ((PoolExecutor)result.Host).Place);
            TagAttempt(failed, result);
            failed?.SetStatus(ActivityStatusCode.Error, reason);
        }
        Instruments.Retried.Add(1, ((PoolExecutor)result.Host).Place, new("actorparallel.retry.reason", reason));
        _retries++;
        _delayedAt = now;
    }

    void TellQueue(AsyncResult result, long until)
    {
        if (_queueIsTold) return;
        _queueIsTold = true;
        Tell("actorparallel.queue", ActivityKind.Internal, result.SubmittedAt, until)?.Dispose();
    }

    void TellDelay(long until)
    {
        if (_delayedAt == 0) return;
        Tell("actorparallel.retry", ActivityKind.Internal, _delayedAt, until)?.Dispose();
        _delayedAt = 0;
    }

    /// <summary>A span of the past. The caller disposes it.</summary>
    Activity? Tell(string name, ActivityKind kind, long start, long end)
    {
        if (!Instruments.Source.HasListeners()) return null;
        var activity = Instruments.Source.StartActivity(name, kind, _submission, startTime: Clock.ToUtc(start)!.Value);
        return activity?.SetEndTime(Clock.ToUtc(Math.Max(start, end))!.Value.UtcDateTime);
    }

    /// <summary>The task has ended.</summary>
    internal override void Invoke(AsyncResult result)
    {
        End(result.Error);
        var executor = (PoolExecutor)result.Host;
        Instruments.Ended.Add(1, executor.Place, new("actorparallel.task.state", TaskTags.Of(result.State)));
        // A cluster's attempts are its controller's: the client learns how many there were.
        for (; _retries < result.Attempt - 1; _retries++)
            Instruments.Retried.Add(1, executor.Place, new("actorparallel.retry.reason", _retries < (result.ControlIfAny?.EngineLosses ?? 0) ? TaskTags.EngineLost : TaskTags.Failed));
        if (result.StartedAt == 0) return;
        Instruments.QueueTime.Record(Clock.Between(result.SubmittedAt, result.StartedAt).TotalSeconds, executor.Place);
        if (result.CompletedAt != 0) Instruments.Duration.Record(Clock.Between(result.StartedAt, result.CompletedAt).TotalSeconds, executor.Place, new("actorparallel.task.state", TaskTags.Of(result.State)));
        TellQueue(result, result.StartedAt);
        TellDelay(result.StartedAt);
        if (executor.IsLocal) return;
        using var attempt = Tell("actorparallel.attempt", ActivityKind.Consumer, result.StartedAt, result.CompletedAt);
        Tag(attempt, result, executor.Place);
        TagAttempt(attempt, result);
        if (result.Error is { } error) attempt?.SetStatus(ActivityStatusCode.Error, error.Message).SetTag("error.type", error.GetType().FullName);
    }
}

/// <summary>The values of tags, made once.</summary>
internal static class TaskTags
{
    public const string EngineLost = "engine_lost";
    public const string Failed = "failed";

    static readonly string[] s_states = [.. Enum.GetNames<TaskState>().Select(static n => char.ToLowerInvariant(n[0]) + n[1..])];

    public static KeyValuePair<string, object?> Place(string place) => new("actorparallel.executor", place);

    public static string Of(TaskState state) => s_states[(int)state];
}
