using ActorParallel.Controllers;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Membership;

/// <summary>Tells whoever looks where the active controller is; in each process that can be it.</summary>
internal sealed class ContactActor(Members members, PeerRoles roles) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WhereIsController:
                Sender.Tell(new ControllerIsAt(members.Oldest() is { } oldest ? Members.PathOf(oldest.Address) : "", [.. members.Contacts()]), Self);
                break;
            // What a client or an engine says of another cluster counts for nothing.
            case MergeQuestion question when (roles.RolesOf(Sender) & PeerRole.Controller) != 0:
                Sender.Tell(new MergeAnswer(Members.ContactOf(members.Cluster.SelfAddress), Answer(question)), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    MergeVerdict Answer(MergeQuestion question)
    {
        if (!members.IsActive || members.Contacts().Contains(question.Address)) return MergeVerdict.Nothing;
        var verdict = Judge(question, Members.ContactOf(members.Cluster.SelfAddress), members.Engines().Count);
        if (verdict == MergeVerdict.AskedGoes) MergeActor.GiveWay(Context.System, members, question.Address);
        return verdict;
    }

    /// <summary>The one with more engines stays; of equal ones that with the lower address.</summary>
    internal static MergeVerdict Judge(MergeQuestion asker, string address, int engines) =>
        (asker.Engines != engines ? asker.Engines > engines : string.CompareOrdinal(asker.Address, address) < 0) ? MergeVerdict.AskedGoes : MergeVerdict.AskerGoes;
}
