namespace ActorParallel.TestKit;

/// <summary>What an <see cref="InProcessCluster"/> saw of one task. Immutable.</summary>
/// <param name="Id">Its id, as <see cref="AsyncResult.Id"/> has it.</param>
/// <param name="Attempts">How often it was given to an engine; the same attempt told again counts once.</param>
/// <param name="Engines">Those engines.</param>
/// <param name="Ends">How often a controller told its client that it ended; the same batch sent again counts once.</param>
/// <param name="State">How it ended; null if its client hasn't heard of that.</param>
public sealed record InProcessTask(string Id, int Attempts, IReadOnlyList<int> Engines, int Ends, TaskState? State)
{
    /// <summary>In one line.</summary>
    public override string ToString() =>
        $"task {Id}: {Attempts} attempts on engines {string.Join(", ", Engines)}, {(State is { } state ? $"ended {state}" : "not ended")}{(Ends > 1 ? $" {Ends} times" : "")}";
}
