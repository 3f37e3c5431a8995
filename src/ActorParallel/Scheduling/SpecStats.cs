namespace ActorParallel.Scheduling;

/// <summary>
/// What was measured of a spec's tasks, and the credit that follows: how many tasks a worker may have outstanding.
/// Enough to keep it busy for 5 ms, so that short tasks pipeline; none beyond the running one for tasks over 50 ms, so that
/// they don't queue behind each other. Until measurements carry it the credit doubles with each round of results, as in
/// slow start (V. Jacobson, "Congestion avoidance and control", SIGCOMM 1988).
/// </summary>
internal sealed class SpecStats(TaskSpec spec)
{
    public const int InitialCredit = 4;
    public const int MaxQueued = 2048;
    public const int MaxCredit = MaxQueued + 1;
    const double QueuedWork = 5 * SchedulerTime.Millisecond;
    const double LongTask = 50 * SchedulerTime.Millisecond;
    const double Smoothing = 1.0 / 8;

    public readonly TaskSpec Spec = spec;
    public int InFlight;

    /// <summary>The class of its tasks, when they have a constraint; may be detached by now.</summary>
    public TaskClass? Class;

    /// <summary>Neighbours among the specs that have no task in flight.</summary>
    public SpecStats? IdleNext;
    public SpecStats? IdlePrevious;

    long _samples;
    double _mean;

    /// <summary>The smoothed run time in ticks, or null before the first result.</summary>
    public double? MeanRunTicks => _samples == 0 ? null : _mean;

    public long Samples => _samples;

    public void Measured(long runTicks)
    {
        double ticks = Math.Max(1, runTicks);
        _mean = _samples == 0 ? ticks : _mean + (ticks - _mean) * Smoothing;
        _samples++;
    }

    public int Credit(int totalWorkers)
    {
        if (_samples == 0)
            return InitialCredit;
        var wanted = _mean > LongTask ? 1 : 1 + (int)Math.Clamp(QueuedWork / _mean, 1, MaxQueued);
        var window = Math.Max(InitialCredit, 2 * _samples / Math.Max(1, totalWorkers));
        return (int)Math.Min(wanted, window);
    }
}
