using ActorParallel.Controllers;
using Akka.Actor;
using Akka.Cluster;

namespace ActorParallel.Membership;

/// <summary>Tells the active controller, when it is this process's, which engines the cluster has taken for gone: it need not wait for them any longer.</summary>
internal sealed class WatchActor(Members members) : UntypedActor
{
    readonly ActorSelection _active = Context.ActorSelection($"/user/{Members.Manager}/{Members.Active}");

    protected override void PreStart() => members.Cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => members.Cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is not ClusterEvent.MemberRemoved removed || !removed.Member.HasRole(NodeConfig.EngineRole)) return;
        var wanted = removed.PreviousStatus != MemberStatus.Down;
        _active.Tell(new ClusterControllerActor.PeerGone(removed.Member.Address, wanted ? "it left the cluster" : "it was out of reach, and the cluster has taken it for gone", wanted), Self);
    }
}
