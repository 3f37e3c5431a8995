using Akka.Actor;
using Akka.Event;

namespace ActorParallel.Controllers;

/// <summary>Hands an actor system's log to somebody else.</summary>
internal sealed class LogForwarder(Action<LogEvent> log) : UntypedActor
{
    protected override void PreStart()
    {
        foreach (var kind in (Type[])[typeof(Info), typeof(Warning), typeof(Error)]) Context.System.EventStream.Subscribe(Self, kind);
    }

    protected override void OnReceive(object message) => log((LogEvent)message);
}
