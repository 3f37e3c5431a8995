using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ActorParallel.Engines;
using ActorParallel.Results;
using Akka.Actor;

namespace ActorParallel.Controllers;

/// <summary>
/// What callers submit, on its way to the actor that sends it. A burst travels together: one message wakes the actor however many wait. A call
/// that comes alone is carried on by its caller's thread, which has nothing else to do: waking another one costs more than the way itself.
/// </summary>
internal sealed class SubmissionQueue<T>(object wakeUp)
{
    // Calls within this time of each other are a burst.
    static readonly long s_burst = Clock.ToTimestampTicks(TimeSpan.FromMicroseconds(50));

    readonly ConcurrentQueue<T> _queue = new();
    int _woken;
    long _last;

    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    public bool IsEmpty => _queue.IsEmpty;

    /// <summary>Submits, and wakes the actor.</summary>
    /// <param name="item">What.</param>
    /// <param name="at">When, on the clock.</param>
    public void Enqueue(T item, long at)
    {
        _queue.Enqueue(item);
        var last = Interlocked.Exchange(ref _last, at);
        Wake(alone: at - last > s_burst);
    }

    public bool TryDequeue([MaybeNullWhen(false)] out T item) => _queue.TryDequeue(out item);

    public void Wake(bool alone = false)
    {
        if (Interlocked.Exchange(ref _woken, 1) != 0) return;
        if (alone) OwnThreads.TellAsGuest(Actor, wakeUp);
        else Actor.Tell(wakeUp, ActorRefs.NoSender);
    }

    /// <summary>The actor has been woken, and looks.</summary>
    public void Awake() => Interlocked.Exchange(ref _woken, 0);
}
