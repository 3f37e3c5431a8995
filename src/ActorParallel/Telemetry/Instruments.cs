using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace ActorParallel.Telemetry;

/// <summary>What is measured. Names and units follow OpenTelemetry's conventions; nothing here depends on it.</summary>
internal static class Instruments
{
    static readonly string s_version = typeof(Instruments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static readonly ActivitySource Source = new(ParallelTelemetry.ActivitySourceName, s_version);

    static readonly Meter s_meter = new(ParallelTelemetry.MeterName, s_version);

    static readonly InstrumentAdvice<double> s_seconds = new() { HistogramBucketBoundaries = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300] };

    public static readonly Counter<long> Submitted = s_meter.CreateCounter<long>("actorparallel.tasks.submitted", "{task}", "Tasks submitted; a map in threads is one, elsewhere one for each of its chunks.");

    public static readonly Counter<long> Ended = s_meter.CreateCounter<long>("actorparallel.tasks.ended", "{task}", "Tasks that have ended, by the state they ended in.");

    public static readonly Counter<long> Retried = s_meter.CreateCounter<long>("actorparallel.tasks.retried", "{attempt}", "Attempts made again, by the reason: failed, or engine_lost.");

    public static readonly Histogram<double> Duration = s_meter.CreateHistogram("actorparallel.task.duration", "s", "How long the last attempt of a task ran.", null, s_seconds);

    public static readonly Histogram<double> QueueTime = s_meter.CreateHistogram("actorparallel.task.queue_time", "s", "How long a task waited from its submission to the start of its last attempt.", null, s_seconds);

    public static readonly Counter<long> Sent = s_meter.CreateCounter<long>("actorparallel.payload.sent", "By", "Captured values and arguments written for other processes.");

    public static readonly Counter<long> Received = s_meter.CreateCounter<long>("actorparallel.payload.received", "By", "Values and exceptions read from other processes.");

    static Instruments()
    {
        s_meter.CreateObservableUpDownCounter("actorparallel.queue.length", static () => Observe(static l => l.Waiting), "{task}", "Tasks that wait for a worker, for their next attempt, or for others.");
        s_meter.CreateObservableGauge("actorparallel.queue.age", static () => Observe(static l => l.QueueAge.TotalSeconds), "s", "How long the first task of the queue has waited.");
        s_meter.CreateObservableUpDownCounter("actorparallel.tasks.running", static () => Observe(static l => (long)l.Running), "{task}", "Tasks that run.");
        s_meter.CreateObservableUpDownCounter("actorparallel.workers", static () => Observe(static l => (long)l.Workers), "{worker}", "Tasks that can run at the same time.");
        s_meter.CreateObservableUpDownCounter("actorparallel.engines", static () => Observe(static l => (long)l.Engines), "{engine}", "Engines; the threads of a program are one.");
    }

    /// <summary>Somebody listens. Asked once in a burst of calls.</summary>
    public static bool IsOn => Source.HasListeners() || Submitted.Enabled || Ended.Enabled || Duration.Enabled || QueueTime.Enabled || Retried.Enabled || Sent.Enabled || Received.Enabled;

    static readonly TimeSpan s_answer = TimeSpan.FromMilliseconds(250);

    static List<Measurement<T>> Observe<T>(Func<ExecutorLoad, T> read)
        where T : struct
    {
        // All are asked before the first answer is waited for; one that does not answer in time is left out.
        var asked = MeasuredExecutors.All.Select(static executor => (Executor: executor, Load: executor.LoadAsync(CancellationToken.None))).ToArray();
        var until = Stopwatch.GetTimestamp();
        var measured = new List<Measurement<T>>();
        foreach (var (executor, load) in asked)
        {
            var left = s_answer - Stopwatch.GetElapsedTime(until);
            if (!load.IsCompleted && !((IAsyncResult)load).AsyncWaitHandle.WaitOne(left > TimeSpan.Zero ? left : TimeSpan.Zero)) continue;
            if (load.IsCompletedSuccessfully) measured.Add(new Measurement<T>(read(load.Result), executor.Place, new("actorparallel.executor.name", executor.Name)));
        }
        return measured;
    }
}
