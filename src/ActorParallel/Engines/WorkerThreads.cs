using Akka.Configuration;
using Akka.Dispatch;

namespace ActorParallel.Engines;

/// <summary>
/// The workers' own threads: one for every worker that runs something, kept for the next one when it is idle.
/// A fork-join pool has a fixed number of threads; a pool that is resized, or that adds a worker while
/// a task waits for its own tasks, needs more or fewer.
/// </summary>
internal sealed class WorkerThreads(string id) : ExecutorService(id)
{
    static readonly TimeSpan s_idleLife = TimeSpan.FromSeconds(10);

    readonly object _gate = new();
    readonly Queue<IRunnable> _queue = new();
    int _idle;
    bool _closed;

    public override void Execute(IRunnable run)
    {
        lock (_gate)
        {
            _queue.Enqueue(run);
            if (_idle >= _queue.Count)
            {
                Monitor.Pulse(_gate);
                return;
            }
        }
        new Thread(Loop) { IsBackground = true, Name = "actor-parallel worker" }.Start();
    }

    void Loop()
    {
        while (Take() is { } run) run.Run();
    }

    IRunnable? Take()
    {
        lock (_gate)
        {
            IRunnable? run;
            while (!_queue.TryDequeue(out run))
            {
                if (_closed) return null;
                _idle++;
                var pulsed = Monitor.Wait(_gate, s_idleLife);
                _idle--;
                if (!pulsed && _queue.Count == 0) return null;
            }
            return run;
        }
    }

    public override void Shutdown()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}

/// <summary>Named by the reference configuration as the worker dispatcher's executor.</summary>
internal sealed class WorkerThreadsConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new WorkerThreads(id);
}
