using ActorParallel.Scheduling;

namespace ActorParallel.TestKit;

/// <summary>A cluster to simulate. Immutable. Durations that are drawn are in seconds.</summary>
public sealed record SimulatedClusterOptions
{
    /// <summary>How many engines there are at first. Default 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Engines { get; init => field = Check.NotNegative(value, nameof(Engines)); } = 4;

    /// <summary>How many tasks an engine runs at a time. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int WorkersPerEngine { get; init => field = Check.Positive(value, nameof(WorkersPerEngine)); } = 1;

    /// <summary>How much work an engine does in a second, drawn when it joins; not 0. Default 1.</summary>
    public Draw EngineSpeed { get; init => field = Check.Given(value, nameof(EngineSpeed)); } = 1;

    /// <summary>When each of the engines joins. Default 0: all are there from the start.</summary>
    public Draw EngineJoins { get; init => field = Check.Given(value, nameof(EngineJoins)); } = 0;

    /// <summary>How long an engine lives before it dies with what it holds; null (default): for ever.</summary>
    public Draw? EngineFailures { get; init; }

    /// <summary>How long an engine stays before it drains and leaves; null (default): for ever.</summary>
    public Draw? EngineLeaves { get; init; }

    /// <summary>How long after an engine died or left another one joins in its place; null: none does. Default 1 s.</summary>
    public Draw? EngineReturns { get; init; } = 1;

    /// <summary>How long until the controller notices that an engine died. Default 0.</summary>
    public Draw LossNotice { get; init => field = Check.Given(value, nameof(LossNotice)); } = 0;

    /// <summary>How long a message takes between the controller and an engine, either way; messages stay in order. Default 0.</summary>
    public Draw MessageDelay { get; init => field = Check.Given(value, nameof(MessageDelay)); } = 0;

    /// <summary>How many tasks there are. Default 0. For several kinds of tasks see <see cref="Workloads"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Tasks { get; init => field = Check.NotNegative(value, nameof(Tasks)); }

    /// <summary>The time from one task to the next; null (default): all are there at the start.</summary>
    public Draw? Arrivals { get; init; }

    /// <summary>How long a task runs on an engine of speed 1. Default 1 s.</summary>
    public Draw Work { get; init => field = Check.Given(value, nameof(Work)); } = 1;

    /// <summary>What the <see cref="Tasks"/> are like. Default: plain ones.</summary>
    public SimulatedTaskOptions TaskOptions { get; init => field = Check.Given(value, nameof(TaskOptions)); } = new();

    /// <summary>More tasks, of other kinds, by other clients. Default none.</summary>
    public IReadOnlyList<SimulatedWorkload> Workloads { get; init => field = new ValueList<SimulatedWorkload>(value); } = ValueList<SimulatedWorkload>.Empty;

    /// <summary>
    /// Who gets the next task: <c>least-load</c> (default), <c>round-robin</c>, <c>least-recently-used</c>, <c>random</c>, <c>two-choices</c> or <c>weighted</c>.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public string Policy
    {
        get;
        init
        {
            _ = SchedulingPolicy.ByName(value);
            field = value;
        }
    } = "least-load";

    /// <summary>The policies' names.</summary>
    public static IReadOnlyList<string> Policies { get; } = [.. SchedulingPolicy.Names];

    /// <summary>Tasks outstanding per worker, the running one included; null (default) adapts it to the run times.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? HighWaterMark { get; init => field = value is { } mark ? Check.Positive(mark, nameof(HighWaterMark)) : null; }

    /// <summary>How long an engine must have finished nothing before its backlog is asked back for an idle one; null: never. Default 1 ms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan? RecallAfter { get; init => field = value is { } after ? Check.NotNegative(after, nameof(RecallAfter)) : null; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The share of the workers that second copies of idempotent tasks may use; 0 starts none. Default 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double SecondCopyShare { get; init => field = Check.Share(value, nameof(SecondCopyShare)); } = 0.1;

    /// <summary>A task gets a second copy after so many times the smoothed run time of its like. Default 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public double SecondCopyAfter { get; init => field = value is >= 1 and <= 1e6 ? value : throw new ArgumentOutOfRangeException(nameof(SecondCopyAfter), value, "SecondCopyAfter multiplies the usual run time: give a number from 1 to 1,000,000."); } = 2;

    /// <summary>How long tasks wait while there is no engine at all before they end lost; null (default) waits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not longer than zero.</exception>
    public TimeSpan? NoEnginesTimeout { get; init => field = Check.Positive(value, nameof(NoEnginesTimeout)); }

    /// <summary>Where the randomness begins: the same options with the same seed give the same run, event for event. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>What happens before this is not counted in the statistics: until then the queues fill. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan WarmUp { get; init => field = Check.NotNegative(value, nameof(WarmUp)); }

    /// <summary>When <see cref="SimulatedCluster.Run"/> stops even if tasks are left; null (default): when all have ended.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not longer than zero.</exception>
    public TimeSpan? Until { get; init => field = Check.Positive(value, nameof(Until)); }

    /// <summary>Puts a record of each task in the report. Default false: a million of them take 100 MB.</summary>
    public bool KeepTasks { get; init; }

    /// <summary>Checks the scheduler's invariants after every event. Slow: for small runs. Default false.</summary>
    public bool Validate { get; init; }

    internal SchedulerOptions ToSchedulerOptions() => new()
    {
        Policy = SchedulingPolicy.ByName(Policy),
        HighWaterMark = HighWaterMark,
        RecallAfter = RecallAfter ?? TimeSpan.MaxValue,
        SpeculationShare = SecondCopyShare,
        SpeculationFactor = SecondCopyAfter,
        NoEnginesTimeout = NoEnginesTimeout,
        KeepsEnded = false,
        Validate = Validate,
    };
}
