using System.Diagnostics.CodeAnalysis;

namespace ActorParallel.Engines;

/// <summary>
/// A binary heap whose elements know their places: taking one out of the middle costs no more than adding one, so
/// that what is cancelled needn't wait for its moment. Not thread-safe.
/// </summary>
internal sealed class DueHeap
{
    const int Smallest = 16;

    ScheduledRun?[] _runs = new ScheduledRun?[Smallest];

    public int Count { get; private set; }

    public bool TryPeek([NotNullWhen(true)] out ScheduledRun? first) => (first = _runs[0]) is not null;

    public void Add(ScheduledRun run)
    {
        if (Count == _runs.Length) Array.Resize(ref _runs, Count * 2);
        Rise(run, Count++);
    }

    /// <summary>False when it is not here.</summary>
    public bool Remove(ScheduledRun run)
    {
        var place = run.Position;
        if (place < 0) return false;
        run.Position = -1;
        var last = _runs[--Count]!;
        _runs[Count] = null;
        if (last != run)
        {
            if (place > 0 && IsBefore(last, _runs[(place - 1) / 2]!)) Rise(last, place);
            else Sink(last, place);
        }
        if (_runs.Length > Smallest && Count < _runs.Length / 4) Array.Resize(ref _runs, _runs.Length / 2);
        return true;
    }

    void Rise(ScheduledRun run, int place)
    {
        for (int above; place > 0 && IsBefore(run, _runs[above = (place - 1) / 2]!); place = above) Put(_runs[above]!, place);
        Put(run, place);
    }

    void Sink(ScheduledRun run, int place)
    {
        for (int below; (below = place * 2 + 1) < Count; place = below)
        {
            if (below + 1 < Count && IsBefore(_runs[below + 1]!, _runs[below]!)) below++;
            if (!IsBefore(_runs[below]!, run)) break;
            Put(_runs[below]!, place);
        }
        Put(run, place);
    }

    void Put(ScheduledRun run, int place)
    {
        _runs[place] = run;
        run.Position = place;
    }

    static bool IsBefore(ScheduledRun a, ScheduledRun b) => a.Due < b.Due || (a.Due == b.Due && a.Sequence < b.Sequence);
}
