using System.Diagnostics;
using Akka.Event;

namespace ActorParallel.Transport;

/// <summary>
/// What must happen later, on a thread of its own, whatever scheduler the actor system has: Akka's (1.5.74) ticks on the .NET thread
/// pool and stands still while that is blocked. Actions are short and don't wait for anything.
/// </summary>
internal sealed class Deadlines(ILoggingAdapter log)
{
    readonly object _gate = new();
    readonly PriorityQueue<Deadline, long> _next = new();
    bool _started, _stopped;

    /// <summary>Never runs when this was stopped, or the deadline is cancelled before.</summary>
    public Deadline After(TimeSpan delay, Action action)
    {
        var deadline = new Deadline(action);
        lock (_gate)
        {
            if (_stopped)
            {
                return deadline;
            }

            _next.Enqueue(deadline, Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency));
            if (!_started)
            {
                _started = true;
                new Thread(Run) { IsBackground = true, Name = "actor-parallel deadlines" }.Start();
            }

            Monitor.Pulse(_gate);
        }

        return deadline;
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _next.Clear();
            Monitor.Pulse(_gate);
        }
    }

    void Run()
    {
        while (Next() is { } due)
        {
            try
            {
                due.Run();
            }
            catch (Exception e)
            {
                log.Error(e, "A deadline of the transport failed.");
            }
        }
    }

    Deadline? Next()
    {
        lock (_gate)
        {
            while (!_stopped)
            {
                if (!_next.TryPeek(out var deadline, out var at))
                {
                    Monitor.Wait(_gate);
                }
                else if (deadline.IsCancelled || Stopwatch.GetTimestamp() >= at)
                {
                    return _next.Dequeue();
                }
                else
                {
                    Monitor.Wait(_gate, Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), at) + TimeSpan.FromMilliseconds(1));
                }
            }

            return null;
        }
    }
}

/// <summary>One thing that happens later, or not.</summary>
internal sealed class Deadline(Action action)
{
    Action? _action = action;

    public bool IsCancelled => Volatile.Read(ref _action) is null;

    public void Cancel() => Interlocked.Exchange(ref _action, null);

    public void Run() => Interlocked.Exchange(ref _action, null)?.Invoke();
}
