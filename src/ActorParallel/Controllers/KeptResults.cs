using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ActorParallel.Scheduling;

namespace ActorParallel.Controllers;

/// <summary>How a task ended, with its value as far as that is kept.</summary>
internal sealed record KeptResult(ClusterTask Task, TaskState State, Outcome? Outcome, Reason Reason, string Text, int? Code, long? Peak, long Culprit);

/// <summary>The last tasks that ended, so many and so many bytes: to be asked for again, or run again. Owned by one actor.</summary>
internal sealed class KeptResults(int most, long mostBytes)
{
    readonly Dictionary<long, KeptResult> _results = [];
    readonly Queue<(long TaskId, int Bytes, Batch? Payload, Batch? Value)> _order = new();
    readonly Batch?[] _recent = new Batch?[4];
    int _next;
    long _bytes;

    public int Count => _results.Count;

    /// <summary>The largest arguments, and the largest value, that are kept, in bytes: a few large ones leave room for others.</summary>
    public long MostOfOne => most == 0 ? 0 : mostBytes / 4;

    /// <summary>What they keep in memory, in bytes: with the whole messages that hold their values.</summary>
    public long Bytes => _bytes;

    public void Add(KeptResult result)
    {
        // One that is too large is not kept, rather than all others.
        if (most == 0 || result.Task.Payload.Bytes.Length + (long)(result.Outcome?.Place.Bytes.Length ?? 0) > mostBytes) return;
        var bytes = 256 + 2 * (result.Outcome?.Output.Length ?? 0);
        var payload = Hold(result.Task.Payload.Bytes);
        var value = Hold(result.Outcome is { } outcome ? outcome.Place.Bytes : default);
        _results[result.Task.TaskId] = result;
        _order.Enqueue((result.Task.TaskId, bytes, payload, value));
        _bytes += bytes;
        while (_order.Count > most || _bytes > mostBytes) Drop();
    }

    /// <summary>A value is a slice of the message that brought it, and keeps all of that: it counts once for all its slices.</summary>
    Batch? Hold(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty || !MemoryMarshal.TryGetArray(bytes, out var slice)) return null;
        Batch? batch = null;
        foreach (var recent in _recent)
            if (recent is { Uses: > 0 } && ReferenceEquals(recent.Bytes, slice.Array)) batch = recent;
        if (batch is null)
        {
            _recent[_next++ % _recent.Length] = batch = new Batch(slice.Array!);
            _bytes += batch.Bytes.Length;
        }
        batch.Uses++;
        return batch;
    }

    void Let(Batch? batch)
    {
        if (batch is null || --batch.Uses > 0) return;
        _bytes -= batch.Bytes.Length;
        var at = Array.IndexOf(_recent, batch);
        if (at >= 0) _recent[at] = null;
    }

    void Drop()
    {
        var (taskId, bytes, payload, value) = _order.Dequeue();
        _bytes -= bytes;
        Let(payload);
        Let(value);
        _results.Remove(taskId);
    }

    public bool TryGet(long taskId, [MaybeNullWhen(false)] out KeptResult result) => _results.TryGetValue(taskId, out result);

    public int Clear()
    {
        var count = _results.Count;
        _results.Clear();
        _order.Clear();
        Array.Clear(_recent);
        _bytes = 0;
        return count;
    }

    /// <summary>A message, by its slices that are kept.</summary>
    sealed class Batch(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public int Uses { get; set; }
    }
}
