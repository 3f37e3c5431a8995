using Akka.Actor;

namespace ActorParallel.Engines;

/// <summary>
/// What one worker and its surroundings share: whether it sleeps, what it runs, whether it is wanted on.
/// The actor owns it; the router rouses it, and whoever gives its task up writes it off.
/// </summary>
internal sealed class Worker(WorkerSet set, int id)
{
    static readonly IWork s_writtenOff = new WrittenOff();

    int _asleep;
    int _leaving;
    long _finished;
    IWork? _running;

    /// <summary>The worker whose thread calls, or null.</summary>
    [field: ThreadStatic]
    public static Worker? Current { get; set; }

    public int Id { get; } = id;

    public WorkerSet Set { get; } = set;

    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    public void Sleep() => Interlocked.Exchange(ref _asleep, 1);

    /// <summary>Only one caller rouses it; it then sends the message that the worker wakes up by.</summary>
    public bool TryRouse() => Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0;

    /// <summary>It takes nothing more.</summary>
    public bool Leaving => Volatile.Read(ref _leaving) != 0;

    public void Leave() => Volatile.Write(ref _leaving, 1);

    /// <summary>When its last task ended, as long as the next one follows at once: that is when the next one begins. 0: look at the clock.</summary>
    public long LastEnd { get; set; }

    /// <summary>What it runs now, on its thread or pending.</summary>
    public IWork? Running => Volatile.Read(ref _running);

    public void Begin(IWork work) => Volatile.Write(ref _running, work);

    /// <summary>False when the work was given up meanwhile: somebody else has counted it.</summary>
    public bool End() => !ReferenceEquals(Interlocked.Exchange(ref _running, null), s_writtenOff);

    /// <summary>The work has ended itself: who gives work up ends it first.</summary>
    public void EndUnchallenged() => Volatile.Write(ref _running, null);

    /// <summary>Its work never comes back: its thread is lost, and another worker takes its place.</summary>
    public bool TryWriteOff(IWork work)
    {
        if (!ReferenceEquals(Interlocked.CompareExchange(ref _running, s_writtenOff, work), work)) return false;
        Leave();
        return true;
    }

    /// <summary>Pieces of work it has ended. Written by the worker alone.</summary>
    public long Finished => Volatile.Read(ref _finished);

    public void AddFinished() => Volatile.Write(ref _finished, _finished + 1);

    /// <summary>Pending work has ended, on whatever thread.</summary>
    public void Resume(IWork work) => Actor.Tell(new WorkerActor.Resumed(work), ActorRefs.NoSender);

    sealed class WrittenOff : IWork
    {
        public int Priority => 0;

        public WorkStatus Run(Worker worker) => WorkStatus.Done;
    }
}
