namespace ActorParallel.TestKit;

/// <summary>What should be so of a simulated run. Each returns what it was asked of, so that several can be said in a row.</summary>
public static class SimulationAssertions
{
    /// <summary>The task has ended, and its end was told once.</summary>
    /// <param name="task">The task.</param>
    /// <param name="state">How it must have ended; null for in whatever way.</param>
    /// <exception cref="ParallelAssertionException">It hasn't, or otherwise, or more than once.</exception>
    public static SimulatedTask ShouldEndExactlyOnce(this SimulatedTask task, TaskState? state = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Ends == 0)
            throw new ParallelAssertionException($"Task {task.Id} should have ended, and hasn't: {task}.");
        if (task.Ends > 1)
            throw new ParallelAssertionException($"Task {task.Id} should have ended once, and ended {task.Ends} times: {task}.");
        if (state is { } wanted && task.State != wanted)
            throw new ParallelAssertionException($"Task {task.Id} should have ended {wanted}, and ended {task.State}: {task}.");
        return task;
    }

    /// <summary>The task ended so soon after it was submitted.</summary>
    /// <param name="task">The task.</param>
    /// <param name="limit">The longest response time, in virtual time.</param>
    /// <exception cref="ParallelAssertionException">It took longer, or hasn't ended.</exception>
    public static SimulatedTask ShouldEndWithin(this SimulatedTask task, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.EndedAt is not { } end)
            throw new ParallelAssertionException($"Task {task.Id} should have ended within {ReportText.Of(limit)}, and hasn't ended: {task}.");
        if (end - task.SubmittedAt > limit)
            throw new ParallelAssertionException($"Task {task.Id} should have ended within {ReportText.Of(limit)}, and took {ReportText.Of(end - task.SubmittedAt)}: {task}.");
        return task;
    }

    /// <summary>Every task that was submitted has ended, and its end was told once.</summary>
    /// <param name="report">The run.</param>
    /// <exception cref="ParallelAssertionException">One hasn't, or did so twice.</exception>
    public static SimulationReport ShouldEndEveryTaskExactlyOnce(this SimulationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Unfinished > 0)
            throw Not(report, $"Every task should have ended, and {report.Unfinished} of {report.Submitted} haven't");
        if (report.EndedTwice > 0)
            throw Not(report, $"Every task should have ended once, and {report.EndedTwice} of {report.Submitted} ended more often");
        return report;
    }

    /// <summary>Every task that was submitted has ended once, and none because its engines were lost.</summary>
    /// <param name="report">The run.</param>
    /// <exception cref="ParallelAssertionException">One hasn't, or was lost, or ended twice.</exception>
    public static SimulationReport ShouldLoseNothing(this SimulationReport report)
    {
        report.ShouldEndEveryTaskExactlyOnce();
        if (report.Count(TaskState.Lost) is > 0 and var lost)
            throw Not(report, $"No task should be lost, and {lost} of {report.Submitted} are");
        return report;
    }

    /// <summary>Every task that was submitted has ended once, and well.</summary>
    /// <param name="report">The run.</param>
    /// <exception cref="ParallelAssertionException">One hasn't.</exception>
    public static SimulationReport ShouldSucceed(this SimulationReport report)
    {
        report.ShouldEndEveryTaskExactlyOnce();
        if (report.Succeeded < report.Submitted)
            throw Not(report, $"Every task should succeed, and {report.Submitted - report.Succeeded} of {report.Submitted} didn't");
        return report;
    }

    /// <summary>The last task ended so soon.</summary>
    /// <param name="report">The run.</param>
    /// <param name="limit">The longest makespan, in virtual time.</param>
    /// <exception cref="ParallelAssertionException">It took longer, or tasks are left.</exception>
    public static SimulationReport ShouldEndWithin(this SimulationReport report, TimeSpan limit)
    {
        report.ShouldEndEveryTaskExactlyOnce();
        if (report.Makespan > limit)
            throw Not(report, $"The run should take no longer than {ReportText.Of(limit)}, and took {ReportText.Of(report.Makespan)}");
        return report;
    }

    /// <summary>The workers were busy for so large a share of their time.</summary>
    /// <param name="report">The run.</param>
    /// <param name="share">The least share, 0 to 1.</param>
    /// <exception cref="ParallelAssertionException">They were idle for longer.</exception>
    public static SimulationReport ShouldBeBusy(this SimulationReport report, double share)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Utilisation < share)
            throw Not(report, $"The workers should be busy for {ReportText.Percent(share)} of their time, and were for {ReportText.Percent(report.Utilisation)}");
        return report;
    }

    /// <summary>The clients shared the workers evenly while all of them had tasks waiting.</summary>
    /// <param name="report">The run.</param>
    /// <param name="index">The least of Jain's index, 0 to 1.</param>
    /// <exception cref="ParallelAssertionException">One had more than its share.</exception>
    public static SimulationReport ShouldBeFair(this SimulationReport report, double index = 0.95)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Fairness < index)
            throw Not(report, $"The clients should share the workers with a fairness of {ReportText.Of(index)}, and it is {ReportText.Of(report.Fairness)}");
        return report;
    }

    static ParallelAssertionException Not(SimulationReport report, string what) => new($"{what}.{Environment.NewLine}{report}");
}
