using System.Text;

namespace ActorParallel.TestKit;

/// <summary>What came of a simulated run. Immutable; equal to that of a run of the same options and seed.</summary>
public sealed record SimulationReport
{
    /// <summary>The policy that ran.</summary>
    public required string Policy { get; init; }

    /// <summary>The seed of the run.</summary>
    public required long Seed { get; init; }

    /// <summary>Of everything the scheduler decided and when: runs with the same number went alike, step for step.</summary>
    public required ulong TraceHash { get; init; }

    /// <summary>From the start to the end of the last task, or to now if some haven't ended.</summary>
    public required TimeSpan Makespan { get; init; }

    /// <summary>Tasks that were submitted.</summary>
    public required int Submitted { get; init; }

    /// <summary>By state.</summary>
    internal ValueList<int> Counts { get; init; } = ValueList<int>.Empty;

    /// <summary>Tasks that ended in this way, or are in this state.</summary>
    /// <param name="state">The state.</param>
    public int Count(TaskState state) => Counts[(int)state];

    /// <summary>Tasks that ended well.</summary>
    public int Succeeded => Count(TaskState.Succeeded);

    /// <summary>Tasks that haven't ended.</summary>
    public int Unfinished => Submitted - Ended;

    /// <summary>Tasks that ended in whatever way.</summary>
    public required int Ended { get; init; }

    /// <summary>Tasks whose end was told more than once. There should be none.</summary>
    public required int EndedTwice { get; init; }

    /// <summary>Tasks that ended in a second, over the makespan.</summary>
    public double Throughput => Makespan > TimeSpan.Zero ? Ended / Makespan.TotalSeconds : 0;

    /// <summary>From a task's submission to its first start, of those submitted after the warm-up that started.</summary>
    public required TimeStatistics Waiting { get; init; }

    /// <summary>From a task's submission to its end, of those submitted after the warm-up that ended.</summary>
    public required TimeStatistics Response { get; init; }

    /// <summary>The response time over the time that the task takes on an engine of speed 1: what waiting did to it.</summary>
    public required LevelStatistics Slowdown { get; init; }

    /// <summary>Tasks that wait for a worker, at the controller or at an engine, over time after the warm-up.</summary>
    public required LevelStatistics QueueLength { get; init; }

    /// <summary>How long the task that has waited longest has waited, over time after the warm-up.</summary>
    public required TimeStatistics QueueAge { get; init; }

    /// <summary>The share of the time after the warm-up that the workers that were there ran attempts, 0 to 1.</summary>
    public required double Utilisation { get; init; }

    /// <summary>The share of what the workers ran after the warm-up that came to nothing: it failed, was lost with its engine, or was a copy that came second.</summary>
    public required double Wasted { get; init; }

    /// <summary>At place i the share of the engines' time after the warm-up with at least i tasks at the engine, running or queued there.</summary>
    public required IReadOnlyList<double> LoadTail { get; init; }

    /// <summary>
    /// How evenly the clients shared the workers while all of them had tasks waiting: Jain's index of their worker time, 1 / clients (one has all) to
    /// 1 (all have the same). 1 when there was no such time. R. Jain, D. Chiu, W. Hawe, "A quantitative measure of fairness and discrimination for
    /// resource allocation in shared computer systems", DEC TR-301, 1984.
    /// </summary>
    public required double Fairness { get; init; }

    /// <summary>Attempts that were assigned to engines.</summary>
    public required long Attempts { get; init; }

    /// <summary>Attempts that ended with an exception.</summary>
    public required long FailedAttempts { get; init; }

    /// <summary>Attempts that were lost with their engines while they ran.</summary>
    public required long LostAttempts { get; init; }

    /// <summary>Tasks that were asked back from an engine before they started.</summary>
    public required long Recalls { get; init; }

    /// <summary>Second copies that were started.</summary>
    public required long SecondCopies { get; init; }

    /// <summary>Engines that joined, those that came back counted again.</summary>
    public required int EnginesJoined { get; init; }

    /// <summary>Engines that died.</summary>
    public required int EnginesDied { get; init; }

    /// <summary>Engines that drained and left.</summary>
    public required int EnginesLeft { get; init; }

    /// <summary>Each engine, by id.</summary>
    public required IReadOnlyList<EngineReport> Engines { get; init; }

    /// <summary>Each client, by number.</summary>
    public required IReadOnlyList<ClientReport> Clients { get; init; }

    /// <summary>A few hundred moments of the run, evenly spaced but where nothing happened.</summary>
    public required IReadOnlyList<SimulationMoment> Moments { get; init; }

    /// <summary>Each task, if <see cref="SimulatedClusterOptions.KeepTasks"/> asked for it; otherwise empty.</summary>
    public required IReadOnlyList<TaskReport> TaskReports { get; init; }

    /// <summary>The run in a dozen lines.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        void Line(string name, string value) => text.Append(name.PadRight(13)).AppendLine(value);
        var ends = string.Join(", ", Enum.GetValues<TaskState>().Where(s => Count(s) > 0).Select(s => $"{ReportText.Of((long)Count(s))} {Words(s)}"));
        var (joined, died, left) = (EnginesJoined, EnginesDied, EnginesLeft);
        Line("run", $"{Policy}, seed {Seed}, trace {TraceHash:x16}");
        Line("tasks", $"{ReportText.Of((long)Submitted)}{(ends.Length > 0 ? ": " + ends : "")}{(EndedTwice > 0 ? $"; {EndedTwice} ENDED TWICE" : "")}");
        Line("makespan", $"{ReportText.Of(Makespan)}, {ReportText.Of(Throughput)} tasks/s");
        Line("waiting", Waiting.ToString());
        Line("response", Response.ToString());
        Line("slowdown", Slowdown.ToString());
        Line("queue", QueueLength.ToString());
        Line("oldest", QueueAge.ToString());
        Line("utilisation", $"{ReportText.Percent(Utilisation)}{BusiestAndIdlest()}; {ReportText.Percent(Wasted)} of the work wasted");
        Line("fairness", $"{ReportText.Of(Fairness)} between {Clients.Count} client{(Clients.Count == 1 ? "" : "s")}");
        Line("attempts", $"{ReportText.Of(Attempts)}; {ReportText.Of(FailedAttempts)} failed, {ReportText.Of(LostAttempts)} lost, {ReportText.Of(SecondCopies)} second copies; {ReportText.Of(Recalls)} tasks asked back");
        Line("engines", $"{ReportText.Of((long)joined)} joined, {ReportText.Of((long)died)} died, {ReportText.Of((long)left)} left");
        return text.ToString().TrimEnd();
    }

    string BusiestAndIdlest() => Engines.Count < 2
        ? ""
        : $" ({ReportText.Percent(Engines.Min(static e => e.Utilisation))} to {ReportText.Percent(Engines.Max(static e => e.Utilisation))} by engine)";

    static string Words(TaskState state) => state == TaskState.TimedOut ? "timed out" : state.ToString().ToLowerInvariant();
}
