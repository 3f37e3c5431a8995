using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Controllers;

/// <summary>An engine as its controller has it. Touched by the controller actor alone.</summary>
internal abstract class EngineHandle(int id, int generation)
{
    public int Id => id;

    /// <summary>Tells this process from others that had, or will have, the same id.</summary>
    public int Generation => generation;

    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    public bool IsRegistered { get; set; }

    public bool IsDraining { get; set; }

    /// <summary>It was told to stop: its end is nobody's fault.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Tasks it ended.</summary>
    public long Finished { get; set; }

    public HashSet<int> KnownFunctions { get; } = [];

    public Link Link { get; } = new();
}
