namespace ActorParallel.Scheduling;

/// <summary>The measurements of the specs in use, and of the last few that were.</summary>
internal sealed class SpecTable
{
    const int KeptIdle = 256;
    readonly Dictionary<TaskSpec, SpecStats> _stats = new(ReferenceEqualityComparer.Instance);
    SpecStats? _latest;
    SpecStats? _idleFirst;
    SpecStats? _idleLast;
    int _idle;

    public int Count => _stats.Count;

    public SpecStats Enter(TaskSpec spec)
    {
        var stats = _latest;
        if (stats is null || !ReferenceEquals(stats.Spec, spec))
        {
            if (!_stats.TryGetValue(spec, out stats))
            {
                stats = new SpecStats(spec);
                _stats.Add(spec, stats);
                _latest = stats;
                stats.InFlight = 1;
                return stats;
            }
            _latest = stats;
        }
        if (stats.InFlight++ == 0)
            Unlink(stats);
        return stats;
    }

    public void Leave(SpecStats stats)
    {
        if (--stats.InFlight > 0)
            return;
        stats.IdlePrevious = _idleLast;
        stats.IdleNext = null;
        if (_idleLast is null)
            _idleFirst = stats;
        else
            _idleLast.IdleNext = stats;
        _idleLast = stats;
        if (++_idle <= KeptIdle)
            return;
        var oldest = _idleFirst!;
        Unlink(oldest);
        _stats.Remove(oldest.Spec);
        if (_latest == oldest)
            _latest = null;
    }

    void Unlink(SpecStats stats)
    {
        if (stats.IdlePrevious is null)
            _idleFirst = stats.IdleNext;
        else
            stats.IdlePrevious.IdleNext = stats.IdleNext;
        if (stats.IdleNext is null)
            _idleLast = stats.IdlePrevious;
        else
            stats.IdleNext.IdlePrevious = stats.IdlePrevious;
        stats.IdleNext = stats.IdlePrevious = null;
        _idle--;
    }
}
