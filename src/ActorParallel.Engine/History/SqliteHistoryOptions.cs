namespace ActorParallel.History;

/// <summary>The bounds of a history in a file.</summary>
internal sealed record SqliteHistoryOptions
{
    /// <summary>The file's full path; it is made if it is missing.</summary>
    public required string Path { get; init; }

    public long MaxRecords { get; init; } = 1_000_000;

    /// <summary>Records of tasks submitted longer ago are deleted; null keeps them.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Records that wait for the disk; more are dropped, and counted.</summary>
    public int QueueRecords { get; init; } = 100_000;

    public long QueueBytes { get; init; } = 64L * 1024 * 1024;
}
