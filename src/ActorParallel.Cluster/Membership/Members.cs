using ActorParallel.Controllers;
using Akka.Actor;
using Akka.Cluster;

namespace ActorParallel.Membership;

/// <summary>Who is a member of this process's cluster, as this process knows it now. Thread-safe.</summary>
internal sealed class Members(ActorSystem system) : IControllerLocator
{
    /// <summary>The actor that starts the controller where it is to be, and the controller below it.</summary>
    public const string Manager = "controller", Active = "active";

    readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    public Akka.Cluster.Cluster Cluster => _cluster;

    public static string ContactOf(Address address) => $"{address.Host}:{address.Port}";

    /// <summary>The member whose turn it is to be the controller: of those that can, the one that has been a member for longest.</summary>
    public Member? Oldest()
    {
        Member? oldest = null;
        foreach (var member in _cluster.State.Members)
            if (member.Status is MemberStatus.Up or MemberStatus.Leaving && member.HasRole(NodeConfig.ControllerRole) && (oldest is null || member.IsOlderThan(oldest)))
                oldest = member;
        return oldest;
    }

    /// <summary>This process is the active controller's.</summary>
    public bool IsActive => Oldest()?.UniqueAddress.Equals(_cluster.SelfUniqueAddress) == true;

    public static string PathOf(Address address) => $"{address}/user/{Manager}/{Active}";

    public ActorSelection? Find() => Oldest() is { } oldest ? system.ActorSelection(PathOf(oldest.Address)) : null;

    /// <summary>Engines that can be talked to.</summary>
    public IReadOnlyCollection<Address> Engines()
    {
        var state = _cluster.State;
        return [.. state.Members.Where(m => m.HasRole(NodeConfig.EngineRole) && m.Status is MemberStatus.Up or MemberStatus.WeaklyUp && !state.Unreachable.Contains(m)).Select(static m => m.Address)];
    }

    /// <summary>Where all controllers are, as "host:port".</summary>
    public IEnumerable<string> Contacts() =>
        _cluster.State.Members.Where(static m => m.HasRole(NodeConfig.ControllerRole) && m.Status is not (MemberStatus.Down or MemberStatus.Removed)).Select(static m => ContactOf(m.Address));
}
