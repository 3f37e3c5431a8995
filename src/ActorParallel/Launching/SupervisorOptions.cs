using ActorParallel.Profiles;

namespace ActorParallel.Launching;

/// <summary>How engines are kept running; see <c>profile.conf</c>.</summary>
internal sealed record SupervisorOptions
{
    public int StartTogether { get; init; } = 4;
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);
    public int MaxRestarts { get; init; } = 10;
    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan RestartBackoff { get; init; } = TimeSpan.FromMilliseconds(100);
    public TimeSpan MaxRestartBackoff { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan StopGracePeriod { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public static SupervisorOptions From(ClusterSettings settings) => new()
    {
        StartTogether = settings.StartTogether,
        StartTimeout = settings.StartTimeout,
        MaxRestarts = settings.MaxRestarts,
        RestartWindow = settings.RestartWindow,
        RestartBackoff = settings.RestartBackoff,
        MaxRestartBackoff = settings.MaxRestartBackoff,
        StopGracePeriod = settings.StopGracePeriod,
        StopTimeout = settings.StopTimeout,
    };

    /// <summary>The wait after an engine died so often within the window: doubling from the base up to the bound, half of it random.</summary>
    /// <remarks>"Equal jitter" of M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.</remarks>
    public TimeSpan BackoffAfter(int deaths)
    {
        var full = Math.Min(RestartBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(deaths - 1, 40)), MaxRestartBackoff.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full / 2 + Random.Shared.NextDouble() * full / 2);
    }
}
