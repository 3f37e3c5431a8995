using System.Collections.Immutable;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Clients;

/// <summary>What a client's views and its actor share. Thread-safe.</summary>
internal sealed class ClientShared : IDisposable
{
    PaddedCounter _sequence;

    public ClientShared(int number, int inlineLimit) => (Number, InlineLimit) = (number, inlineLimit);

    /// <summary>The client's number: the prefix of its tasks' ids.</summary>
    public int Number { get; set; }

    public string Name => TaskIds.ClientName(Number);

    public int InlineLimit { get; }

    public FunctionTable Functions { get; } = new();

    /// <summary>Large arguments; null where the controller does not share this machine's memory.</summary>
    public SegmentStore? Store { get; private set; }

    /// <summary>Large values.</summary>
    public SegmentReader? Segments { get; private set; }

    public SubmissionQueue<Submission> Submissions { get; } = new(ClientActor.SubmissionsWaiting.Instance);

    public IActorRef Actor
    {
        get => Submissions.Actor;
        set => Submissions.Actor = value;
    }

    /// <summary>The engines there are now, by id.</summary>
    public ImmutableSortedDictionary<int, EngineInfo> Engines { get; private set; } = ImmutableSortedDictionary<int, EngineInfo>.Empty;

    /// <summary>The number of workers of all engines.</summary>
    public int Workers { get; private set; }

    public event Action<EnginesChange>? EnginesChanged;

    /// <summary>Why nothing can be submitted any more.</summary>
    public Exception? Fault { get; set; }

    public bool IsClosed { get; set; }

    readonly TaskCompletionSource<Exception> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when nothing will come any more, with the reason.</summary>
    public Task<Exception> Ended => _ended.Task;

    /// <summary>Nothing will come any more: whoever still waits, or submits from here on, is told.</summary>
    public void End(Exception why)
    {
        Fault ??= why;
        IsClosed = true;
        _ended.TrySetResult(why);
        EndSubmissions(why);
    }

    void EndSubmissions(Exception why)
    {
        while (Submissions.TryDequeue(out var late))
        {
            if (late.One is { } one) EndOne(one.Result, why);
            foreach (var item in late.Items) EndOne(item.Result, why);
        }
    }

    public static void EndOne(AsyncResult result, Exception why) =>
        result.TryEnd(TaskState.Cancelled, new OperationCanceledException($"Task {result.Id} is not waited for any more: {why.Message}", why));

    /// <summary>Sends a submission on whose dependencies have ended since it was made; set by the executor.</summary>
    public Action<Submission, Func<long, bool>> ResolveAgain { get; set; } = static (_, _) => { };

    public long ReserveSequences(int count) => _sequence.Add(count) - count + 1;

    public void ShareFolder(string folder)
    {
        Store = new SegmentStore(folder, $"c{Number}-");
        Segments = new SegmentReader(folder);
    }

    public void SetEngines(ImmutableSortedDictionary<int, EngineInfo> engines, EnginesChange? change)
    {
        lock (Functions)
        {
            Engines = engines;
            Workers = engines.Values.Sum(e => e.Workers);
        }
        if (change is not null && EnginesChanged is { } handlers) CallbackRunner.Shared.Run(() => handlers(change));
    }

    /// <summary>Writes a call's captures and argument: in the message, or into shared memory.</summary>
    /// <exception cref="ShippingException">They can't travel.</exception>
    public (byte[] Bytes, Segment? Segment, int Length) Encode(ITaskItem item, ShippedFunction function)
    {
        // What can't be sent to engines that lack it is told here, at the call.
        _ = function.Program;
        using var writer = PayloadWriter.Rent();
        if (function.Shape.HasFlag(TaskShape.Requiring)) writer.Write(item.Result.Options.Requires);
        function.Definition.WriteCaptures(writer, item.Function);
        item.WriteArgument(writer);
        if (Store is null || writer.Length <= InlineLimit) return (writer.Length == 0 ? [] : writer.ToArray(), null, 0);
        var segment = Store.Rent(writer.Length);
        writer.CopyTo(segment.Span(0, (int)writer.Length));
        return ([], segment, (int)writer.Length);
    }

    public void Submit(Submission submission, long at)
    {
        Submissions.Enqueue(submission, at);
        if (_ended.Task.IsCompleted) EndSubmissions(_ended.Task.Result);
    }

    public void Dispose()
    {
        Store?.Dispose();
        Segments?.Dispose();
    }
}
