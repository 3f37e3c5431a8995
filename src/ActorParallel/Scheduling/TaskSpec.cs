namespace ActorParallel.Scheduling;

/// <summary>
/// What many tasks have in common. Immutable and shared: run times are measured per instance, so the tasks of one
/// function should carry one <see cref="TaskSpec"/>, not equal copies of it.
/// </summary>
internal sealed class TaskSpec
{
    public static readonly TaskSpec Default = new();

    /// <summary>How many times a task that threw runs again. Default 0.</summary>
    public int Retries { get; init => field = NotNegative(value, nameof(Retries)); }

    /// <summary>
    /// How many times a task runs again after its engine died under it; the last of them alone on an engine. Default 3.
    /// With 0 a task that may have started never runs twice because of an engine: it ends lost.
    /// </summary>
    public int EngineLossRetries { get; init => field = NotNegative(value, nameof(EngineLossRetries)); } = 3;

    /// <summary>The delay before the first retry; it doubles with each. Default 50 ms.</summary>
    public TimeSpan BackoffBase { get; init => field = NotNegative(value, nameof(BackoffBase)); } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest delay between two attempts. Default 30 s.</summary>
    public TimeSpan BackoffMax { get; init => field = NotNegative(value, nameof(BackoffMax)); } = TimeSpan.FromSeconds(30);

    /// <summary>The share of a delay that is random, 0 to 1: with 0.5 a delay is between half of itself and itself. Default 0.5.</summary>
    public double Jitter
    {
        get;
        init => field = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Jitter), value, "Jitter is a share: give a number from 0 to 1.");
    } = 0.5;

    /// <summary>Bounds one attempt's running time. The engine measures it; here it only travels.</summary>
    public TimeSpan? RunTimeout { get; init => field = Positive(value, nameof(RunTimeout)); }

    /// <summary>Bounds the time from submission to the first start.</summary>
    public TimeSpan? QueueTimeout { get; init => field = Positive(value, nameof(QueueTimeout)); }

    /// <summary>Higher first; equal ones in the order they were submitted. Meant for a handful of levels. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>Names the tasks for people.</summary>
    public string? Label { get; init; }

    /// <summary>The delay before the <paramref name="n"/>th retry (from 1), in ticks.</summary>
    public long Backoff(int n, Random random)
    {
        // Exponential backoff with proportional jitter: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        var ticks = (double)BackoffBase.Ticks * Math.Pow(2, Math.Min(n - 1, 62));
        ticks = Math.Min(ticks, BackoffMax.Ticks);
        return Jitter == 0 ? (long)ticks : (long)(ticks * (1 - Jitter * random.NextDouble()));
    }

    static int NotNegative(int value, string name) => value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} can't be negative: give 0 for none.");

    static TimeSpan NotNegative(TimeSpan value, string name) => value >= TimeSpan.Zero
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} can't be negative: give TimeSpan.Zero for no delay.");

    static TimeSpan? Positive(TimeSpan? value, string name) => value is null || value > TimeSpan.Zero
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be longer than zero: give null for no limit.");
}
