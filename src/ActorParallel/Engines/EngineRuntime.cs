using System.Collections.Concurrent;
using ActorParallel.Controllers;
using ActorParallel.Results;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Engines;

/// <summary>What an engine is made with.</summary>
/// <param name="Generation">Tells its process from all others of the pool or cluster.</param>
/// <param name="Workers">How many tasks it runs at a time.</param>
/// <param name="Folder">Where large values go that are passed through shared memory; null where nobody shares it.</param>
/// <param name="PoolName">The prefix of its pool's task ids.</param>
/// <param name="GraceTicks">How long a cancelled task may go on, in ticks of 100 ns.</param>
/// <param name="MaxOutput">How much of a task's console output is kept, in characters.</param>
/// <param name="InlineLimit">The largest value that travels in a message, in bytes.</param>
/// <param name="MaxTasks">How many tasks the process may run; 0: any number.</param>
internal sealed record EngineSettings(int Generation, int Workers, string? Folder, string PoolName, long GraceTicks, int MaxOutput, int InlineLimit, int MaxTasks)
{
    /// <summary>For so many ticks of the clock an idle worker looks for a task before it sleeps.</summary>
    public long Linger { get; init; } = ShortWait.Elsewhere;
}

/// <summary>What an engine's tasks share. Thread-safe.</summary>
internal sealed class EngineRuntime
{
    readonly EngineSettings _settings;
    readonly IScheduler _scheduler;
    int _begun;

    public EngineRuntime(EngineSettings settings, int engineId, ActorSystem system)
    {
        _settings = settings;
        EngineId = engineId;
        _scheduler = system.Scheduler;
        if (settings.Folder is { } folder)
        {
            Segments = new SegmentReader(folder);
            Record = new RunningRecord(RunningRecord.PathOf(folder, settings.Generation), settings.Workers + 1);
            Store = new SegmentStore(folder, $"e{settings.Generation}-");
        }
        Workers = Set(settings.Workers, settings.Linger);
        Lane = Set(1, settings.Linger);
        Outbox = new Outbox(this, Store);
        Mailbox = new EngineMailbox(this);
    }

    static WorkerSet Set(int workers, long linger) => new(new WorkerSettings(
        workers, RouterNames.LeastLoaded, Initializer: null, InitializerTries: 1, MaxTasksPerWorker: 0, Pools.PoolController.WorkerDispatcher) { Linger = linger });

    /// <summary>Its small number; a cluster's engine has it from its controller.</summary>
    public int EngineId { get; set; }

    public int WorkerCount => _settings.Workers;

    public int MaxOutput => _settings.MaxOutput;

    public int InlineLimit => _settings.InlineLimit;

    /// <summary>Run the controller's tasks.</summary>
    public WorkerSet Workers { get; }

    /// <summary>Runs what a view asks of this engine and no other, in order.</summary>
    public WorkerSet Lane { get; }

    public SegmentReader? Segments { get; }

    /// <summary>Large values on their way to whoever asked.</summary>
    public SegmentStore? Store { get; }

    public RunningRecord? Record { get; }

    public Outbox Outbox { get; }

    public EngineMailbox Mailbox { get; }

    /// <summary>The way to the controller.</summary>
    public Link Link { get; } = new();

    public IActorRef Self { get; set; } = ActorRefs.Nobody;

    /// <summary>The clients' programs; null in a pool, whose engines have their parent's.</summary>
    public EngineCode? Code { get; set; }

    /// <summary>The task's id as its caller has it.</summary>
    public string NameOf(long taskId) => TaskIds.Name(taskId, _settings.PoolName);

    /// <summary>Counts a beginning; true when the process has run as many tasks as it may.</summary>
    public bool IsSpent => _settings.MaxTasks > 0 && Interlocked.Increment(ref _begun) > _settings.MaxTasks;

    /// <summary>The token at the end of the running time. The process ends some time later, if the task does not.</summary>
    public void LimitRunning(RemoteTask task, TimeSpan timeout) =>
        task.Control.Deadline = new Timer(
            _ =>
            {
                if (task.HasEnded) return;
                task.Control.DeadlinePassed = true;
                Stop(task);
            },
            null, timeout, Timeout.InfiniteTimeSpan);

    /// <summary>The second step of stopping a task: its token. The third, after the grace period, is the controller's.</summary>
    public void Stop(RemoteTask task)
    {
        if (!task.Control.RequestCancel()) return;
        _scheduler.Advanced.ScheduleOnce(TimeSpan.FromTicks(_settings.GraceTicks), () =>
        {
            if (!task.HasEnded) Outbox.Tell(w => TaskWire.WriteAttempt(w, (byte)ControllerEntry.Overran, task.TaskId, task.Attempt));
        });
    }

    public void Progressed(RemoteTask task, double fraction) => Outbox.Tell(w =>
    {
        w.WriteByte((byte)ControllerEntry.Progressed);
        w.WriteInt64(task.TaskId);
        w.WriteFixed(fraction);
    });

    public void Wrote(RemoteTask task, string text) => Outbox.Tell(w =>
    {
        w.WriteByte((byte)ControllerEntry.Wrote);
        w.WriteInt64(task.TaskId);
        w.WriteString(text);
    });

    public void After(TimeSpan delay, Action action) => _scheduler.Advanced.ScheduleOnce(delay, action);

    /// <summary>The tasks it holds: queued, running or pending.</summary>
    public ConcurrentDictionary<long, RemoteTask> Tasks { get; } = new();

    /// <summary>Called once for each task.</summary>
    public void Ended(RemoteTask task)
    {
        Tasks.TryRemove(new KeyValuePair<long, RemoteTask>(task.TaskId, task));
        task.Program?.Release();
    }
}
