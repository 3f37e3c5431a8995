using ActorParallel.Results;

namespace ActorParallel.Engines;

/// <summary>
/// How many items travel together: so many that a chunk takes about the target time, from the measured cost of an item.
/// Thread-safe; a reader may see the size before last, which is as good.
/// </summary>
internal sealed class ChunkSize(int? given, int largest, TimeSpan target)
{
    readonly long _target = Clock.ToTimestampTicks(target);
    int _size = given ?? 1;

    public int Current => Volatile.Read(ref _size);

    /// <summary>A chunk has ended: grows at most 16-fold, shrinks at once.</summary>
    public void Measured(int items, long runTicks)
    {
        if (given is not null || items <= 0) return;
        var wanted = runTicks <= 0 ? items * 16L : items * _target / runTicks;
        Volatile.Write(ref _size, (int)Math.Clamp(wanted, 1, Math.Min(Math.Max(items, Current) * 16L, largest)));
    }
}
