namespace ActorParallel;

/// <summary>
/// There is no way to a cluster: no such profile, no cluster in it, a connection file that is stale, unreadable or somebody else's,
/// or a controller that can't be reached from here. The message is one sentence that says what to do.
/// </summary>
public sealed class ClusterConnectionException : Exception
{
    internal ClusterConnectionException(string message, string? profile = null, Exception? innerException = null)
        : base(message, innerException) => Profile = profile;

    /// <summary>The profile that was asked for; null when a connection file was named instead.</summary>
    public string? Profile { get; }
}
