using System.Collections.Concurrent;
using ActorParallel.Results;
using Akka.Actor;
using Akka.Routing;

namespace ActorParallel.Engines;

/// <summary>What a set of workers is made with.</summary>
internal sealed record WorkerSettings(
    int Workers, string Router, Action? Initializer, int InitializerTries, int MaxTasksPerWorker, string Dispatcher)
{
    /// <summary>How long an idle worker looks for work before it sleeps, in ticks of the clock.</summary>
    public long Linger { get; init; } = ShortWait.Here;
}

/// <summary>
/// A router pool of workers and the work that waits for them: the in-process part of every executor.
/// The hot path is lock-free: work goes into the queue, and a message goes out only when a worker is idle.
/// </summary>
internal sealed class WorkerSet(WorkerSettings settings)
{
    readonly ConcurrentDictionary<IActorRef, Worker> _workers = new();
    readonly ConcurrentDictionary<WorkerActor.RunWork, byte> _routed = new();
    readonly ConcurrentQueue<int> _freeIds = new();
    readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IActorRef _router = ActorRefs.Nobody;
    PaddedCounter _enqueued;
    long _finishedByGone;
    int _nextId;
    int _alive;
    int _target = settings.Workers;
    int _idle;
    int _lingering;
    int _initializerFailures;
    bool _closed;
    bool _started;

    public WorkerSettings Settings { get; } = settings;

    public ReadyQueue Queue { get; } = new();

    /// <summary>Under Akka's own routers a message carries its task to one worker; otherwise workers take from the queue.</summary>
    public bool Pushes { get; } = settings.Router != RouterNames.LeastLoaded;

    public int Target => Volatile.Read(ref _target);

    public IEnumerable<Worker> Workers => _workers.Values;

    public bool Faulted => Fault is not null;

    public Exception? Fault { get; private set; }

    /// <summary>Told once when the initializer has failed too often.</summary>
    public event Action<Exception>? Failed;

    /// <summary>All work has ended after <see cref="Close"/>.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Creates the router and its workers below the calling actor.</summary>
    public void Start(IUntypedActorContext context)
    {
        _alive = Settings.Workers;
        _router = context.ActorOf(RouterProps(), "workers");
        Volatile.Write(ref _started, true);
        // The pool may have been resized before it had started.
        AddWorkers();
    }

    Props RouterProps()
    {
        var strategy = new OneForOneStrategy(_ => Directive.Restart);
        var worker = Props.Create(() => new WorkerActor(this)).WithDispatcher(Settings.Dispatcher);
        return worker.WithRouter(Settings.Router switch
        {
            RouterNames.RoundRobin => new LastingPool(new RoundRobinPool(Settings.Workers), strategy, Akka.Dispatch.Dispatchers.DefaultDispatcherId),
            RouterNames.SmallestMailbox => new LastingPool(new SmallestMailboxPool(Settings.Workers), strategy, Akka.Dispatch.Dispatchers.DefaultDispatcherId),
            _ => new LeastLoadedPool(Settings.Workers, this, strategy, Akka.Dispatch.Dispatchers.DefaultDispatcherId),
        });
    }

    public Worker AddWorker() => new(this, _freeIds.TryDequeue(out var id) ? id : Interlocked.Increment(ref _nextId) - 1);

    public void Register(Worker worker)
    {
        _workers[worker.Actor] = worker;
        worker.Actor.Tell(WorkerActor.WorkAvailable.Instance, ActorRefs.NoSender);
        // What was routed to the worker whose place this one takes, before the router knew.
        if (Pushes) RescueRouted();
    }

    public Worker? Find(IActorRef actor) => _workers.GetValueOrDefault(actor);

    /// <summary>Submits work from outside the workers, by the router's way.</summary>
    public void Submit(IWork work)
    {
        if (!Pushes || work.Priority != 0 || Worker.Current?.Set == this || !Volatile.Read(ref _started))
        {
            Enqueue(work);
            return;
        }
        _enqueued.Increment();
        var message = new WorkerActor.RunWork(work);
        _routed[message] = 0;
        _router.Tell(message, ActorRefs.NoSender);
    }

    public void Enqueue(IWork work)
    {
        _enqueued.Increment();
        Requeue(work);
    }

    /// <summary>Counts work that will be queued later.</summary>
    public void Hold() => _enqueued.Increment();

    /// <summary>Puts work (back) into the queue that is counted already.</summary>
    public void Requeue(IWork work)
    {
        Queue.Enqueue(work);
        WakeOne();
    }

    /// <summary>A routed message is taken once, by its worker or by whoever rescues it.</summary>
    public bool Take(WorkerActor.RunWork message) => _routed.TryRemove(message, out _);

    /// <summary>Work that was routed to a worker that is gone or stuck goes to the others.</summary>
    public void RescueRouted()
    {
        foreach (var message in _routed.Keys)
            if (Take(message)) Requeue(message.Work);
    }

    /// <summary>Takes all routed messages that no worker has begun.</summary>
    public int TakeRouted(Action<IWork> end)
    {
        var taken = 0;
        foreach (var message in _routed.Keys)
        {
            if (!Take(message)) continue;
            taken++;
            end(message.Work);
        }
        return taken;
    }

    public void WakeOne()
    {
        if (Volatile.Read(ref _idle) > 0)
        {
            // Who lingers finds the work, or wakes another.
            if (Volatile.Read(ref _lingering) == 0) Wake();
        }
        else if (Volatile.Read(ref _alive) < Volatile.Read(ref _target)) AddWorkers();
    }

    void Wake()
    {
        // Workers look for work, and go idle, before the router's reference is known here.
        if (!Pushes && Volatile.Read(ref _started)) _router.Tell(WorkerActor.WorkAvailable.Instance, ActorRefs.NoSender);
        else WakeAny();
    }

    bool WakeAny()
    {
        foreach (var (actor, worker) in _workers)
        {
            if (!TryRouse(worker)) continue;
            actor.Tell(WorkerActor.WorkAvailable.Instance, ActorRefs.NoSender);
            return true;
        }
        return false;
    }

    /// <summary>Whoever rouses a worker owes it a message.</summary>
    public bool TryRouse(Worker worker)
    {
        if (!worker.TryRouse()) return false;
        Interlocked.Decrement(ref _idle);
        return true;
    }

    /// <summary>
    /// The calling worker has found nothing, and looks a little longer if nobody else does. True: there is work.
    /// As in Go's scheduler (D. Vyukov, 2012), nobody is woken while one looks: who takes work then wakes another if there is more.
    /// </summary>
    public bool Linger()
    {
        if (Pushes || Interlocked.CompareExchange(ref _lingering, 1, 0) != 0) return false;
        var found = ShortWait.Until(Queue, static queue => !queue.IsEmpty, Settings.Linger);
        // From here on others wake workers again; what came before is seen now.
        Interlocked.Exchange(ref _lingering, 0);
        return found;
    }

    /// <summary>
    /// The calling worker has taken work, and may be busy with it for long: what is left is for one that sleeps, who does the same.
    /// Those who submitted it may have woken nobody, because one lingered. True: there is such a rest.
    /// </summary>
    public bool ShareRest()
    {
        if (Volatile.Read(ref _idle) == 0 || Queue.IsEmpty) return false;
        WakeOne();
        return true;
    }

    /// <summary>The calling worker has found nothing. True: there is something after all, go on.</summary>
    public bool GoIdle(Worker worker)
    {
        worker.Sleep();
        Interlocked.Increment(ref _idle);
        if (Queue.IsEmpty && Volatile.Read(ref _alive) <= Volatile.Read(ref _target))
        {
            if (Volatile.Read(ref _closed)) CheckDrained();
            return false;
        }
        // Roused by somebody else: his message is on its way.
        return TryRouse(worker);
    }

    /// <summary>Whether a worker has to go: it was written off, has run enough tasks, or there are too many.</summary>
    public bool ShouldLeave(Worker worker)
    {
        if (worker.Leaving) return true;
        if (Settings.MaxTasksPerWorker > 0 && worker.Finished >= Settings.MaxTasksPerWorker)
        {
            Interlocked.Decrement(ref _alive);
            return true;
        }
        var alive = Volatile.Read(ref _alive);
        while (alive > Volatile.Read(ref _target))
        {
            var was = Interlocked.CompareExchange(ref _alive, alive - 1, alive);
            if (was == alive) return true;
            alive = was;
        }
        return false;
    }

    /// <summary>Sets how many workers there are. Growing takes effect at once, shrinking when workers have ended their tasks.</summary>
    public void Resize(int change)
    {
        Interlocked.Add(ref _target, change);
        if (change > 0) AddWorkers();
        // Idle workers that are too many must look up to see it.
        for (var surplus = Volatile.Read(ref _alive) - Target; surplus > 0 && WakeAny(); surplus--) { }
    }

    void AddWorkers()
    {
        if (Faulted || Volatile.Read(ref _stopped) || !Volatile.Read(ref _started)) return;
        var alive = Volatile.Read(ref _alive);
        var missing = Volatile.Read(ref _target) - alive;
        if (missing <= 0 || Interlocked.CompareExchange(ref _alive, alive + missing, alive) != alive) return;
        _router.Tell(new AdjustPoolSize(missing), ActorRefs.NoSender);
    }

    /// <summary>Writes a worker off whose task never comes back, and puts another in its place.</summary>
    public void WriteOff(Worker worker, IWork work)
    {
        if (!worker.TryWriteOff(work)) return;
        Interlocked.Decrement(ref _alive);
        Discarded(1);
        _router.Tell(new RemoveRoutee(new ActorRefRoutee(worker.Actor)), ActorRefs.NoSender);
        if (Pushes) RescueRouted();
        AddWorkers();
    }

    public void WorkerStopped(Worker worker)
    {
        if (!_workers.TryRemove(worker.Actor, out _)) return;
        TryRouse(worker);
        Interlocked.Add(ref _finishedByGone, worker.Finished);
        _freeIds.Enqueue(worker.Id);
        if (Volatile.Read(ref _stopped)) return;
        if (Pushes) RescueRouted();
        AddWorkers();
        if (!Queue.IsEmpty) WakeOne();
        if (Volatile.Read(ref _closed)) CheckDrained();
    }

    bool _stopped;

    /// <summary>No worker is replaced from here on.</summary>
    public void Stop() => Volatile.Write(ref _stopped, true);

    public void InitializerSucceeded() => Volatile.Write(ref _initializerFailures, 0);

    public void InitializerFailed(Worker worker, Exception error)
    {
        var failures = Interlocked.Increment(ref _initializerFailures);
        Interlocked.Decrement(ref _alive);
        worker.Leave();
        if (failures < Settings.InitializerTries || Faulted) return;
        Fault = new PoolFaultedException(
            $"The worker initializer failed {failures} times in a row, last with {error.GetType().Name}: {error.Message} Mend the initializer and make a new pool.", error);
        Failed?.Invoke(Fault);
    }

    /// <summary>Work ends from here on; <see cref="Drained"/> completes when the last has.</summary>
    public void Close()
    {
        Volatile.Write(ref _closed, true);
        CheckDrained();
    }

    /// <summary>Work that was taken out of the queue and will not run.</summary>
    public void Discarded(long count)
    {
        Interlocked.Add(ref _finishedByGone, count);
        if (Volatile.Read(ref _closed)) CheckDrained();
    }

    void CheckDrained()
    {
        if (Outstanding <= 0) _drained.TrySetResult();
    }

    /// <summary>How long the task that is next has waited.</summary>
    public TimeSpan QueueAge
    {
        get
        {
            var oldest = Queue.TryPeek(out var next) ? next : _routed.Keys.FirstOrDefault()?.Work;
            // A map that lets others go first has begun.
            return oldest is AsyncResult { State: TaskState.Ready } result ? Clock.Between(result.SubmittedAt, Clock.Now) : TimeSpan.Zero;
        }
    }

    public long Outstanding
    {
        get
        {
            var finished = Interlocked.Read(ref _finishedByGone);
            foreach (var worker in _workers.Values) finished += worker.Finished;
            return _enqueued.Value - finished;
        }
    }
}

/// <summary>The routers a pool can have.</summary>
internal static class RouterNames
{
    public const string LeastLoaded = "least-loaded";
    public const string RoundRobin = "round-robin";
    public const string SmallestMailbox = "smallest-mailbox";

    public static readonly string[] All = [LeastLoaded, RoundRobin, SmallestMailbox];
}
