namespace ActorParallel.TestKit;

/// <summary>A few hundred moments of a run, whatever its length: when there are too many, every other one is left out.</summary>
internal sealed class Timeline
{
    const int Kept = 512;
    readonly List<SimulationMoment> _moments = [];
    long _step = TimeSpan.TicksPerMillisecond;
    long _next;

    /// <summary>Before the levels change at <paramref name="now"/>: they have been these until then.</summary>
    public void Upto(long now, long waiting, long running, int engines)
    {
        if (now < _next)
            return;
        // Nothing happened in between: the levels at its end stand for the gap.
        if (_moments.Count > 0 && now - _next > _step)
            Add(now - (now - _next) % _step - _step, waiting, running, engines);
        Add(_next + (now - _next) / _step * _step, waiting, running, engines);
        _next = _moments[^1].At.Ticks + _step;
    }

    public IEnumerable<SimulationMoment> Moments => _moments;

    void Add(long at, long waiting, long running, int engines)
    {
        if (_moments.Count > 0 && at <= _moments[^1].At.Ticks)
            return;
        _moments.Add(new SimulationMoment(TimeSpan.FromTicks(at), waiting, running, engines));
        if (_moments.Count < Kept)
            return;
        for (var i = 0; i < Kept / 2; i++)
            _moments[i] = _moments[i * 2];
        _moments.RemoveRange(Kept / 2, Kept - Kept / 2);
        _step *= 2;
    }
}
