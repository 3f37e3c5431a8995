using ActorParallel.Scheduling;

namespace ActorParallel.Tests.Scheduling;

/// <summary>What an engine does with its instructions: starts tasks in order, one on each worker.</summary>
internal sealed class EngineModel(int id, int workers)
{
    public int Id => id;

    public int Workers => workers;

    /// <summary>In order of arrival; the first ones, as many as there are workers, run.</summary>
    public List<(long Task, int Attempt)> Tasks { get; } = [];

    public HashSet<long> Cancelled { get; } = [];

    public bool Doomed { get; set; }

    public bool Suspended { get; set; }

    /// <summary>What it says when the connection is back about assignments that were lost on the way.</summary>
    public List<TaskFinished> NeverCame { get; } = [];

    public int Running => Math.Min(workers, Tasks.Count);

    public TaskFinished? Recall(long task, int attempt)
    {
        var at = Tasks.IndexOf((task, attempt));
        return at >= workers ? Take(at, TaskOutcome.Returned) : null;
    }

    public TaskFinished? Cancel(long task, int attempt)
    {
        var at = Tasks.IndexOf((task, attempt));
        if (at >= workers)
            return Take(at, TaskOutcome.Cancelled);
        if (at >= 0)
            Cancelled.Add(task);
        return null;
    }

    public TaskFinished Take(int at, TaskOutcome outcome, long run = 0)
    {
        var (task, attempt) = Tasks[at];
        Tasks.RemoveAt(at);
        Cancelled.Remove(task);
        return new TaskFinished(id, task, attempt, outcome, run);
    }
}
