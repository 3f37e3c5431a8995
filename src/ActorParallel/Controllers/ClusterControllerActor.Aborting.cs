using ActorParallel.Engines;
using ActorParallel.Results;

namespace ActorParallel.Controllers;

internal sealed partial class ClusterControllerActor
{
    readonly Dictionary<long, List<AbortCount>> _aborting = [];

    /// <summary>
    /// Ends what has not begun of a client's tasks. What an engine has, only the engine can tell of: it is asked back, and the client is answered
    /// when it is known of each.
    /// </summary>
    void Abort(ClientHandle client, long request, List<long> ids)
    {
        var count = new AbortCount(client, request);
        if (ids.Count == 0)
        {
            ids = [.. Core.TasksOf(client.Number)];
            foreach (var engine in Engines.Values)
                foreach (var direct in engine.Direct.Values)
                    if (direct.Client == client.Number) ids.Add(direct.TaskId);
        }
        foreach (var taskId in ids)
        {
            if (_direct.TryGetValue(taskId, out var engine))
            {
                Await(count, taskId);
                WriteAttempt(engine, EngineEntry.Recall, taskId, 1);
            }
            else if (Core.Explain(taskId) is { State: TaskState.Waiting or TaskState.Ready or TaskState.Delayed or TaskState.Assigned })
            {
                Await(count, taskId);
                Abort(taskId);
            }
        }
        count.IsComplete = true;
        ReplyIfDone(count);
    }

    void Await(AbortCount count, long taskId)
    {
        if (!_aborting.TryGetValue(taskId, out var counts)) _aborting[taskId] = counts = [];
        counts.Add(count);
        count.Open++;
    }

    /// <summary>Of a task that was to be aborted it is known whether it was.</summary>
    void Decide(long taskId, bool isAborted)
    {
        if (_aborting.Count == 0 || !_aborting.Remove(taskId, out var counts)) return;
        foreach (var count in counts)
        {
            count.Open--;
            if (isAborted) count.Aborted++;
            ReplyIfDone(count);
        }
    }

    static void ReplyIfDone(AbortCount count)
    {
        if (count.Open == 0 && count.IsComplete) Reply(count.Client, count.Request, w => w.WriteInt32(count.Aborted));
    }

    protected override void Began(long taskId) => Decide(taskId, isAborted: false);

    /// <summary>The answer to one request, as it becomes known.</summary>
    sealed class AbortCount(ClientHandle client, long request)
    {
        public ClientHandle Client => client;

        public long Request => request;

        public int Open { get; set; }

        public int Aborted { get; set; }

        public bool IsComplete { get; set; }
    }
}
