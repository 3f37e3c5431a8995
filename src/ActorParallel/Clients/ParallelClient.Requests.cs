using ActorParallel.Clients;
using ActorParallel.Controllers;
using ActorParallel.History;
using ActorParallel.History.Linq;
using ActorParallel.Payloads;
using ActorParallel.Results;
using Akka.Actor;

namespace ActorParallel;

public sealed partial class ParallelClient
{
    /// <summary>What waits and what runs, now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A snapshot.</returns>
    public Task<QueueStatus> QueueStatusAsync(CancellationToken cancellationToken = default) =>
        Executor.AskAsync(ClientRequest.QueueStatus, static _ => { }, QueueStatus.Read, cancellationToken);

    /// <summary>Why a task is where it is, in a sentence: what it waits for, where it runs, how it ended.</summary>
    /// <param name="taskId">Its id, as <see cref="AsyncResult.Id"/> has it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The sentence.</returns>
    /// <exception cref="ArgumentException">That can't be the id of a cluster's task.</exception>
    /// <exception cref="InvalidOperationException">The controller does not know the task.</exception>
    public Task<string> ExplainAsync(string taskId, CancellationToken cancellationToken = default)
    {
        var number = Number(taskId);
        if (Executor.ExplainWaiting(taskId) is { } here) return Task.FromResult(here);
        return Executor.AskAsync(ClientRequest.Explain, w => w.WriteInt64(number), static (ref PayloadReader r) => r.ReadString() ?? "", cancellationToken);
    }

    /// <summary>The result of a task that this or another program submitted, now or when it is there.</summary>
    /// <typeparam name="T">The type of its value.</typeparam>
    /// <param name="taskId">Its id, as <see cref="AsyncResult.Id"/> has it.</param>
    /// <returns>The result. It fails with a <see cref="KeyNotFoundException"/> when the controller does not know the task (any more), or its value is larger than a quarter of <c>kept-bytes</c>.</returns>
    /// <exception cref="ArgumentException">That can't be the id of a cluster's task.</exception>
    public AsyncResult<T> GetResult<T>(string taskId)
    {
        var number = Number(taskId);
        Executor.ThrowIfClosed();
        var task = new ForeignTask<T>(Executor, TaskOptions.Default);
        _shared.Actor.Tell(new ResultRequest(task.Sequence, ClientRequest.Result, w => w.WriteInt64(number), task), ActorRefs.NoSender);
        return task;
    }

    /// <summary>Runs a task of the past again, with the function and the arguments it had.</summary>
    /// <typeparam name="T">The type of its value.</typeparam>
    /// <param name="taskId">Its id, as <see cref="AsyncResult.Id"/> has it.</param>
    /// <returns>The new task's result. It fails with a <see cref="KeyNotFoundException"/> when the controller does not know the task (any more), or its arguments are larger than a quarter of <c>kept-bytes</c>.</returns>
    /// <exception cref="ArgumentException">That can't be the id of a cluster's task.</exception>
    public AsyncResult<T> Resubmit<T>(string taskId)
    {
        var number = Number(taskId);
        Executor.ThrowIfClosed();
        var task = new ForeignTask<T>(Executor, TaskOptions.Default);
        _shared.Actor.Tell(new ResultRequest(task.Sequence, ClientRequest.Resubmit, w =>
        {
            w.WriteInt64(number);
            w.WriteInt64(task.Sequence);
        }, task), ActorRefs.NoSender);
        return task;
    }

    /// <summary>
    /// Cancels what of this client's tasks has not begun, calls of views on engines included; what runs goes on. Of what an engine has, it tells whether it has
    /// begun: the answer waits for that. A map or stream that had begun in part ends cancelled.
    /// </summary>
    /// <param name="results">Which; null (default) for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many were cancelled.</returns>
    public Task<int> AbortAsync(IEnumerable<AsyncResult>? results = null, CancellationToken cancellationToken = default)
    {
        AsyncResult[]? given = results is null ? null : [.. results.SelectMany(static r => r is IParted parted ? parted.OpenTasks : [r]).Where(r => r.Host == Executor && !r.Ready)];
        return AbortCoreAsync(Executor.AbortWaiting(given), given is null ? null : [.. given.Where(r => !r.Ready).Select(r => r.Sequence)], cancellationToken);
    }

    async Task<int> AbortCoreAsync(int here, long[]? sequences, CancellationToken cancellationToken)
    {
        if (sequences is { Length: 0 }) return here;
        return here + await Executor.AskAsync(ClientRequest.Abort, w =>
        {
            w.WriteInt32(sequences?.Length ?? 0);
            foreach (var sequence in sequences ?? []) w.WriteInt64(sequence);
        }, static (ref PayloadReader r) => r.ReadInt32(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the controller forget the ended tasks it keeps: their results can't be asked for any more.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many there were.</returns>
    public Task<int> PurgeAsync(CancellationToken cancellationToken = default) =>
        Executor.AskAsync(ClientRequest.Purge, static _ => { }, static (ref PayloadReader r) => r.ReadInt32(), cancellationToken);

    /// <summary>
    /// Tasks that have ended, of all clients: a LINQ query is answered by the controller where it can be, see <see cref="TaskHistoryExtensions"/>.
    /// Bounded: the profile's <c>history-records</c> newest are kept.
    /// </summary>
    /// <example>
    /// <code>
    /// var slow = await client.History.Where(t => t.Label == "report" &amp;&amp; t.RunTime > TimeSpan.FromMinutes(1)).ToListAsync();
    /// </code>
    /// </example>
    public IQueryable<TaskRecord> History => HistoryProvider.Create(
        (query, cancellationToken) => Executor.AskAsync(ClientRequest.History, query.Write, HistoryPage.Read, cancellationToken));

    /// <summary>Ends engines, or the whole cluster. Single engines may finish what they run first, within the profile's <c>drain-timeout</c>.</summary>
    /// <param name="engines">The engines to end, by id; null (default) for all of them and the controller.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when whoever starts the engines has taken it on.</returns>
    /// <exception cref="InvalidOperationException">The process that started the engines is gone.</exception>
    public Task ShutdownAsync(IReadOnlyCollection<int>? engines = null, CancellationToken cancellationToken = default) =>
        engines is null ? CommandAsync(NannyCommand.Stop, [], cancellationToken) : CommandAsync(NannyCommand.Remove, engines, cancellationToken);

    /// <summary>For the nanny: completes when an engine that is to go runs nothing any more.</summary>
    internal Task DrainAsync(int engine, CancellationToken cancellationToken) =>
        Executor.AskAsync(ClientRequest.Drain, w => w.WriteInt32(engine), static (ref PayloadReader _) => true, cancellationToken);

    internal Task CommandAsync(NannyCommand command, IReadOnlyCollection<int> numbers, CancellationToken cancellationToken) =>
        Executor.AskAsync(ClientRequest.Command, w =>
        {
            w.WriteByte((byte)command);
            w.WriteInt32(numbers.Count);
            foreach (var number in numbers) w.WriteInt32(number);
        }, static (ref PayloadReader _) => true, cancellationToken);

    static long Number(string taskId)
    {
        ArgumentNullException.ThrowIfNull(taskId);
        return TaskIds.Parse(taskId) ?? throw new ArgumentException($"'{taskId}' is not the id of a cluster's task: give what AsyncResult.Id says, such as 03fa2c-17.", nameof(taskId));
    }
}

/// <summary>What a cluster has to do: a snapshot. Immutable.</summary>
/// <param name="Waiting">Tasks that wait for others to end.</param>
/// <param name="Ready">Tasks that wait for a free worker, or for their next attempt.</param>
/// <param name="Engines">What each engine has, by id.</param>
public sealed record QueueStatus(int Waiting, int Ready, IReadOnlyDictionary<int, EngineQueue> Engines)
{
    internal static QueueStatus Read(ref PayloadReader reader)
    {
        var (waiting, ready) = (reader.ReadInt32(), reader.ReadInt32());
        var engines = new SortedDictionary<int, EngineQueue>();
        for (var left = reader.ReadInt32(); left > 0; left--)
            engines[reader.ReadInt32()] = new EngineQueue(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadBool());
        return new QueueStatus(waiting, ready, engines);
    }
}

/// <summary>What one engine has.</summary>
/// <param name="Running">Tasks its workers run.</param>
/// <param name="Queued">Tasks sent to it that wait for a worker.</param>
/// <param name="Direct">Calls of views on this engine alone that run or wait.</param>
/// <param name="Finished">Tasks it has ended since it came.</param>
/// <param name="Suspended">Its connection is cut at the moment.</param>
public sealed record EngineQueue(int Running, int Queued, int Direct, long Finished, bool Suspended);
