using ActorParallel.TestKit;

/// <summary>How tasks get to engines.</summary>
enum Dispatch
{
    /// <summary>As the cluster does by itself: short tasks are sent ahead, long ones wait at the controller for a free worker.</summary>
    Adaptive,

    /// <summary>Up to four tasks a worker at the engines; idle engines get theirs from busy ones.</summary>
    SentAhead,

    /// <summary>Each task goes to an engine as it arrives and stays there: what a controller does that can't ask tasks back.</summary>
    OwnQueues,
}

/// <summary>One run, by what it differs in, and what came of it.</summary>
sealed record Case(string Policy, Dispatch Dispatch, double Load, int? Mark, double CopyShare, SimulatedClusterOptions Options)
{
    public SimulationReport Report { get; init; } = null!;

    public double P99 => Report.Slowdown.P99;
}

/// <summary>The runs of the study: all meet the same tasks, but for their number of arrivals a second.</summary>
sealed class Study(int engines, int tasks, long seed)
{
    /// <summary>Half of the tasks take 28 ms or less; one in a thousand takes more than 8 s, and those are a fifth of the work. Lifetimes of processes are like this.</summary>
    public static readonly Draw Work = Draw.BoundedPareto(1, 10_000, 1.1).WithMean(0.1);

    public static readonly string[] Policies = [.. SimulatedClusterOptions.Policies];

    public static readonly double[] Loads = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

    public static readonly int[] Marks = [1, 2, 4, 8, 16, 64];

    public static readonly double[] CopyShares = [0, 0.02, 0.05, 0.1, 0.2];

    /// <summary>Every policy, with every way that tasks get to engines, on engines that are not all as fast.</summary>
    public IEnumerable<Case> PolicyCases() =>
        from dispatch in Enum.GetValues<Dispatch>()
        from policy in Policies
        select Arriving(policy, dispatch, 0.8);

    /// <summary>What a busier cluster makes of the policies, where each engine has a queue of its own.</summary>
    public IEnumerable<Case> LoadCases() =>
        from policy in new[] { "random", "round-robin", "two-choices", "least-load" }
        from load in Loads
        select Arriving(policy, Dispatch.OwnQueues, load);

    /// <summary>Tasks of a millisecond, all there at once, and messages that take half of one: how many should be sent ahead?</summary>
    public IEnumerable<Case> MarkCases() => Marks.Select(m => (int?)m).Append(null).Select(mark => new Case("least-load", Dispatch.SentAhead, 1, mark, 0, Base() with
    {
        HighWaterMark = mark,
        Work = Draw.Exponential(0.001),
        MessageDelay = 0.0005,
    }));

    /// <summary>One attempt in fifty is ten times as slow for no fault of its task: what do second copies save?</summary>
    public IEnumerable<Case> CopyCases() => CopyShares.Select(share => new Case("least-load", Dispatch.Adaptive, 1, null, share, Base() with
    {
        // A short run, as a map is: its end counts.
        Tasks = Math.Min(tasks, engines * 20),
        Work = Draw.LogNormal(1, 0.2),
        SecondCopyShare = share,
        TaskOptions = new() { Idempotent = true, Slowdown = Draw.Bimodal(1, 10, 0.02) },
    }));

    Case Arriving(string policy, Dispatch dispatch, double load) => new(policy, dispatch, load, null, 0, Base() with
    {
        Policy = policy,
        HighWaterMark = dispatch switch { Dispatch.Adaptive => null, Dispatch.SentAhead => 4, _ => int.MaxValue },
        RecallAfter = dispatch == Dispatch.OwnQueues ? null : TimeSpan.FromMilliseconds(1),
        Work = Work,
        Arrivals = Draw.Exponential(Work.Mean / (load * engines)),
        EngineSpeed = Draw.Uniform(0.75, 1.25),
        MessageDelay = 0.0002,
        WarmUp = TimeSpan.FromSeconds(0.1 * tasks * Work.Mean / (load * engines)),
    });

    SimulatedClusterOptions Base() => new() { Engines = engines, Tasks = tasks, Seed = seed };
}
