/// <summary>What to choose when. Each sentence takes its numbers from the figures, and stands only if they bear it out.</summary>
static class Conclusion
{
    public static IEnumerable<(bool Holds, string Sentence)> Of(IReadOnlyList<Case> policies, IReadOnlyList<Case> loads, IReadOnlyList<Case> marks, IReadOnlyList<Case> copies)
    {
        Case At(Dispatch dispatch, string policy) => policies.Single(c => c.Dispatch == dispatch && c.Policy == policy);

        var adaptive = policies.Where(c => c.Dispatch == Dispatch.Adaptive).OrderBy(c => c.P99).ToArray();
        yield return (
            adaptive[^1].P99 <= adaptive[0].P99 * 1.5,
            $"Leave the defaults as they are and the policy hardly matters: from the best ({adaptive[0].Policy}) to the worst ({adaptive[^1].Policy}) the 99% slowdown differs by {Text.Percent(adaptive[^1].P99 / adaptive[0].P99 - 1)}. Long tasks wait at the controller, and go to whoever is free.");

        var own = At(Dispatch.OwnQueues, "least-load");
        var (ahead, queued) = (Worst(policies, Dispatch.SentAhead), Worst(policies, Dispatch.OwnQueues));
        yield return (
            queued.Report.Slowdown.Mean > 5 * ahead.Report.Slowdown.Mean,
            $"If you send tasks ahead, let idle engines ask them back: with four a worker the worst policy ({ahead.Policy}) still has a mean slowdown of {Text.Of(ahead.Report.Slowdown.Mean)}; where a task stays at the engine it was given to, the worst ({queued.Policy}) has {Text.Of(queued.Report.Slowdown.Mean)}, for what is queued behind a long task waits for it.");

        var (random, two) = (At(Dispatch.OwnQueues, "random"), At(Dispatch.OwnQueues, "two-choices"));
        yield return (
            random.Report.Slowdown.Mean > two.Report.Slowdown.Mean * 1.5 && random.Report.Slowdown.Mean - two.Report.Slowdown.Mean > two.Report.Slowdown.Mean - own.Report.Slowdown.Mean,
            $"Where tasks can't be held back, look at two engines at least: one random choice has a mean slowdown of {Text.Of(random.Report.Slowdown.Mean)}, two {Text.Of(two.Report.Slowdown.Mean)}, all of them (least-load) {Text.Of(own.Report.Slowdown.Mean)}.");

        var turns = At(Dispatch.OwnQueues, "round-robin");
        yield return (
            turns.Report.Slowdown.Mean > two.Report.Slowdown.Mean * 1.5,
            $"Don't take turns with tasks of unequal length: round-robin has a mean slowdown of {Text.Of(turns.Report.Slowdown.Mean)}, for it doesn't see who is behind.");

        var (easy, busy) = (Mean(loads, "least-load", loads.Min(c => c.Load)), Mean(loads, "least-load", loads.Max(c => c.Load)));
        yield return (
            busy > easy && busy < Mean(loads, "two-choices", loads.Min(c => c.Load)),
            $"With least-load there, a busy cluster (load {Text.Percent(loads.Max(c => c.Load))}, mean slowdown {Text.Of(busy)}) serves its tasks better than a half empty one with two choices ({Text.Of(Mean(loads, "two-choices", loads.Min(c => c.Load)))}): choose well before you buy engines.");

        var most = marks.Max(c => c.Report.Utilisation);
        var enough = marks.First(c => c.Mark is not null && c.Report.Utilisation >= 0.95 * most);
        var byItself = marks.Single(c => c.Mark is null);
        yield return (
            enough.Mark > 1 && byItself.Report.Utilisation >= 0.95 * most,
            $"Send short tasks ahead: with a mark of 1 the workers are busy for {Text.Percent(marks[0].Report.Utilisation)}, from {enough.Mark} on for {Text.Percent(enough.Report.Utilisation)}. The adaptive mark finds it by itself ({Text.Percent(byItself.Report.Utilisation)}).");

        var (none, best) = (copies[0], copies.MinBy(c => c.Report.Makespan)!);
        yield return (
            best.Report.Makespan < none.Report.Makespan * 0.9,
            $"Mark tasks idempotent where attempts can be slow by bad luck: second copies on {Text.Percent(best.CopyShare)} of the workers cut the makespan from {none.Report.Makespan.TotalSeconds:0.0} s to {best.Report.Makespan.TotalSeconds:0.0} s, and {Text.Percent(best.Report.Wasted)} of the work is done in vain.");
    }

    static Case Worst(IReadOnlyList<Case> policies, Dispatch dispatch) => policies.Where(c => c.Dispatch == dispatch).MaxBy(c => c.Report.Slowdown.Mean)!;

    static double Mean(IReadOnlyList<Case> loads, string policy, double load) => loads.Single(c => c.Load == load && c.Policy == policy).Report.Slowdown.Mean;
}
