using ActorParallel.Scheduling;
using static ActorParallel.Scheduling.InstructionKind;

namespace ActorParallel.Tests.Scheduling;

public sealed class RetryTests
{
    static readonly TaskSpec ThreeRetries = new() { Retries = 3, BackoffBase = TimeSpan.FromMilliseconds(100), BackoffMax = TimeSpan.FromMilliseconds(300), Jitter = 0 };

    [Fact]
    public void A_failed_task_without_retries_fails()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1);
        rig.Finish(1, TaskOutcome.Failed).Ends(1, TaskState.Failed, Reason.Exception);
        Assert.Equal(0, rig.Core.InFlight);
    }

    [Fact]
    public void Retries_wait_twice_as_long_each_time_up_to_the_longest()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1, ThreeRetries);
        foreach (var milliseconds in (long[])[100, 200, 300])
        {
            rig.Finish(1, TaskOutcome.Failed);
            Assert.Equal(TaskState.Delayed, rig.StateOf(1));
            Assert.Equal(rig.Now + milliseconds * SchedulerTime.Millisecond, rig.Core.NextDeadline);
            Assert.Empty(rig.Tick(milliseconds * SchedulerTime.Millisecond - 1));
            rig.Tick(1).Goes(1, 0);
        }
        rig.Finish(1, TaskOutcome.Failed).Ends(1, TaskState.Failed, Reason.Exception);
        Assert.Equal([1, 2, 3, 4], rig.All.Where(i => i.Kind == Assign).Select(i => i.Run));
    }

    [Fact]
    public void Jitter_shortens_by_at_most_its_share()
    {
        var spec = new TaskSpec { BackoffBase = TimeSpan.FromSeconds(1), Jitter = 0.5 };
        var random = new Random(3);
        var delays = Enumerable.Range(0, 200).Select(_ => spec.Backoff(1, random)).ToArray();
        Assert.All(delays, d => Assert.InRange(d, SchedulerTime.Second / 2, SchedulerTime.Second));
        Assert.True(delays.Distinct().Count() > 100);
        Assert.Equal(TimeSpan.FromSeconds(30).Ticks, new TaskSpec { Jitter = 0 }.Backoff(int.MaxValue, random));
    }

    [Fact]
    public void A_retry_goes_to_another_engine_if_one_would_start_it_as_soon()
    {
        var spec = new TaskSpec { Retries = 1, BackoffBase = TimeSpan.Zero };
        var rig = new Rig();
        rig.Join(0);
        rig.Join(1);
        rig.Submit(1, spec);
        rig.Submit(2);
        rig.Finish(2);
        rig.Finish(1, TaskOutcome.Failed).Goes(1, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_retry_does_not_wait_for_another_engine(bool another)
    {
        var spec = new TaskSpec { Retries = 1, BackoffBase = TimeSpan.Zero };
        foreach (var policy in (Func<Random, ISchedulingPolicy>[])[static _ => new LeastLoadPolicy(), static _ => new RoundRobinPolicy()])
        {
            var rig = new Rig(new SchedulerOptions { Validate = true, Policy = policy });
            rig.Join(0);
            if (another)
                rig.Join(1);
            rig.Submit(1, spec);
            if (another)
            {
                rig.Submit(2);
                Assert.Equal(1, rig.EngineOf(2));
            }
            rig.Finish(1, TaskOutcome.Failed).Goes(1, 0);
        }
    }

    [Fact]
    public void A_result_counts_only_from_the_attempt_that_holds_the_task()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1);
        rig.Join(1);
        rig.Lose(0);
        Assert.Equal((1, 2), (rig.EngineOf(1), rig.AttemptOf(1)));
        Assert.Empty(rig.Finish(0, 1, 1));
        Assert.Empty(rig.Finish(1, 1, 1));
        Assert.Empty(rig.Finish(0, 1, 2));
        rig.Finish(1, 1, 2).Ends(1, TaskState.Succeeded);
        Assert.Empty(rig.Finish(1, 1, 2));
        Assert.Equal(4, rig.Core.Counters.StaleResults);
    }

    [Fact]
    public void An_old_result_of_an_engine_that_came_back_with_the_same_id_is_refused()
    {
        var rig = new Rig();
        rig.Join(0);
        rig.Submit(1);
        rig.Join(0);
        Assert.Equal(2, rig.AttemptOf(1));
        Assert.Empty(rig.Finish(0, 1, 1));
        rig.Finish(1).Ends(1, TaskState.Succeeded);
    }

    [Fact]
    public void A_result_in_a_batch_says_which_it_was()
    {
        var rig = new Rig();
        rig.Join(0, workers: 3);
        rig.Submit([1, 2, 3]);
        var output = new InstructionList();
        rig.Core.Handle([new TaskFinished(0, 2, 1, TaskOutcome.Succeeded), new TaskFinished(0, 9, 1, TaskOutcome.Succeeded), new TaskFinished(0, 1, 1, TaskOutcome.Failed)], 5, output);
        Assert.Equal([(2, 0), (1, 2)], output.AsSpan().ToArray().Select(i => (i.TaskId, i.Source)));
    }

    [Fact]
    public void Explain_tells_what_became_of_the_attempts()
    {
        var rig = new Rig();
        Assert.Null(rig.Core.Explain(1));
        rig.Submit(1, ThreeRetries);
        Assert.Equal("Task 1 is ready: there is no engine yet.", rig.Core.Explain(1)!.ToString());
        rig.Join(0);
        Assert.Equal("Task 1 runs on engine 0 (attempt 1).", rig.Core.Explain(1)!.ToString());
        rig.Finish(1, TaskOutcome.Failed);
        Assert.Equal("Task 1 waits 100.0 ms more before it runs again. Before that: attempt 1 on engine 0 threw an exception.", rig.Core.Explain(1)!.ToString());
        rig.Tick(SchedulerTime.Second);
        rig.Submit([2, 3, 4, 5]);
        rig.Submit(6, new TaskSpec { Priority = 3 });
        Assert.Equal("Task 3 is queued at engine 0, behind 1 running and 1 queued.", rig.Core.Explain(3)!.ToString());
        Assert.Equal("Task 5 is ready: 1 tasks of higher priority come first, and the 1 engines have no room (4 tasks a worker for tasks like this one).", rig.Core.Explain(5)!.ToString());
        Assert.Contains("engine was lost", rig.Lose(0).Length > 0 ? rig.Core.Explain(1)!.ToString() : "", StringComparison.Ordinal);
    }
}
