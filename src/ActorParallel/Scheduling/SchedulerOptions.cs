namespace ActorParallel.Scheduling;

/// <summary>How a scheduler behaves as a whole. Immutable.</summary>
internal sealed class SchedulerOptions
{
    /// <summary>
    /// Makes what chooses the engine for a task; see <see cref="SchedulingPolicy.ByName"/>. A policy holds engines: one instance for each
    /// set of engines that tasks can ask for. Default <see cref="LeastLoadPolicy"/>.
    /// </summary>
    public Func<Random, ISchedulingPolicy> Policy { get; init; } = static _ => new LeastLoadPolicy();

    /// <summary>Tasks outstanding per worker, the running one included; null (default) adapts it to measured run times.</summary>
    public int? HighWaterMark
    {
        get;
        init => field = value is null or >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(HighWaterMark), value, "HighWaterMark counts the running task too: give 1 or more, or null to adapt.");
    }

    /// <summary>How long an engine must have finished nothing before its backlog is asked back for an idle worker. Zero: at once. Default 1 ms.</summary>
    public TimeSpan RecallAfter
    {
        get;
        init => field = value >= TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(RecallAfter), value, "RecallAfter can't be negative: give TimeSpan.Zero to ask back at once.");
    } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long tasks wait while there is no engine at all before they end lost; null (default) waits.</summary>
    public TimeSpan? NoEnginesTimeout
    {
        get;
        init => field = value is null || value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(NoEnginesTimeout), value, "NoEnginesTimeout must be longer than zero: give null to wait without limit.");
    }

    /// <summary>
    /// How long tasks wait for an engine that suits, after the last one that did has gone, or after the first one that doesn't has come,
    /// before they end unschedulable. Default 10 s: enough for a nanny to bring an engine back.
    /// </summary>
    public TimeSpan InfeasibleTimeout
    {
        get;
        init => field = value >= TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(InfeasibleTimeout), value, "InfeasibleTimeout can't be negative: give TimeSpan.Zero to end such tasks at once.");
    } = TimeSpan.FromSeconds(10);

    /// <summary>Keeps how each task ended, and where, until <see cref="TasksReleased"/> names it, so that others may come after it. Default false.</summary>
    public bool KeepsEnded { get; init; }

    /// <summary>
    /// The share of the workers, at least one, that second copies of idempotent tasks may use; 0 starts none. Default 0.1, as in LATE
    /// (M. Zaharia et al., "Improving MapReduce performance in heterogeneous environments", OSDI 2008: SpeculativeCap 10 %).
    /// </summary>
    public double SpeculationShare
    {
        get;
        init => field = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(SpeculationShare), value, "SpeculationShare is a share of the workers: give a number from 0 to 1.");
    } = 0.1;

    /// <summary>A task straggles when it has run for so many times the smoothed run time of its like. Default 2.</summary>
    public double SpeculationFactor
    {
        get;
        init => field = value is >= 1 and <= 1e6
            ? value
            : throw new ArgumentOutOfRangeException(nameof(SpeculationFactor), value, "SpeculationFactor multiplies the usual run time: give a number from 1 to 1,000,000.");
    } = 2;

    /// <summary>No task straggles before it has run for so long. Default 100 ms.</summary>
    public TimeSpan SpeculationFloor
    {
        get;
        init => field = value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(SpeculationFloor), value, "SpeculationFloor must be longer than zero.");
    } = TimeSpan.FromMilliseconds(100);

    /// <summary>Checks every invariant after every event and throws <see cref="InvalidOperationException"/> naming the broken one. Slow: for tests.</summary>
    public bool Validate { get; init; }
}
