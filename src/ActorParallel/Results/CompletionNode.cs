namespace ActorParallel.Results;

/// <summary>Something that waits for a result: one link of the result's list of them, newest first.</summary>
internal abstract class CompletionNode
{
    internal CompletionNode? Next;

    /// <summary>Called once, on the thread that completes the result: must be quick and must not throw.</summary>
    internal abstract void Invoke(AsyncResult result);
}

/// <summary>Runs a short piece of the library's own code when a result is complete.</summary>
internal sealed class InlineCompletion(Action<AsyncResult> action) : CompletionNode
{
    internal override void Invoke(AsyncResult result) => action(result);
}

/// <summary>Runs a user's callback where it delays nobody.</summary>
internal sealed class CallbackCompletion(Action callback) : CompletionNode
{
    internal override void Invoke(AsyncResult result) => CallbackRunner.Shared.Run(callback);
}

/// <summary>Lets a thread wait for a result.</summary>
internal sealed class EventCompletion : CompletionNode
{
    readonly object _gate = new();
    bool _set;

    internal override void Invoke(AsyncResult result)
    {
        lock (_gate)
        {
            _set = true;
            Monitor.PulseAll(_gate);
        }
    }

    internal bool Wait(TimeSpan timeout)
    {
        var deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Clock.Now + Clock.ToTimestampTicks(timeout);
        lock (_gate)
        {
            while (!_set)
            {
                if (deadline == long.MaxValue)
                {
                    Monitor.Wait(_gate);
                    continue;
                }
                var left = Clock.Between(Clock.Now, deadline);
                if (left <= TimeSpan.Zero) return false;
                // Monitor takes at most int.MaxValue milliseconds at a time.
                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue - 1)));
            }
            return true;
        }
    }
}
