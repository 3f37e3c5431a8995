using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ActorParallel.Hosting.Tests;

[Collection(nameof(Alone))]
public sealed class MetricTests : IDisposable
{
    readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = new();
    readonly ConcurrentDictionary<string, Instrument> _instruments = new();
    readonly MeterListener _listener = new();

    public MetricTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != ParallelTelemetry.MeterName) return;
            _instruments[instrument.Name] = instrument;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _listener.Start();
    }

    void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument.Name, value, new Dictionary<string, object?>(tags.ToArray())));

    public void Dispose() => _listener.Dispose();

    double Sum(string name, params (string Key, object? Value)[] tags) =>
        _measured.Where(m => m.Name == $"actorparallel.{name}" && tags.All(t => Equals(m.Tags.GetValueOrDefault(t.Key), t.Value))).Sum(m => m.Value);

    Task Counted(double expected, string name, params (string Key, object? Value)[] tags) => Soon.Until(() => Sum(name, tags) >= expected, $"{name} is {expected}, not {Sum(name, tags)}");

    static readonly (string, object?) s_threads = ("actorparallel.executor", "threads"), s_processes = ("actorparallel.executor", "processes");

    static (string, object?) State(string state) => ("actorparallel.task.state", state);

    [Fact]
    public async Task Tasks_are_counted_by_how_they_end()
    {
        using var pool = new ParallelPool(new ParallelPoolOptions { Workers = 1, RetryBackoff = TimeSpan.FromMilliseconds(1) });
        for (var i = 0; i < 3; i++) await pool.ApplyAsync(() => 1);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pool.With(retries: 2).ApplyAsync(Throws));
        using var gate = Signal.New();
        var cancelled = pool.ApplyAsync(gate.Wait);
        await Soon.Until(() => gate.Entered == 1, "it runs");
        cancelled.Cancel();
        await cancelled.WaitAsync(TestContext.Current.CancellationToken);
        await Counted(3, "tasks.ended", s_threads, State("succeeded"));
        await Counted(1, "tasks.ended", s_threads, State("failed"));
        await Counted(1, "tasks.ended", s_threads, State("cancelled"));
        Assert.Equal(5, Sum("tasks.submitted", s_threads));
        Assert.Equal(5, Sum("tasks.ended", s_threads));
        Assert.Equal(2, Sum("tasks.retried", s_threads, ("actorparallel.retry.reason", "failed")));
        Assert.Equal(5, _measured.Count(m => m.Name == "actorparallel.task.duration"));
        Assert.Equal(5, _measured.Count(m => m.Name == "actorparallel.task.queue_time"));
    }

    static int Throws() => throw new InvalidOperationException("always");

    [Fact]
    public async Task Lost_processes_and_bytes_are_counted()
    {
        using var pool = ParallelPool.Processes(1);
        var bytes = await pool.ApplyAsync(b => b.Length, new byte[200_000]).AsTask().WaitAsync(Soon.Patience);
        Assert.Equal(200_000, bytes);
        Assert.InRange(Sum("payload.sent", s_processes), 200_000, 201_000);
        Assert.Equal(100_000, (await pool.ApplyAsync(() => new byte[100_000]).AsTask().WaitAsync(Soon.Patience)).Length);
        Assert.InRange(Sum("payload.received", s_processes), 100_000, 101_000);
        Assert.Equal(2, await pool.ApplyAsync(DiesFirst).AsTask().WaitAsync(Soon.Patience));
        await Counted(1, "tasks.retried", s_processes, ("actorparallel.retry.reason", "engine_lost"));
        Assert.Equal(3, Sum("tasks.ended", s_processes, State("succeeded")));
    }

    static int DiesFirst()
    {
        if (TaskContext.Current!.Attempt == 1) Environment.FailFast(null);
        return TaskContext.Current.Attempt;
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("processes")]
    public async Task The_queue_is_observed(string place)
    {
        using var pool = place == "threads" ? new ParallelPool(1) : ParallelPool.Processes(1);
        using var gate = Signal.New();
        var runs = pool.ApplyAsync(gate.Wait);
        await Soon.Until(() => gate.Entered == 1, "it runs");
        AsyncResult<int>[] waits = [pool.ApplyAsync(() => 1), pool.ApplyAsync(() => 2)];
        (string, object?) of = ("actorparallel.executor.name", ((IParallelExecutor)pool).Executor.Name);
        await Soon.Until(() =>
        {
            _measured.Clear();
            _listener.RecordObservableInstruments();
            return Sum("queue.length", of) == 2 && Sum("tasks.running", of) == 1 && Sum("queue.age", of) > 0;
        }, "two wait and one runs");
        Assert.Equal((1, 1), (Sum("workers", of), Sum("engines", of)));
        gate.Set();
        await runs;
        foreach (var result in waits) await result;
    }

    [Fact]
    public async Task Instruments_have_names_units_and_descriptions()
    {
        using var pool = new ParallelPool(1);
        await pool.ApplyAsync(() => 1);
        string[] expected =
        [
            "engines {engine}", "payload.received By", "payload.sent By", "queue.age s", "queue.length {task}", "task.duration s", "task.queue_time s",
            "tasks.ended {task}", "tasks.retried {attempt}", "tasks.running {task}", "tasks.submitted {task}", "workers {worker}",
        ];
        Assert.Equal(expected.Select(e => $"actorparallel.{e}"), _instruments.Values.Select(i => $"{i.Name} {i.Unit}").Order(StringComparer.Ordinal));
        Assert.All(_instruments.Values, i => Assert.EndsWith(".", i.Description, StringComparison.Ordinal));
    }
}
