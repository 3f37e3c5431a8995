using Akka.Actor;
using Akka.Routing;

namespace ActorParallel.Engines;

/// <summary>
/// The router <c>least-loaded</c>: a message goes to the worker with the fewest messages queued <em>and</em> tasks running.
/// Akka's smallest-mailbox looks at the queue alone, and takes the first worker whose queue is empty, busy or not.
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
        if (routees.Length == 0) return Routee.NoRoutee;
        var first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)routees.Length);
        var best = routees[first];
        Worker? bestWorker = null;
        var bestLoad = int.MaxValue;
        for (var i = 0; i < routees.Length; i++)
        {
            var routee = routees[(first + i) % routees.Length];
            if (routee is not ActorRefRoutee { Actor: var actor } || set.Find(actor) is not { Abandoned: false } worker) continue;
            var load = worker.Load;
            if (load >= bestLoad) continue;
            (best, bestWorker, bestLoad) = (routee, worker, load);
            if (load == 0) break;
        }
        bestWorker?.AddLoad(1);
        return best;
    }
}
