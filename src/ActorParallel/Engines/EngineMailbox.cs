using System.Collections.Immutable;

namespace ActorParallel.Engines;

/// <summary>What other engines sent and nobody has received, and who waits. Thread-safe.</summary>
internal sealed class EngineMailbox(EngineRuntime runtime)
{
    readonly Lock _gate = new();
    readonly Dictionary<(int From, string Name), Queue<byte[]>> _came = [];
    readonly Dictionary<(int From, string Name), LinkedList<TaskCompletionSource<byte[]>>> _waiting = [];
    ImmutableSortedSet<int> _peers = [];

    public IReadOnlyList<int> Peers => _peers;

    public void Send(int engineId, string name, byte[] value)
    {
        ThrowIfMissing(engineId);
        if (engineId == runtime.EngineId)
        {
            Came(engineId, name, value);
            return;
        }
        runtime.Outbox.Tell(w =>
        {
            w.WriteByte((byte)ControllerEntry.Mail);
            w.WriteInt32(engineId);
            w.WriteString(name);
            w.WriteBytes(value);
        });
    }

    public async Task<byte[]> ReceiveAsync(int from, string name, CancellationToken cancellationToken)
    {
        TaskCompletionSource<byte[]> waiter;
        lock (_gate)
        {
            // What a lost engine sent is still good.
            if (_came.TryGetValue((from, name), out var queue))
            {
                var value = queue.Dequeue();
                if (queue.Count == 0) _came.Remove((from, name));
                return value;
            }
            ThrowIfMissing(from);
            waiter = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_waiting.TryGetValue((from, name), out var others)) _waiting[(from, name)] = others = [];
            others.AddLast(waiter);
        }
        using var registration = cancellationToken.UnsafeRegister(_ => Forget(from, name, waiter, cancellationToken), null);
        return await waiter.Task.ConfigureAwait(false);
    }

    void Forget(int from, string name, TaskCompletionSource<byte[]> waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue((from, name), out var others) && others.Remove(waiter) && others.Count == 0) _waiting.Remove((from, name));
        }
        waiter.TrySetCanceled(cancellationToken);
    }

    public void Came(int from, string name, byte[] value)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue((from, name), out var others))
            {
                var first = others.First!.Value;
                others.RemoveFirst();
                if (others.Count == 0) _waiting.Remove((from, name));
                first.TrySetResult(value);
                return;
            }
            if (!_came.TryGetValue((from, name), out var queue)) _came[(from, name)] = queue = [];
            queue.Enqueue(value);
        }
    }

    public void Joined(int engineId)
    {
        lock (_gate) _peers = _peers.Add(engineId);
    }

    public void Left(int engineId)
    {
        lock (_gate)
        {
            _peers = _peers.Remove(engineId);
            foreach (var key in _waiting.Keys.Where(k => k.From == engineId).ToArray())
            {
                foreach (var waiter in _waiting[key]) waiter.TrySetException(Missing(engineId));
                _waiting.Remove(key);
            }
        }
    }

    /// <summary>A controller that was started anew tells who is there.</summary>
    public void Clear()
    {
        lock (_gate) _peers = [];
    }

    void ThrowIfMissing(int engineId)
    {
        if (!_peers.Contains(engineId)) throw Missing(engineId);
    }

    EngineLostException Missing(int engineId) => new($"Engine {runtime.EngineId} can't exchange messages with engine {engineId}: it is not there, or is no more.");
}
