using ActorParallel.Clients;
using ActorParallel.Controllers;
using ActorParallel.Pools;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Membership;

/// <summary>Asks controllers that are members of no cluster, or of another one, from an actor system that is member of none.</summary>
internal sealed class MergeProbe : IDisposable
{
    readonly ActorSystem _system;
    readonly IActorRef _relay;

    /// <summary>Starts it.</summary>
    /// <param name="settings">Where this machine is.</param>
    /// <param name="tls">What it shows.</param>
    /// <param name="to">Gets the answers.</param>
    public MergeProbe(NodeSettings settings, SocketTransportSetup tls, IActorRef to)
    {
        _system = ClusterSystem.Start("actor-parallel-merge", SocketTransportConfig.ForTls(settings.Hostname, 0, settings.PublicHostname, PoolTransport.FrameBytes), tls);
        var roles = PeerRoles.Of(_system);
        _relay = _system.ActorOf(Props.Create(() => new Relay(to, roles)), "relay");
    }

    public void Ask(IEnumerable<string> contacts, MergeQuestion question)
    {
        foreach (var contact in contacts) _system.ActorSelection(ClusterNames.PathOf(contact, ContactLocator.Name)).Tell(question, _relay);
    }

    public void Dispose() => _ = _system.Terminate();

    sealed class Relay(IActorRef to, PeerRoles roles) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is MergeAnswer && (roles.RolesOf(Sender) & PeerRole.Controller) != 0) to.Tell(message, ActorRefs.NoSender);
            else Unhandled(message);
        }
    }
}
