using Akka.Actor;
using Akka.Routing;

namespace ActorParallel.Engines;

/// <summary>
/// The router <c>least-loaded</c>: a message goes to a worker that has nothing queued <em>and</em> nothing running; when there is none,
/// the work waits for whichever is free first. Akka's smallest-mailbox looks at the queue alone, and takes the first worker whose queue is empty, busy or not.
/// </summary>
internal sealed class LeastLoadedPool(int nrOfInstances, WorkerSet set, SupervisorStrategy strategy, string dispatcher)
    : Pool(nrOfInstances, null, strategy, dispatcher, usePoolDispatcher: false)
{
    public override bool StopRouterWhenAllRouteesRemoved => false;

    public override int GetNrOfInstances(ActorSystem system) => NrOfInstances;

    // It looks into its own process: it can't be deployed to another.
    public override Akka.Util.ISurrogate ToSurrogate(ActorSystem system) =>
        throw new NotSupportedException("The least-loaded router can't travel: create it on the node where its workers are.");

    public override Router CreateRouter(ActorSystem system) => new(new LeastLoadedRoutingLogic(set));
}

/// <inheritdoc cref="LeastLoadedPool" />
internal sealed class LeastLoadedRoutingLogic(WorkerSet set) : RoutingLogic
{
    int _turn;

    public override Routee Select(object message, Routee[] routees)
    {
        var first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)Math.Max(1, routees.Length));
        for (var i = 0; i < routees.Length; i++)
        {
            var routee = routees[(first + i) % routees.Length];
            if (routee is ActorRefRoutee { Actor: var actor } && set.Find(actor) is { } worker && set.TryRouse(worker)) return routee;
        }
        // Workers run, and go idle, before the router lists them: the wake-up must not be lost.
        foreach (var worker in set.Workers)
            if (set.TryRouse(worker)) return new ActorRefRoutee(worker.Actor);
        return Routee.NoRoutee;
    }
}
