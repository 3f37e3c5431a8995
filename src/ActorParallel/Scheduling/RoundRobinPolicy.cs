namespace ActorParallel.Scheduling;

/// <summary>The engines in turn, leaving out those without credit; each task moves the turn on.</summary>
internal sealed class RoundRobinPolicy : TurningPolicy
{
    public override void LoadChanged(PolicyMember member) => ReviewAside(member);
}

/// <summary>The engine that has been longest without being given a task or ending one, leaving out those without credit.</summary>
internal sealed class LeastRecentlyUsedPolicy : TurningPolicy
{
    public override void LoadChanged(PolicyMember member)
    {
        ReviewAside(member);
        MoveToEnd(member);
    }
}

/// <summary>
/// Engines in a list, the next one first. Those found full are set aside until they finish something, or a task
/// comes that is granted more, so that a pick doesn't walk past all of them again: O(1) amortized.
/// </summary>
internal abstract class TurningPolicy : ISchedulingPolicy
{
    const int Turning = 0;
    const int SetAside = 1;
    readonly MemberList _turn = new();
    readonly MemberList _aside = new();
    int _asideCredit = int.MaxValue;

    public void Add(PolicyMember member) => Put(member, Turning);

    public void Remove(PolicyMember member) => Take(member);

    public abstract void LoadChanged(PolicyMember member);

    public PolicyMember? Pick(int credit, int avoid)
    {
        if (credit > _asideCredit)
            RecallAll();
        PolicyMember? avoided = null;
        PolicyMember? picked = null;
        for (var member = _turn.First; member is not null && picked is null;)
        {
            var next = member.Next;
            if (!SchedulingPolicy.HasCredit(member.Engine, credit))
            {
                Take(member);
                Put(member, SetAside);
                _asideCredit = Math.Min(_asideCredit, credit);
            }
            else if (member.Engine.Id == avoid)
            {
                avoided = member;
            }
            else
            {
                picked = member;
            }
            member = next;
        }
        if (avoided is not null && (picked is null || !SchedulingPolicy.DoesAsWell(picked.Engine, avoided.Engine, credit)))
            picked = avoided;
        if (picked is not null)
            MoveToEnd(picked);
        return picked;
    }

    protected void ReviewAside(PolicyMember member)
    {
        if (member.Bucket != SetAside || !SchedulingPolicy.HasCredit(member.Engine, _asideCredit))
            return;
        Take(member);
        Put(member, Turning);
    }

    protected void MoveToEnd(PolicyMember member)
    {
        var place = member.Bucket;
        Take(member);
        Put(member, place);
    }

    void RecallAll()
    {
        while (_aside.First is { } member)
        {
            Take(member);
            Put(member, Turning);
        }
        _asideCredit = int.MaxValue;
    }

    void Put(PolicyMember member, int place)
    {
        member.Bucket = place;
        (place == Turning ? _turn : _aside).AddLast(member);
    }

    void Take(PolicyMember member)
    {
        (member.Bucket == Turning ? _turn : _aside).Remove(member);
        member.Bucket = -1;
    }
}
