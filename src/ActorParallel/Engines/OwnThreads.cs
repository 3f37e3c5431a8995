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

    public override void Execute(IRunnable run)
    {
        if (t_turns is not { } turns) _threads.Execute(new Adopted(run));
        else if (t_running) turns.Enqueue(run);
        else RunAll(run, turns);
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
