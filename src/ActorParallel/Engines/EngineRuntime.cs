using System.Collections.Concurrent;
using ActorParallel.Controllers;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Engines;

/// <summary>What an engine's tasks share. Thread-safe.</summary>
internal sealed class EngineRuntime
{
    readonly EngineHandOver _handOver;
    readonly IScheduler _scheduler;
    int _begun;

    public EngineRuntime(EngineHandOver handOver, ActorSystem system, SegmentStore store)
    {
        _handOver = handOver;
        _scheduler = system.Scheduler;
        Segments = new SegmentReader(handOver.Folder);
        Record = new RunningRecord(RunningRecord.PathOf(handOver.Folder, handOver.EngineId, handOver.Generation), handOver.Workers);
        Workers = new WorkerSet(new WorkerSettings(
            handOver.Workers, RouterNames.LeastLoaded, Initializer: null, InitializerTries: 1, MaxTasksPerWorker: 0, Pools.PoolController.WorkerDispatcher));
        Outbox = new Outbox(this, store);
    }

    public int EngineId => _handOver.EngineId;

    public string PoolName => _handOver.Controller;

    public int MaxOutput => _handOver.MaxOutput;

    public int InlineLimit => _handOver.InlineLimit;

    public WorkerSet Workers { get; }

    public SegmentReader Segments { get; }

    public RunningRecord Record { get; }

    public Outbox Outbox { get; }

    public IActorRef Self { get; set; } = ActorRefs.Nobody;

    public IActorRef Controller { get; set; } = ActorRefs.Nobody;

    /// <summary>Counts a beginning; true when the process has run as many tasks as it may.</summary>
    public bool IsSpent => _handOver.MaxTasks > 0 && Interlocked.Increment(ref _begun) > _handOver.MaxTasks;

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
        _scheduler.Advanced.ScheduleOnce(TimeSpan.FromTicks(_handOver.GraceTicks), () =>
        {
            if (!task.HasEnded) Controller.Tell(new ControllerActor.TaskOverran(task.TaskId, task.Attempt), Self);
        });
    }

    public void Progressed(RemoteTask task, double fraction) => Controller.Tell(new ControllerActor.TaskProgressed(task.TaskId, fraction), Self);

    /// <summary>The tasks it holds: queued, running or pending.</summary>
    public ConcurrentDictionary<long, RemoteTask> Tasks { get; } = new();

    public void Ended(RemoteTask task) => Tasks.TryRemove(new KeyValuePair<long, RemoteTask>(task.TaskId, task));
}
