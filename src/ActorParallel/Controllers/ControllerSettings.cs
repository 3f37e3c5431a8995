using ActorParallel.Profiles;
using ActorParallel.Scheduling;
using Akka.Configuration;

namespace ActorParallel.Controllers;

/// <summary>How a cluster's controller schedules and remembers. See the profile's configuration for what each is.</summary>
internal sealed record ControllerSettings
{
    public string Policy { get; init; } = "least-load";

    public int HighWaterMark { get; init; }

    public int EngineLossRetries { get; init; } = 3;

    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan MaxRetryBackoff { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan CancelGracePeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an engine may be out of touch before its tasks run elsewhere.</summary>
    public TimeSpan EngineTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may be out of touch before it counts as gone.</summary>
    public TimeSpan ClientTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many ended tasks are kept with their results, to be asked for again or run again.</summary>
    public int KeptResults { get; init; } = 10_000;

    /// <summary>How many bytes of them.</summary>
    public long KeptBytes { get; init; } = 64 << 20;

    /// <summary>The largest value that travels in a message between processes of one machine, in bytes.</summary>
    public int InlineLimit { get; init; } = 64 << 10;

    /// <summary>Where the history is: memory or sqlite.</summary>
    public string History { get; init; } = "memory";

    public int HistoryRecords { get; init; } = 10_000;

    /// <exception cref="ConfigurationException">A value can't be used; the message names its key.</exception>
    public static ControllerSettings From(Config config)
    {
        var reader = new SettingsReader(config.WithFallback(ProfileConfig.Reference), ProfileConfig.Section);
        return new ControllerSettings
        {
            Policy = reader.Choice("policy", [.. SchedulingPolicy.Names]),
            HighWaterMark = reader.Number("high-water-mark", 0),
            EngineLossRetries = reader.Number("engine-loss-retries", 0),
            RetryBackoff = reader.Time("retry-backoff"),
            MaxRetryBackoff = reader.Time("max-retry-backoff"),
            CancelGracePeriod = reader.Time("cancel-grace-period"),
            EngineTimeout = reader.Time("engine-timeout"),
            ClientTimeout = reader.Time("client-timeout"),
            KeptResults = reader.Number("kept-results", 0),
            KeptBytes = reader.Bytes("kept-bytes"),
            History = reader.Choice("history", "memory", "sqlite"),
            HistoryRecords = reader.Number("history-records", 0),
        };
    }

    /// <summary>How much of a task's console output is kept, in characters.</summary>
    public int MaxOutput { get; init; } = 256 << 10;
}
