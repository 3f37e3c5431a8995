using System.Diagnostics.CodeAnalysis;
using ActorParallel.Scheduling;

namespace ActorParallel.Controllers;

/// <summary>How a task ended, with its value when that was small.</summary>
internal sealed record KeptResult(ClusterTask Task, TaskState State, Outcome? Outcome, Reason Reason, string Text, int? Code, long? Peak, long Culprit);

/// <summary>The last tasks that ended, so many and so many bytes: to be asked for again, or run again. Owned by one actor.</summary>
internal sealed class KeptResults(int most, long mostBytes)
{
    readonly Dictionary<long, KeptResult> _results = [];
    readonly Queue<(long TaskId, int Bytes)> _order = new();
    long _bytes;

    public int Count => _results.Count;

    public void Add(KeptResult result)
    {
        var bytes = 256 + result.Task.Payload.Bytes.Length + (result.Outcome?.Place.Bytes.Length ?? 0) + 2 * (result.Outcome?.Output.Length ?? 0);
        if (bytes > mostBytes || most == 0) return;
        _results[result.Task.TaskId] = result;
        _order.Enqueue((result.Task.TaskId, bytes));
        _bytes += bytes;
        while (_order.Count > most || _bytes > mostBytes) Drop();
    }

    void Drop()
    {
        var (taskId, bytes) = _order.Dequeue();
        _bytes -= bytes;
        _results.Remove(taskId);
    }

    public bool TryGet(long taskId, [MaybeNullWhen(false)] out KeptResult result) => _results.TryGetValue(taskId, out result);

    public int Clear()
    {
        var count = _results.Count;
        _results.Clear();
        _order.Clear();
        _bytes = 0;
        return count;
    }
}
