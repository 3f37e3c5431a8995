using System.Diagnostics;
using Akka.Event;

namespace ActorParallel.Transport;

/// <summary>One warning for each peer turned away or cut off, and no flood of them: five a second, the rest counted.</summary>
internal sealed class RefusalLog(ILoggingAdapter log)
{
    const int ASecond = 5;
    readonly Lock _gate = new();
    long _since;
    int _said, _unsaid;

    public void Add(string peer, string reason) => Say("A connection from {0} was turned away: {1}.", peer, reason);

    public void Closed(string peer, string reason) => Say("The connection with {0} was closed: {1}.", peer, reason);

    void Say(string text, string peer, string reason)
    {
        int unsaid;
        lock (_gate)
        {
            if (_said > 0 && Stopwatch.GetElapsedTime(_since) < TimeSpan.FromSeconds(1))
            {
                if (_said >= ASecond)
                {
                    _unsaid++;
                    return;
                }
            }
            else
            {
                (_since, _said) = (Stopwatch.GetTimestamp(), 0);
            }

            _said++;
            (unsaid, _unsaid) = (_unsaid, 0);
        }

        if (unsaid > 0)
        {
            log.Warning(text + " {2} more were before it.", peer, reason, unsaid);
        }
        else
        {
            log.Warning(text, peer, reason);
        }
    }
}
