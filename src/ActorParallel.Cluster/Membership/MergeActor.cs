using ActorParallel.Controllers;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorParallel.Membership;

/// <summary>
/// Finds the other half of a cluster whose network was cut. Each half goes on by itself; when they see each other again, the one with
/// fewer engines goes down, its processes are started anew by whatever starts them, and join the other. Beside each controller.
/// </summary>
/// <remarks>Members that have taken each other for gone never talk again (Akka.Remote's quarantine): the question goes through an actor system of its own.</remarks>
internal sealed class MergeActor(Members members, NodeSettings settings, SocketTransportSetup tls) : UntypedActor, IWithTimers
{
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly HashSet<string> _former = [];
    MergeProbe? _probe;
    bool _goes;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        members.Cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(nameof(Look), Look.Instance, settings.MergeInterval);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.MemberRemoved { PreviousStatus: MemberStatus.Down } removed when removed.Member.HasRole(NodeConfig.ControllerRole):
                _former.Add(Members.ContactOf(removed.Member.Address));
                break;
            case ClusterEvent.MemberRemoved:
                break;
            case Look:
                Ask();
                break;
            case MergeAnswer { Verdict: MergeVerdict.AskerGoes } answer when !_goes && members.IsActive && !members.Contacts().Contains(answer.Address):
                _goes = true;
                GiveWay(Context.System, members, answer.Address);
                break;
            case MergeAnswer:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    void Ask()
    {
        if (!members.IsActive) return;
        var here = members.Contacts().ToHashSet(StringComparer.Ordinal);
        _former.ExceptWith(here);
        var away = settings.Contacts().Concat(_former).Where(c => !here.Contains(c)).Distinct().ToArray();
        if (away.Length == 0) return;
        _probe ??= new MergeProbe(settings, tls, Self);
        _log.Debug("Looking for controllers that are not in this cluster: {0}.", string.Join(", ", away));
        _probe.Ask(away, new MergeQuestion(Members.ContactOf(members.Cluster.SelfAddress), members.Engines().Count));
    }

    /// <summary>This cluster goes: its members are told that they are none any more, end, and join the other when they are started anew.</summary>
    public static void GiveWay(ActorSystem system, Members members, string other)
    {
        Logging.GetLogger(system, nameof(MergeActor)).Warning("The controller at {0} has a cluster of its own, which stays: this one goes down, and its members join that.", other);
        foreach (var member in members.Cluster.State.Members) members.Cluster.Down(member.Address);
    }

    protected override void PostStop()
    {
        members.Cluster.Unsubscribe(Self);
        _probe?.Dispose();
    }

    sealed record Look
    {
        public static readonly Look Instance = new();
    }
}
