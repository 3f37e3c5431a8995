using ActorParallel.Controllers;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorParallel.Membership;

/// <summary>Joins the cluster that the seeds know of. The first of the seeds forms it when there is none; the others after a while, each later than the one before it.</summary>
internal sealed class JoinActor(Members members, NodeSettings settings, bool mayForm, Action<string> giveUp) : UntypedActor, IWithTimers
{
    /// <summary>Names may have new addresses by then.</summary>
    static readonly TimeSpan s_again = TimeSpan.FromSeconds(10);

    readonly ILoggingAdapter _log = Context.GetLogger();

    public ITimerScheduler Timers { get; set; } = null!;

    Akka.Cluster.Cluster Cluster => members.Cluster;

    protected override void PreStart()
    {
        Cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        var contacts = settings.Contacts();
        var place = Place(contacts);
        if (place == 0 || (mayForm && contacts.Count == 0)) Form(contacts);
        else
        {
            Join(contacts);
            Timers.StartPeriodicTimer(nameof(JoinAgain), JoinAgain.Instance, s_again);
            if (mayForm) Timers.StartSingleTimer(nameof(FormNow), FormNow.Instance, settings.FormAfter * (place < 0 ? contacts.Count : place));
        }
        Timers.StartSingleTimer(nameof(TooLate), TooLate.Instance, settings.JoinTimeout);
    }

    int Place(IReadOnlyList<string> contacts) => mayForm ? contacts.TakeWhile(c => c != Own).Count() is var at && at < contacts.Count ? at : -1 : -1;

    string Own => Members.ContactOf(Cluster.SelfAddress);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.IMemberEvent change when change.Member.UniqueAddress.Equals(Cluster.SelfUniqueAddress) && change.Member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Joining:
                Timers.CancelAll();
                if (change.Member.Status == MemberStatus.Joining) break;
                _log.Info("Joined: {0} member(s) with this one; the active controller is at {1}.", Cluster.State.Members.Count, members.Oldest() is { } oldest ? Members.ContactOf(oldest.Address) : "no place yet");
                Context.Stop(Self);
                break;
            case ClusterEvent.IMemberEvent:
                break;
            case JoinAgain:
                Join(settings.Contacts());
                break;
            case FormNow:
                _log.Warning("Nobody has answered at {0}: this controller forms the cluster itself.", string.Join(", ", settings.Contacts()));
                Form(settings.Contacts());
                break;
            case TooLate:
                giveUp($"No cluster was found at {string.Join(", ", settings.Contacts())} within {settings.JoinTimeout.TotalSeconds:0.#} s ({NodeSettings.Section}.join-timeout).");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Akka's rule: whoever is first of the seeds asks the others, and forms the cluster when none answers.</summary>
    void Form(IReadOnlyList<string> contacts)
    {
        Timers.Cancel(nameof(JoinAgain));
        Cluster.JoinSeedNodes([Cluster.SelfAddress, .. contacts.Where(c => c != Own).Select(AddressOf)]);
    }

    void Join(IReadOnlyList<string> contacts)
    {
        if (contacts.Where(c => c != Own).Select(AddressOf).ToArray() is [_, ..] others) Cluster.JoinSeedNodes(others);
    }

    static Address AddressOf(string contact) => Address.Parse(ClusterNames.AddressOf(contact));

    protected override void PostStop() => Cluster.Unsubscribe(Self);

    sealed record JoinAgain
    {
        public static readonly JoinAgain Instance = new();
    }

    sealed record FormNow
    {
        public static readonly FormNow Instance = new();
    }

    sealed record TooLate
    {
        public static readonly TooLate Instance = new();
    }
}
