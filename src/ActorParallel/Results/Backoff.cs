namespace ActorParallel.Results;

/// <summary>How long to wait before the next attempt.</summary>
internal static class Backoff
{
    /// <summary>The wait before attempt <paramref name="attempt"/>+1: doubling from the base, up to the bound, half of it random.</summary>
    /// <remarks>"Equal jitter" of M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.</remarks>
    public static TimeSpan After(int attempt, TimeSpan first, TimeSpan most)
    {
        var full = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 40)), most.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full / 2 + Random.Shared.NextDouble() * full / 2);
    }
}
