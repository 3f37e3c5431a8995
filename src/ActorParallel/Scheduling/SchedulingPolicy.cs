namespace ActorParallel.Scheduling;

/// <summary>The policies by name, and what they have in common.</summary>
internal static class SchedulingPolicy
{
    static readonly (string Name, Func<Random, ISchedulingPolicy> Make)[] All =
    [
        ("least-load", static _ => new LeastLoadPolicy()),
        ("round-robin", static _ => new RoundRobinPolicy()),
        ("least-recently-used", static _ => new LeastRecentlyUsedPolicy()),
        ("random", static random => new RandomPolicy(random)),
        ("two-choices", static random => new TwoChoicesPolicy(random)),
        ("weighted", static random => new WeightedPolicy(random)),
    ];

    public static IEnumerable<string> Names => All.Select(static p => p.Name);

    /// <summary>What makes a policy of this name. It holds engines: one instance for each set of engines.</summary>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public static Func<Random, ISchedulingPolicy> ByName(string name)
    {
        foreach (var policy in All)
        {
            if (policy.Name == name)
                return policy.Make;
        }
        throw new ArgumentException($"There is no scheduling policy '{name}': give one of {string.Join(", ", Names)}.", nameof(name));
    }

    public static bool HasCredit(EngineState engine, int credit) => engine.Outstanding < (long)credit * engine.Workers;

    /// <summary>Another engine does as well if the task doesn't wait there while it would start at once on the avoided one.</summary>
    public static bool DoesAsWell(EngineState other, EngineState avoided, int credit) =>
        HasCredit(other, credit) && (other.FreeWorkers > 0 || avoided.FreeWorkers == 0);

    public static bool LessLoaded(EngineState a, EngineState b) => (long)a.Outstanding * b.Workers < (long)b.Outstanding * a.Workers;
}
