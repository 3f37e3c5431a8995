namespace ActorParallel.Scheduling;

/// <summary>How a scheduler behaves as a whole. Immutable.</summary>
internal sealed class SchedulerOptions
{
    /// <summary>Chooses the engine for a task. A policy holds engines: one instance for each scheduler. Default <see cref="LeastLoadPolicy"/>.</summary>
    public Func<ISchedulingPolicy> Policy { get; init; } = static () => new LeastLoadPolicy();

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

    /// <summary>Checks every invariant after every event and throws <see cref="InvalidOperationException"/> naming the broken one. Slow: for tests.</summary>
    public bool Validate { get; init; }
}
