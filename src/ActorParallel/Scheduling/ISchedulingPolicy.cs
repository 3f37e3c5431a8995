namespace ActorParallel.Scheduling;

/// <summary>Chooses among the engines that take work. Pure: the same calls give the same choices.</summary>
internal interface ISchedulingPolicy
{
    void Add(EngineState engine);

    void Remove(EngineState engine);

    /// <summary>The engine holds more or fewer tasks than before.</summary>
    void LoadChanged(EngineState engine);

    /// <summary>
    /// An engine with fewer than <paramref name="credit"/> tasks outstanding per worker, or null when there is none.
    /// The engine with the id <paramref name="avoid"/> only if no other would do as well.
    /// </summary>
    EngineState? Pick(int credit, int avoid);
}

internal static class SchedulingPolicy
{
    public static bool HasCredit(EngineState engine, int credit) => engine.Outstanding < (long)credit * engine.Workers;

    /// <summary>Another engine does as well if the task doesn't wait there while it would start at once on the avoided one.</summary>
    public static bool DoesAsWell(EngineState other, EngineState avoided, int credit) =>
        HasCredit(other, credit) && (other.FreeWorkers > 0 || avoided.FreeWorkers == 0);
}
