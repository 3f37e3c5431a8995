using ActorParallel.Processes;

namespace ActorParallel.Launching;

/// <summary>What all launchers need to tell of ends.</summary>
internal static class Ended
{
    public static EngineExit From(ChildExit exit) => new(exit.Signal is null ? exit.Code : null, exit.Signal, exit.PeakBytes, exit.ToString());

    /// <summary>Waits, but no longer than this and only until cancelled; never throws.</summary>
    public static async Task Within(Task task, TimeSpan time, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The caller looks at the task.
        }
    }
}
