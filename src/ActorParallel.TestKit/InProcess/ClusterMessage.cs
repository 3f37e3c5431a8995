namespace ActorParallel.TestKit;

/// <summary>A message that passed between two parties of an <see cref="InProcessCluster"/>. Immutable.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="Kind">What it is: a link's batch, beat or gap, or a registration.</param>
/// <param name="Entries">What the batch holds, such as <c>Submit</c>, <c>Task</c>, <c>Finished</c>, <c>Ended</c>.</param>
/// <param name="Dropped">A fault kept it from arriving.</param>
public sealed record ClusterMessage(Party From, Party To, string Kind, IReadOnlyList<string> Entries, bool Dropped)
{
    /// <summary>In one line.</summary>
    public override string ToString() => $"{From} to {To}: {Kind}{(Entries.Count > 0 ? $" ({string.Join(", ", Entries)})" : "")}{(Dropped ? ", dropped" : "")}";
}
