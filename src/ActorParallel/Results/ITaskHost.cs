namespace ActorParallel.Results;

/// <summary>What a result needs of the executor that runs its task.</summary>
internal interface ITaskHost
{
    /// <summary>The prefix of its tasks' ids.</summary>
    string Name { get; }

    /// <summary>Tasks run in this process: an outcome is received when it is complete.</summary>
    bool IsLocal { get; }

    /// <summary>For so many ticks of the clock who waits looks for a result before it sleeps.</summary>
    long Linger { get; }

    /// <summary>So many ids that nobody else gets; returns the first.</summary>
    long ReserveSequences(int count);

    /// <summary>Stops a task, by steps; returns at once.</summary>
    void Cancel(AsyncResult result);

    /// <summary>
    /// Waits on behalf of a task of this executor, so that tasks that wait for tasks never use up the workers.
    /// Null when the caller isn't such a task: it just blocks.
    /// </summary>
    bool? WaitInTask(AsyncResult result, TimeSpan timeout);

    /// <summary>When the caller is a task of this executor: its worker's place is free until the result is there.</summary>
    void LendWhileAwaiting(AsyncResult result);

    /// <summary>When the caller is a task of this executor: its worker's place is free until disposed. Otherwise null.</summary>
    IDisposable? LendPlace();
}
