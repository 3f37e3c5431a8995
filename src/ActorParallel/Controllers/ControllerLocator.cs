using Akka.Actor;

namespace ActorParallel.Controllers;

/// <summary>Where engines and clients find their controller. Asked again before each knock, on the knocking actor's thread.</summary>
internal interface IControllerLocator
{
    /// <summary>Where it is as far as is known now; null while nobody knows.</summary>
    ActorSelection? Find();
}

/// <summary>A controller that is always at the same place, also after it was started anew.</summary>
internal sealed class FixedController(ActorSystem system, string path) : IControllerLocator
{
    readonly ActorSelection _path = system.ActorSelection(path);

    public ActorSelection Find() => _path;
}
