namespace ActorParallel.Scheduling;

/// <summary>Chooses among the engines that take work. Pure: the same calls (and the same random numbers) give the same choices.</summary>
internal interface ISchedulingPolicy
{
    void Add(PolicyMember member);

    void Remove(PolicyMember member);

    /// <summary>The engine holds more or fewer tasks than before.</summary>
    void LoadChanged(PolicyMember member);

    /// <summary>
    /// An engine with fewer than <paramref name="credit"/> tasks outstanding per worker, or null when there is none.
    /// The engine with the id <paramref name="avoid"/> only if no other would do as well.
    /// </summary>
    PolicyMember? Pick(int credit, int avoid);
}
