using Akka.Actor;
using Akka.Routing;

namespace ActorParallel.Engines;

/// <summary>
/// One of Akka's own router pools that outlasts its last worker: Akka's stop for good when the last has gone,
/// though here another is about to take its place.
/// </summary>
internal sealed class LastingPool(Pool pool, SupervisorStrategy strategy, string dispatcher)
    : Pool(pool.NrOfInstances, null, strategy, dispatcher, usePoolDispatcher: false)
{
    public override bool StopRouterWhenAllRouteesRemoved => false;

    public override int GetNrOfInstances(ActorSystem system) => NrOfInstances;

    public override Router CreateRouter(ActorSystem system) => pool.CreateRouter(system);

    public override Akka.Util.ISurrogate ToSurrogate(ActorSystem system) => pool.ToSurrogate(system);
}
