using System.Collections.Concurrent;
using System.Diagnostics;
using ActorParallel.Telemetry;

namespace ActorParallel.Hosting.Tests;

/// <summary>Whoever listens hears all of the process: these run alone.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class TraceTests : IDisposable
{
    readonly ConcurrentQueue<Activity> _ended = new();
    readonly ActivityListener _listener;

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is ParallelTelemetry.ActivitySourceName or "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    static readonly ActivitySource s_source = new("test");

    static Activity Root() => s_source.StartActivity("root")!;

    Activity[] Of(Activity root, string name) => [.. _ended.Where(a => a.TraceId == root.TraceId && a.OperationName == $"actorparallel.{name}").OrderBy(a => a.StartTimeUtc)];

    async Task<Activity[]> Of(Activity root, string name, int count)
    {
        await Soon.Until(() => Of(root, name).Length >= count, $"{count} spans '{name}' have ended");
        var spans = Of(root, name);
        Assert.Equal(count, spans.Length);
        return spans;
    }

    static string? Here() => Activity.Current?.TraceId.ToHexString();

    [Fact]
    public async Task A_task_on_threads_is_three_spans_of_its_caller_s_trace()
    {
        using var pool = new ParallelPool(1);
        using var root = Root();
        Assert.Equal(root.TraceId.ToHexString(), await pool.With(label: "report").ApplyAsync(Here));
        var submit = Assert.Single(await Of(root, "submit", 1));
        Assert.Equal((ActivityKind.Producer, root.SpanId), (submit.Kind, submit.ParentSpanId));
        Assert.Equal(("report", "threads"), (submit.GetTagItem("actorparallel.task.label"), submit.GetTagItem("actorparallel.executor")));
        var queue = Assert.Single(await Of(root, "queue", 1));
        var attempt = Assert.Single(await Of(root, "attempt", 1));
        Assert.Equal((submit.SpanId, submit.SpanId), (queue.ParentSpanId, attempt.ParentSpanId));
        Assert.Equal((ActivityKind.Consumer, 1), (attempt.Kind, attempt.GetTagItem("actorparallel.attempt")));
        Assert.Equal(submit.GetTagItem("actorparallel.task.id"), attempt.GetTagItem("actorparallel.task.id"));
        Assert.Empty(Of(root, "retry"));
    }

    [Fact]
    public async Task Each_task_is_in_its_own_caller_s_trace()
    {
        using var pool = new ParallelPool(1);
        for (var i = 0; i < 4; i++)
        {
            using var root = Root();
            var expected = root.TraceId.ToHexString();
            Assert.Equal(expected, await pool.ApplyAsync(Here));
            Assert.Equal(expected, await pool.ApplyAsync(async () =>
            {
                await Task.Yield();
                return Here();
            }));
            Assert.Equal([expected, expected], await pool.MapAsync(_ => Here(), Enumerable.Range(0, 2)));
            Assert.Same(root, Activity.Current);
            await Of(root, "submit", 3);
            Assert.All(await Of(root, "queue", 3), q => Assert.True(q.Duration >= TimeSpan.Zero));
        }
    }

    [Fact]
    public async Task A_retry_is_a_span_between_attempts_on_threads()
    {
        using var pool = new ParallelPool(new ParallelPoolOptions { Workers = 1, RetryBackoff = TimeSpan.FromMilliseconds(1) });
        using var root = Root();
        Assert.Equal(3, await pool.With(retries: 2).ApplyAsync(ThirdTime));
        var attempts = await Of(root, "attempt", 3);
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Error, ActivityStatusCode.Unset], attempts.Select(a => a.Status));
        Assert.Equal("System.InvalidOperationException", attempts[0].GetTagItem("error.type"));
        await Of(root, "retry", 2);
        await Of(root, "queue", 1);
    }

    static int ThirdTime() => TaskContext.Current!.Attempt is var attempt and >= 3 ? attempt : throw new InvalidOperationException("not yet");

    [Fact]
    public async Task The_trace_goes_with_the_task_into_another_process()
    {
        using var pool = ParallelPool.Processes(1, new ParallelPoolOptions { RetryBackoff = TimeSpan.FromMilliseconds(1) });
        using var root = Root();
        root.TraceStateString = "vendor=1";
        var (trace, state, name, process) = await pool.ApplyAsync(() => (Here(), Activity.Current?.TraceStateString, Activity.Current?.OperationName, Environment.ProcessId)).AsTask().WaitAsync(Soon.Patience);
        Assert.Equal((root.TraceId.ToHexString(), "vendor=1", "actorparallel.run"), (trace, state, name));
        Assert.NotEqual(Environment.ProcessId, process);
        Assert.Equal(root.TraceId.ToHexString(), await pool.ApplyAsync(async () =>
        {
            await Task.Yield();
            return Here();
        }));
        var submit = await Of(root, "submit", 2);
        var attempt = (await Of(root, "attempt", 2))[0];
        Assert.Equal((submit[0].SpanId, "processes"), (attempt.ParentSpanId, attempt.GetTagItem("actorparallel.executor")));
        await Of(root, "queue", 2);
        Assert.Equal(2, await pool.With(retries: 1).ApplyAsync(SecondTime));
        var attempts = await Of(root, "attempt", 4);
        Assert.Equal(ActivityStatusCode.Error, attempts[2].Status);
        await Of(root, "retry", 1);
    }

    static int SecondTime() => TaskContext.Current!.Attempt is var attempt and >= 2 ? attempt : throw new InvalidOperationException("not yet");

    [Fact]
    public async Task A_listener_in_the_other_process_records_the_run_there()
    {
        using var pool = ParallelPool.Processes(1, new ParallelPoolOptions { Initializer = ListenThere });
        using var root = Root();
        Assert.True(await pool.ApplyAsync(() => Activity.Current!.Recorded && Activity.Current.Source.Name == ParallelTelemetry.ActivitySourceName).AsTask().WaitAsync(Soon.Patience));
        var run = await pool.ApplyAsync(() => EngineSpans.Last);
        var submit = (await Of(root, "submit", 2)).Select(s => s.SpanId.ToHexString());
        Assert.Contains(run, submit);
    }

    static void ListenThere() => ActivitySource.AddActivityListener(new ActivityListener
    {
        ShouldListenTo = static source => source.Name == ParallelTelemetry.ActivitySourceName,
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = static a => EngineSpans.Last = a.ParentSpanId.ToHexString(),
    });

    static class EngineSpans
    {
        public static string Last { get; set; } = "";
    }

    [Fact]
    public async Task The_trace_goes_through_a_cluster()
    {
        await using var cluster = await ParallelCluster.StartAsync(engines: 1, cancellationToken: TestContext.Current.CancellationToken);
        await using var client = await cluster.ConnectAsync(TestContext.Current.CancellationToken);
        await client.WaitForEnginesAsync(1, Soon.Patience, TestContext.Current.CancellationToken);
        using var root = Root();
        var expected = root.TraceId.ToHexString();
        Assert.Equal(expected, await client.LoadBalancedView().ApplyAsync(Here).AsTask().WaitAsync(Soon.Patience));
        Assert.Equal([expected], await client.DirectView().ApplyAsync(Here));
        await Of(root, "submit", 2);
        Assert.All(await Of(root, "attempt", 2), a => Assert.Equal("cluster", a.GetTagItem("actorparallel.executor")));
        Assert.Equal(2, await client.LoadBalancedView().With(retries: 1).ApplyAsync(SecondTime).AsTask().WaitAsync(Soon.Patience));
        var attempts = await Of(root, "attempt", 4);
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset], attempts[2..].Select(a => a.Status));
        Assert.Equal([1, 2], attempts[2..].Select(a => a.GetTagItem("actorparallel.attempt")));
        await Of(root, "retry", 1);
    }
}

[Collection(nameof(Alone))]
public sealed class NoTelemetryTests
{
    [Fact]
    public async Task Nothing_is_made_when_nobody_listens()
    {
        Assert.False(Instruments.IsOn);
        using var pool = new ParallelPool(1);
        var result = pool.ApplyAsync(() => Activity.Current is null);
        Assert.True(await result);
        Assert.False(result.IsObserved);
        Assert.Null(result.ControlIfAny?.Trace);
        using var processes = ParallelPool.Processes(1);
        Assert.True(await processes.ApplyAsync(() => Activity.Current is null).AsTask().WaitAsync(Soon.Patience));
    }
}
