namespace ActorParallel.Scheduling;

/// <summary>What a task waits for: all of its groups. Immutable.</summary>
internal sealed class Dependencies(params IReadOnlyList<DependencyGroup> groups)
{
    public IReadOnlyList<DependencyGroup> Groups { get; } = [.. groups];
}

/// <summary>Tasks that another one waits for, and how they must have ended. Immutable.</summary>
internal sealed class DependencyGroup
{
    /// <param name="taskIds">The tasks; none at all is met at once.</param>
    /// <param name="kind">In time only, or in place as well.</param>
    /// <param name="all">All of them, or any one.</param>
    /// <param name="onSuccess">Succeeding meets it.</param>
    /// <param name="onFailure">Ending in any other way meets it.</param>
    /// <exception cref="ArgumentException">Neither <paramref name="onSuccess"/> nor <paramref name="onFailure"/>: nothing could meet it.</exception>
    public DependencyGroup(IReadOnlyCollection<long> taskIds, DependencyKind kind = DependencyKind.After, bool all = true, bool onSuccess = true, bool onFailure = false)
    {
        ArgumentNullException.ThrowIfNull(taskIds);
        if (!onSuccess && !onFailure)
            throw new ArgumentException("A dependency must be met by success, by failure or by both: give at least one of them as true.", nameof(onSuccess));
        TaskIds = [.. taskIds.Distinct()];
        (Kind, All, OnSuccess, OnFailure) = (kind, all, onSuccess, onFailure);
    }

    public IReadOnlyList<long> TaskIds { get; }

    public DependencyKind Kind { get; }

    public bool All { get; }

    public bool OnSuccess { get; }

    public bool OnFailure { get; }

    public bool IsMetBy(TaskState end) => end == TaskState.Succeeded ? OnSuccess : OnFailure;
}

internal enum DependencyKind : byte
{
    /// <summary>Not before they have ended.</summary>
    After,

    /// <summary>After them, on an engine where they ran.</summary>
    Follow,
}
