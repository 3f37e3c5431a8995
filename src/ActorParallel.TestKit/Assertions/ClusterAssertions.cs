namespace ActorParallel.TestKit;

/// <summary>What should be so of results and of clusters. Each returns what it was asked of, so that several can be said in a row.</summary>
public static class ClusterAssertions
{
    /// <summary>The result ends so soon, in whatever way.</summary>
    /// <param name="result">The result.</param>
    /// <param name="limit">The longest to wait from now.</param>
    /// <typeparam name="T">Its type.</typeparam>
    /// <exception cref="ParallelAssertionException">It hasn't ended then.</exception>
    public static async Task<T> ShouldEndWithin<T>(this T result, TimeSpan limit)
        where T : AsyncResult
    {
        ArgumentNullException.ThrowIfNull(result);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = result.OnCompleted(_ => ended.TrySetResult());
        try
        {
            await ended.Task.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new ParallelAssertionException($"{Name(result)} should have ended within {ReportText.Of(limit)}, and is {result.State}.", e);
        }
        return result;
    }

    /// <summary>The result ends so soon, and well.</summary>
    /// <param name="result">The result.</param>
    /// <param name="limit">The longest to wait from now.</param>
    /// <typeparam name="T">Its type.</typeparam>
    /// <exception cref="ParallelAssertionException">It hasn't ended then, or ended otherwise.</exception>
    public static async Task<T> ShouldSucceedWithin<T>(this T result, TimeSpan limit)
        where T : AsyncResult
    {
        await result.ShouldEndWithin(limit).ConfigureAwait(false);
        return result.Successful
            ? result
            : throw new ParallelAssertionException($"{Name(result)} should have succeeded, and ended {result.State}: {result.Error?.Message}", result.Error);
    }

    /// <summary>Every task that reached the controller has ended, and its client was told so once.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <exception cref="ParallelAssertionException">One hasn't, or was told twice.</exception>
    public static InProcessCluster ShouldEndEveryTaskExactlyOnce(this InProcessCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var tasks = cluster.Tasks;
        Check([.. tasks.Where(static t => t.Ends == 0)], "Every task should have ended", "haven't", tasks.Count);
        Check([.. tasks.Where(static t => t.Ends > 1)], "Every task should have ended once", "ended more often", tasks.Count);
        return cluster;
    }

    /// <summary>The task has ended, and its client was told so once.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="result">The task's result.</param>
    /// <exception cref="ParallelAssertionException">It hasn't, or was told twice, or is none of this cluster's.</exception>
    public static InProcessTask ShouldEndExactlyOnce(this InProcessCluster cluster, AsyncResult result)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(result);
        return cluster.Tasks.FirstOrDefault(t => t.Id == result.Id) is { } task
            ? task.Ends == 1 ? task : throw new ParallelAssertionException($"{Name(result)} should have ended once: {task}.")
            : throw new ParallelAssertionException($"{Name(result)} did not reach the controller of this cluster.");
    }

    /// <summary>Every task that reached the controller has ended, and none was lost.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <exception cref="ParallelAssertionException">One hasn't, or was.</exception>
    public static InProcessCluster ShouldLoseNothing(this InProcessCluster cluster)
    {
        cluster.ShouldEndEveryTaskExactlyOnce();
        var tasks = cluster.Tasks;
        Check([.. tasks.Where(static t => t.State == TaskState.Lost)], "No task should be lost", "are", tasks.Count);
        return cluster;
    }

    static void Check(InProcessTask[] wrong, string should, string but, int all)
    {
        const int shown = 5;
        if (wrong.Length > 0)
            throw new ParallelAssertionException(
                $"{should}, and {wrong.Length} of {all} {but}: {string.Join("; ", wrong.Take(shown))}{(wrong.Length > shown ? "; …" : "")}.");
    }

    static string Name(AsyncResult result) => $"Task {result.Id}{(result.Label is { } label ? $" ('{label}')" : "")}";
}
