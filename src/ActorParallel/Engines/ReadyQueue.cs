using System.Collections.Concurrent;

namespace ActorParallel.Engines;

/// <summary>
/// The work that waits for a worker: higher priorities first, first come first served within one.
/// Lock-free as long as all work has priority 0.
/// </summary>
internal sealed class ReadyQueue
{
    readonly ConcurrentQueue<IWork> _normal = new();
    readonly Lock _gate = new();
    readonly PriorityQueue<IWork, (int, long)> _others = new();
    int _higher;
    int _lower;
    long _order;

    public bool IsEmpty => _normal.IsEmpty && Volatile.Read(ref _higher) == 0 && Volatile.Read(ref _lower) == 0;

    public int Count => _normal.Count + Volatile.Read(ref _higher) + Volatile.Read(ref _lower);

    public void Enqueue(IWork work)
    {
        if (work.Priority == 0)
        {
            _normal.Enqueue(work);
            return;
        }
        lock (_gate)
        {
            _others.Enqueue(work, (-work.Priority, _order++));
            if (work.Priority > 0) _higher++;
            else _lower++;
        }
        // Whoever enqueues looks for sleeping workers next: they must see the work first.
        Interlocked.MemoryBarrier();
    }

    public bool TryDequeue([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out IWork work)
    {
        if (Volatile.Read(ref _higher) > 0 && TryDequeueOther(higher: true, out work)) return true;
        if (_normal.TryDequeue(out work)) return true;
        return Volatile.Read(ref _lower) > 0 && TryDequeueOther(higher: false, out work);
    }

    /// <summary>What comes next, where it stays.</summary>
    public bool TryPeek([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out IWork work)
    {
        if (_normal.TryPeek(out work)) return true;
        lock (_gate) return _others.TryPeek(out work, out _);
    }

    bool TryDequeueOther(bool higher, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out IWork work)
    {
        lock (_gate)
        {
            if (_others.TryPeek(out work, out _) && (!higher || work.Priority > 0))
            {
                _others.Dequeue();
                if (work.Priority > 0) _higher--;
                else _lower--;
                return true;
            }
        }
        work = null;
        return false;
    }
}
