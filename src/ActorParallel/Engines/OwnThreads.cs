using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace ActorParallel.Engines;

/// <summary>
/// Runs actors on the library's own threads, and where it can on the one that is there: what a connection's reader, a worker or another
/// actor of ours sends is handled on that thread, in turn, instead of waking one thread for each step of a message's way.
/// Users' threads, and those of the .NET pool, only hand over.
/// </summary>
internal sealed class OwnThreads(string id) : ExecutorService(id)
{
    [ThreadStatic]
    static Queue<IRunnable>? t_turns;

    [ThreadStatic]
    static bool t_running;

    /// <summary>A user's thread runs fewer actors' turns than this before it goes back to its user.</summary>
    const int MostTurns = 6;

    [ThreadStatic]
    static int t_guest;

    readonly WorkerThreads _threads = new(id);

    /// <summary>The calling thread is the library's: it may carry on what it sends.</summary>
    public static void Adopt() => t_turns ??= new Queue<IRunnable>();

    /// <summary>The calling thread is the library's for one message, because it has nothing else to do.</summary>
    public static void Tell(IActorRef to, object message, IActorRef sender)
    {
        var before = t_turns;
        Adopt();
        to.Tell(message, sender);
        t_turns = before;
    }

    /// <summary>A user's thread carries on one message, and what follows from it, but not for long: the rest is the library's.</summary>
    public static void TellAsGuest(IActorRef to, object message)
    {
        if (t_turns is not null)
        {
            to.Tell(message, ActorRefs.NoSender);
            return;
        }
        t_turns = new Queue<IRunnable>();
        t_guest = MostTurns;
        // What the user's thread carries with it is not the library's business.
        var flow = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        try
        {
            to.Tell(message, ActorRefs.NoSender);
        }
        finally
        {
            flow?.Undo();
            t_turns = null;
            t_guest = 0;
        }
    }

    public override void Execute(IRunnable run)
    {
        if (t_turns is not { } turns || GuestIsTired()) _threads.Execute(new Adopted(run));
        else if (t_running) turns.Enqueue(run);
        else RunAll(run, turns);
    }

    static bool GuestIsTired()
    {
        if (t_guest > 1) t_guest--;
        return t_guest == 1;
    }

    static void RunAll(IRunnable first, Queue<IRunnable> turns)
    {
        t_running = true;
        try
        {
            first.Run();
            while (turns.TryDequeue(out var next)) next.Run();
        }
        finally
        {
            t_running = false;
        }
    }

    public override void Shutdown() => _threads.Shutdown();

    sealed class Adopted(IRunnable run) : IRunnable
    {
        public void Run()
        {
            Adopt();
            RunAll(run, t_turns!);
        }

        public void Execute() => Run();
    }
}

/// <summary>Named by the configuration as the executor of the controllers' and of remoting's dispatchers.</summary>
internal sealed class OwnThreadsConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new OwnThreads(id);
}
