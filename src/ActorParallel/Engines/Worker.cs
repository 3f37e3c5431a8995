using Akka.Actor;

namespace ActorParallel.Engines;

/// <summary>
/// What one worker and its surroundings share: how loaded it is, what it runs, whether it is wanted on.
/// The actor owns it; the router reads its load, and whoever gives its task up marks it.
/// </summary>
internal sealed class Worker(WorkerSet set, int id)
{
    int _load;
    int _abandoned;
    long _finished;

    /// <summary>The worker whose thread calls, or null.</summary>
    [field: ThreadStatic]
    public static Worker? Current { get; set; }

    public int Id { get; } = id;

    public WorkerSet Set { get; } = set;

    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>Wake-ups on their way to it, and what it runs.</summary>
    public int Load => Volatile.Read(ref _load);

    public void AddLoad(int change) => Interlocked.Add(ref _load, change);

    public bool Abandoned => Volatile.Read(ref _abandoned) != 0;

    /// <summary>What it runs now, on its thread or pending.</summary>
    public IWork? Running { get; set; }

    /// <summary>Pieces of work it has ended. Written by the worker alone.</summary>
    public long Finished => Volatile.Read(ref _finished);

    public void AddFinished() => Volatile.Write(ref _finished, _finished + 1);

    /// <summary>Its task never came back: the thread is written off and another worker takes its place.</summary>
    public bool TryAbandon() => Interlocked.Exchange(ref _abandoned, 1) == 0;

    /// <summary>Pending work has ended, on whatever thread.</summary>
    public void Resume(IWork work) => Actor.Tell(new WorkerActor.Resumed(work), ActorRefs.NoSender);
}
