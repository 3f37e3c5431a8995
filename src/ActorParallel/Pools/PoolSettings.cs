namespace ActorParallel.Pools;

/// <summary>A pool's options after code, HOCON and the reference configuration have been put together and checked.</summary>
internal sealed record PoolSettings
{
    public required int Workers { get; init; }
    public required string Router { get; init; }
    public required Action? Initializer { get; init; }
    public required int InitializerTries { get; init; }
    public required int MaxTasksPerWorker { get; init; }
    public required int MaxInFlight { get; init; }
    public required TimeSpan CancelGracePeriod { get; init; }
    public required TimeSpan RetryBackoff { get; init; }
    public required TimeSpan MaxRetryBackoff { get; init; }
    public required TimeSpan DisposeTimeout { get; init; }
    public required int EngineLossRetries { get; init; }
    public required TimeSpan StartTimeout { get; init; }
    public required int StartTries { get; init; }
    public required TimeSpan RestartBackoff { get; init; }
    public required TimeSpan MaxRestartBackoff { get; init; }
    public required long MaxMemoryGrowth { get; init; }
    public required bool ForwardOutput { get; init; }
    public required int MaxOutput { get; init; }
    public required int HighWaterMark { get; init; }
    public required string Transport { get; init; }
    public required int InlineLimit { get; init; }

    /// <summary>The wait before attempt <paramref name="attempt"/>+1.</summary>
    public TimeSpan BackoffAfter(int attempt) => Results.Backoff.After(attempt, RetryBackoff, MaxRetryBackoff);
}
