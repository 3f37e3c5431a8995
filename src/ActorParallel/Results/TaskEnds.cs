using System.Reflection;
using System.Runtime.Loader;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Transport;

namespace ActorParallel.Results;

/// <summary>Ends results with what came from another process.</summary>
internal static class TaskEnds
{
    /// <summary>When and where the attempt ran, and what it wrote.</summary>
    public static void Ran(AsyncResult result, long startedUtc, long runTicks, int workerId, string output)
    {
        if (startedUtc != 0)
        {
            result.StartedAt = Clock.FromUtcTicks(startedUtc);
            result.CompletedAt = result.StartedAt + Clock.ToTimestampTicks(TimeSpan.FromTicks(runTicks));
            result.WorkerId = workerId;
        }
        if (output.Length > 0) result.Control.Output = output;
    }

    public static void SetStep(AsyncResult result, TaskState state, bool started, bool forced)
    {
        if (state is TaskState.Cancelled or TaskState.TimedOut)
            result.Control.Step = forced ? CancellationStep.Forced : started ? CancellationStep.Token : CancellationStep.BeforeStart;
    }

    /// <summary>Reads a small value, or an exception, and ends the task with it. The caller has claimed the end.</summary>
    /// <param name="item">The task.</param>
    /// <param name="state">How it ended.</param>
    /// <param name="bytes">The value.</param>
    /// <param name="home">An assembly whose load context knows the value's types; null where all are the process's own.</param>
    public static void Deliver(ITaskItem item, TaskState state, ReadOnlyMemory<byte> bytes, Assembly? home = null)
    {
        if (item.Result.IsObserved) Telemetry.Instruments.Received.Add(bytes.Length, ((Pools.PoolExecutor)item.Result.Host).Place);
        // Decoding runs users' code where a type has some: only plain values are decoded here.
        if (state == TaskState.Succeeded && item.HasPlainValue) Read(item, state, bytes.Span, null);
        else ThreadPool.UnsafeQueueUserWorkItem(static d => Read(d.Item, d.State, d.Bytes.Span, d.Home), (Item: item, State: state, Bytes: bytes, Home: home), preferLocal: false);
    }

    /// <summary>The same for a large one.</summary>
    /// <param name="item">The task.</param>
    /// <param name="state">How it ended.</param>
    /// <param name="place">Where the value is.</param>
    /// <param name="segments">Opens it.</param>
    /// <param name="release">Called when it has been read.</param>
    /// <param name="home">As for small ones.</param>
    public static void DeliverLarge(ITaskItem item, TaskState state, PayloadPlace place, SegmentReader segments, Action release, Assembly? home = null)
    {
        if (item.Result.IsObserved) Telemetry.Instruments.Received.Add(place.Length, ((Pools.PoolExecutor)item.Result.Host).Place);
        MappedSegment segment;
        try
        {
            // Mapped before anything else happens to its engine: then it stays readable.
            segment = segments.Open(place.SegmentName!, place.Length);
        }
        catch (IOException e)
        {
            item.Result.DeliverError(TaskState.Lost, new EngineLostException($"The value of task {item.Result.Id} was lost with its engine: {e.Message}"));
            return;
        }
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                using (segment) Read(item, state, segment.Span(0, place.Length), home);
                release();
            },
            null);
    }

    static void Read(ITaskItem item, TaskState state, ReadOnlySpan<byte> bytes, Assembly? home)
    {
        Exception error;
        using var scope = home is null ? default : AssemblyLoadContext.EnterContextualReflection(home);
        try
        {
            var reader = new PayloadReader(bytes);
            if (state == TaskState.Succeeded)
            {
                item.ReadAndSucceed(ref reader);
                return;
            }
            error = reader.Read<Exception>();
        }
#pragma warning disable CA1031 // What can't be read is a failure of that task.
        catch (Exception e)
        {
            state = TaskState.Failed;
            error = new ShippingException($"The value of task {item.Result.Id} came but can't be read here: {e.Message}", "", e);
        }
#pragma warning restore CA1031
        item.Result.DeliverError(state, error);
    }

    public static string Named(AsyncResult result) => result.Label is { } label ? $" ({label})" : "";

    public static TimeoutException TimedOutWaiting(AsyncResult result) => new(
        $"Task {result.Id} waited for a worker for more than its queueTimeout of {result.Options.QueueTimeout?.TotalSeconds:0.###} s.");

    public static TimeoutException TimedOutRunning(AsyncResult result) => new(
        $"Task {result.Id} ran for more than its timeout of {result.Options.Timeout?.TotalSeconds:0.###} s.");

    public static TaskQuarantinedException Quarantined(AsyncResult result, int losses, string how, int? code, long? peak) => new(
        $"Task {result.Id}{Named(result)} killed each of the {losses} processes that ran it, the last time alone: it ended with {how}. It is not run again.", result.Id, code, peak);
}
