namespace ActorParallel.Terminal;

/// <summary>One row: a result, or several counted together.</summary>
internal sealed class ProgressRow(string title, IReadOnlyList<AsyncResult> results)
{
    internal string Title => title;

    internal ProgressRow(AsyncResult result, string? title)
        : this(title ?? result.Label ?? result.Id, [result])
    {
    }

    /// <summary>What <see cref="Look"/> saw last.</summary>
    internal ProgressSnapshot Seen { get; private set; }

    internal ProgressSnapshot Look() => Seen = results.Count == 1 ? One(results[0]) : Together();

    static ProgressSnapshot One(AsyncResult result)
    {
        // Asked before the numbers: what is ready keeps them.
        var ready = result.Ready;
        var progress = result.Progress;
        var failed = result.Error is ParallelMapException map ? map.Errors.Count : 0;
        // A single task has no items: what it reported of itself is all there is.
        var single = progress.Total == 1;
        return new ProgressSnapshot(progress, Items: !single, ready, failed, ready && (single || failed == 0) ? Ending(result.State) : null);
    }

    ProgressSnapshot Together()
    {
        var (ended, failed, fraction, elapsed) = (0, 0, 0.0, TimeSpan.Zero);
        foreach (var result in results)
        {
            var ready = result.Ready;
            if (ready) ended++;
            if (ready && result.State != TaskState.Succeeded) failed++;
            fraction += ready ? 1 : result.Progress.Fraction ?? 0;
            if (result.Elapsed > elapsed) elapsed = result.Elapsed;
        }
        var done = results.Count == 0 ? 1 : fraction / results.Count;
        var rate = elapsed > TimeSpan.Zero ? ended / elapsed.TotalSeconds : 0;
        TimeSpan? left = done >= 1 ? TimeSpan.Zero : done > 0 ? elapsed * ((1 - done) / done) : null;
        var progress = new TaskProgress(ended, results.Count, done, elapsed, rate, left);
        return new ProgressSnapshot(progress, Items: true, ended == results.Count, failed, null);
    }

    static string? Ending(TaskState state) => state switch
    {
        TaskState.Succeeded => null,
        TaskState.Failed => "failed",
        TaskState.Cancelled => "cancelled",
        TaskState.TimedOut => "timed out",
        TaskState.Lost => "lost",
        TaskState.Quarantined => "quarantined",
        _ => "could not run",
    };
}

/// <summary>What a row shows now.</summary>
/// <param name="Progress">The numbers.</param>
/// <param name="Items">Whether they count items.</param>
/// <param name="Ready">Whether all of it has ended.</param>
/// <param name="Failed">How many items failed.</param>
/// <param name="Ending">How it ended when not with a value, in words.</param>
internal readonly record struct ProgressSnapshot(TaskProgress Progress, bool Items, bool Ready, int Failed, string? Ending);
