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

    /// <summary>Its engine must have all of these. Default none.</summary>
    /// <exception cref="ArgumentException">A tag is empty.</exception>
    public IReadOnlyCollection<string> Tags { get; init => field = ResourceAmount.SortedTags(value); } = [];

    /// <summary>What it holds of its engine's resources while it is there, by name; amounts from 0.0001. Default nothing.</summary>
    /// <exception cref="ArgumentException">A name is empty, or an amount is not a positive number.</exception>
    public IReadOnlyDictionary<string, double> Resources
    {
        get;
        init
        {
            _resources = ResourceAmount.Sorted(value);
            field = _resources.ToDictionary(static r => r.Name, static r => ResourceAmount.ToDouble(r.Amount));
        }
    } = new Dictionary<string, double>();

    /// <summary>It runs on one of these engines; null (default) for any.</summary>
    /// <exception cref="ArgumentException">The list is empty, or an id is negative.</exception>
    public IReadOnlyCollection<int>? Targets
    {
        get;
        init => field = value is null ? null
            : value.Count > 0 && value.All(static id => id >= 0) ? value.Distinct().Order().ToArray()
            : throw new ArgumentException("Targets are ids of engines, not negative: give at least one, or null for any engine.", nameof(Targets));
    }

    /// <summary>Running it twice at once does no harm: a second copy may be started when it takes unusually long. Default false.</summary>
    public bool Idempotent { get; init; }

    /// <summary>What it asks of an engine, or null when any will do.</summary>
    public TaskConstraint? Constraint =>
        Tags.Count == 0 && _resources.Length == 0 && Targets is null ? null : field ??= new TaskConstraint((string[])Tags, _resources, (int[]?)Targets);

    readonly (string Name, long Amount)[] _resources = [];

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
