using ActorParallel.Results;
using Akka.Actor;
using Akka.Event;

namespace ActorParallel.Engines;

/// <summary>
/// The worker: runs one task at a time, on a thread of its own. Under <c>least-loaded</c> it is woken and takes from the
/// set's queue for as long as there is something; under Akka's own routers each message brings its task.
/// </summary>
internal sealed class WorkerActor : UntypedActor, IWithUnboundedStash
{
    static readonly long s_betweenLooks = Clock.ToTimestampTicks(TimeSpan.FromMicroseconds(20));

    readonly WorkerSet _set;
    readonly Worker _worker;
    readonly ActorCell _cell;
    bool _initialized;
    bool _pending;
    long _lookedAt;

    public WorkerActor(WorkerSet set)
    {
        _set = set;
        _cell = (ActorCell)Context;
        _worker = set.AddWorker();
        _worker.Actor = Self;
    }

    public IStash Stash { get; set; } = null!;

    protected override void PreStart() => _set.Register(_worker);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Resumed resumed:
                if (_pending && ReferenceEquals(resumed.Work, _worker.Running)) AfterPending();
                break;
            case not null when _pending:
                Stash.Stash();
                break;
            case WorkAvailable:
                Drain();
                break;
            case RunWork run:
                _set.TryRouse(_worker);
                if (_set.Take(run))
                {
                    if (Initialized()) RunOne(run.Work);
                    else _set.Requeue(run.Work);
                }
                Drain();
                break;
            default:
                Unhandled(message!);
                break;
        }
    }

    protected override bool AroundReceive(Receive receive, object message)
    {
        Worker.Current = _worker;
        _worker.LastEnd = 0;
        var handled = base.AroundReceive(receive, message);
        Worker.Current = null;
        return handled;
    }

    /// <summary>Takes from the queue until it is empty, this worker has to go, or a message waits.</summary>
    void Drain()
    {
        while (!_pending)
        {
            if (!Initialized() || _set.ShouldLeave(_worker))
            {
                _worker.Leave();
                Context.Stop(Self);
                return;
            }
            if (!_set.Queue.TryDequeue(out var work))
            {
                _worker.LastEnd = 0;
                if (_set.Linger() || _set.GoIdle(_worker)) continue;
                return;
            }
            // Waking takes time that is not the task's.
            if (_set.ShareRest()) _worker.LastEnd = 0;
            RunOne(work);
            if (!MessageWaits()) continue;
            // Let the waiting message in; come back for the rest.
            Self.Tell(WorkAvailable.Instance);
            return;
        }
    }

    /// <summary>After tiny tasks it doesn't look each time: all but routed work can wait so long.</summary>
    bool MessageWaits()
    {
        var now = _worker.LastEnd;
        if (now != 0 && now - _lookedAt < s_betweenLooks && !_set.Pushes) return false;
        _lookedAt = now;
        return _cell.HasMessages;
    }

    void RunOne(IWork work)
    {
        _worker.Begin(work);
        var status = work.Run(_worker);
        if (status == WorkStatus.Pending && !_worker.Leaving)
        {
            _pending = true;
            return;
        }
        if (status == WorkStatus.Ended) _worker.EndUnchallenged();
        else if (!_worker.End()) return;
        if (status == WorkStatus.Yield) _set.Queue.Enqueue(work);
        else _worker.AddFinished();
    }

    void AfterPending()
    {
        _pending = false;
        if (_worker.End()) _worker.AddFinished();
        Stash.UnstashAll();
        Drain();
    }

    /// <summary>The initializer runs before a worker's first task, and again in the worker that replaces it.</summary>
    bool Initialized()
    {
        if (_initialized) return true;
        if (_set.Faulted || _worker.Leaving) return false;
        try
        {
            _set.Settings.Initializer?.Invoke();
            _initialized = true;
            _set.InitializerSucceeded();
        }
#pragma warning disable CA1031 // Whatever the user's initializer throws counts against the pool's tries.
        catch (Exception e)
        {
            Context.GetLogger().Warning("The initializer of worker {0} failed: {1}", _worker.Id, e.Message);
            _set.InitializerFailed(_worker, e);
        }
#pragma warning restore CA1031
        return _initialized;
    }

    protected override void PostStop()
    {
        _set.WorkerStopped(_worker);
        base.PostStop();
    }

    /// <summary>The queue has work.</summary>
    internal sealed record WorkAvailable
    {
        public static readonly WorkAvailable Instance = new();
    }

    /// <summary>A piece of work routed to this worker and no other.</summary>
    internal sealed record RunWork(IWork Work);

    /// <summary>Pending work has ended.</summary>
    internal sealed record Resumed(IWork Work);
}
