namespace ActorParallel;

/// <summary>Results that a task comes after, and how they must have ended. Immutable.</summary>
public sealed class TaskDependency
{
    TaskDependency(IEnumerable<AsyncResult> results, bool follows, bool all, bool onSuccess, bool onFailure)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (!onSuccess && !onFailure)
            throw new ArgumentException("A dependency must be met by success, by failure or by both: give at least one of them as true.", nameof(onSuccess));
        Results = [.. results];
        if (Results.Contains(null!)) throw new ArgumentException("One of the results is null.", nameof(results));
        (Follows, All, OnSuccess, OnFailure) = (follows, all, onSuccess, onFailure);
    }

    /// <summary>The results.</summary>
    public IReadOnlyList<AsyncResult> Results { get; }

    /// <summary>Whether the task must run where they ran.</summary>
    public bool Follows { get; }

    /// <summary>Whether all of them must have ended so, or any one.</summary>
    public bool All { get; }

    /// <summary>Whether succeeding meets it.</summary>
    public bool OnSuccess { get; }

    /// <summary>Whether ending in any other way meets it.</summary>
    public bool OnFailure { get; }

    /// <summary>Not before results have ended.</summary>
    /// <param name="results">The results.</param>
    /// <param name="all">All of them (default), or any one.</param>
    /// <param name="onSuccess">Succeeding meets it. Default true.</param>
    /// <param name="onFailure">Ending in any other way meets it. Default false.</param>
    /// <returns>The dependency.</returns>
    /// <exception cref="ArgumentException">Neither success nor failure would meet it, or a result is null.</exception>
    public static TaskDependency After(IEnumerable<AsyncResult> results, bool all = true, bool onSuccess = true, bool onFailure = false) =>
        new(results, false, all, onSuccess, onFailure);

    /// <summary>Not before results have ended, and on an engine where they ran. With <paramref name="all"/> they must all have run on the same one.</summary>
    /// <inheritdoc cref="After" path="/param"/>
    /// <inheritdoc cref="After" path="/returns"/>
    /// <inheritdoc cref="After" path="/exception"/>
    public static TaskDependency Follow(IEnumerable<AsyncResult> results, bool all = true, bool onSuccess = true, bool onFailure = false) =>
        new(results, true, all, onSuccess, onFailure);

    internal bool IsMetBy(AsyncResult ended) => ended.State == TaskState.Succeeded ? OnSuccess : OnFailure;
}
