namespace ActorParallel.Telemetry;

/// <summary>What an executor has to do at one moment.</summary>
/// <param name="Waiting">Tasks that wait: for a worker, for their next attempt, or for others.</param>
/// <param name="Running">Tasks that run.</param>
/// <param name="QueueAge">How long the one that is first in the queue has waited since it was submitted.</param>
/// <param name="Workers">How many tasks can run at the same time now.</param>
/// <param name="Engines">How many engines there are; threads of this process are one.</param>
internal readonly record struct ExecutorLoad(long Waiting, int Running, TimeSpan QueueAge, int Workers, int Engines)
{
    public long Outstanding => Waiting + Running;

    /// <summary>Counts results that are in flight elsewhere: no engine tells of short tasks that they have begun.</summary>
    public static ExecutorLoad Of(IEnumerable<AsyncResult> results, int workers, int engines)
    {
        var now = Results.Clock.Now;
        long waiting = 0;
        int due = 0, running = 0;
        var oldest = TimeSpan.Zero;
        foreach (var result in results)
        {
            var state = result.State;
            if (state.IsFinal()) continue;
            if (state == TaskState.Running)
            {
                running++;
                continue;
            }
            // A cluster's client is not told which of them an engine has.
            if (state is TaskState.Ready or TaskState.Assigned) due++;
            else waiting++;
            var age = Results.Clock.Between(result.SubmittedAt, now);
            if (age > oldest && (state == TaskState.Ready || (state == TaskState.Assigned && age > s_told))) oldest = age;
        }
        // As many as there are workers run; the others are behind them.
        var begun = Math.Clamp(workers - running, 0, due);
        return new ExecutorLoad(waiting + due - begun, running + begun, oldest, workers, engines);
    }

    // By then an engine has told that a task has begun.
    static readonly TimeSpan s_told = TimeSpan.FromSeconds(2);
}

/// <summary>Asks an executor's actor for its load, which answers in its turn.</summary>
internal sealed class LoadRequest
{
    readonly TaskCompletionSource<ExecutorLoad> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ExecutorLoad> Answer => _answer.Task;

    public void Reply(ExecutorLoad load) => _answer.TrySetResult(load);
}
