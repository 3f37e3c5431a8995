using ActorParallel.Engines;
using Akka.Actor;
using Akka.Event;

namespace ActorParallel.Pools;

/// <summary>
/// The controller of a pool in this process: supervises the router pool of workers. Tasks do not pass through it:
/// they go from the caller to the router to the workers.
/// </summary>
internal sealed class PoolController(WorkerSet set, Action stopped) : UntypedActor
{
    public const string WorkerDispatcher = "actor-parallel.worker-dispatcher";

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        set.Start(Context);
    }

    protected override void OnReceive(object message)
    {
        // A worker left while a message was on its way to it: nothing may be lost with it.
        if (message is not DeadLetter letter) return;
        if (letter.Message is WorkerActor.RunWork run && set.Take(run)) set.Requeue(run.Work);
        else if (letter.Message is WorkerActor.WorkAvailable && !set.Queue.IsEmpty) set.WakeOne();
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        // The actor system may have been ended by its owner, over the pool's head: what waits must not wait for ever.
        stopped();
    }
}
