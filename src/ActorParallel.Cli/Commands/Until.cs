using ActorParallel.Transport;

namespace ActorParallel.Cli.Commands;

/// <summary>Waits for conditions that nobody tells of.</summary>
internal static class Until
{
    static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(25);

    /// <summary>False when the time is over first.</summary>
    public static async Task<bool> TrueAsync(Func<bool> condition, TimeSpan longest, CancellationToken cancellationToken)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(s_every);
        while (!condition())
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(started) > longest) return false;
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
        return true;
    }

    /// <summary>Processes of this machine that are there now, told from later ones of the same ids.</summary>
    public static (int Id, long Started)[] Living(IEnumerable<int> ids) =>
        [.. ids.Distinct().Select(id => (id, ProcessIdentity.StartTime(id))).Where(p => p.Item2 is not null).Select(p => (p.id, p.Item2!.Value))];

    public static bool Gone((int Id, long Started)[] processes) => Array.TrueForAll(processes, p => ProcessIdentity.StartTime(p.Id) != p.Started);
}
