namespace ActorParallel.Scheduling;

/// <summary>Any engine with credit, each as likely as the others.</summary>
internal sealed class RandomPolicy(Random random) : DrawingPolicy
{
    protected override PolicyMember? Choose(int credit) => Draw(random, credit);
}

/// <summary>
/// The less loaded of two engines drawn at random: nearly as even as looking at all of them
/// (M. Mitzenmacher, "The power of two choices in randomized load balancing", IEEE TPDS 12(10), 2001).
/// </summary>
internal sealed class TwoChoicesPolicy(Random random) : DrawingPolicy
{
    protected override PolicyMember? Choose(int credit)
    {
        if (Draw(random, credit) is not { } one || Draw(random, credit) is not { } other)
            return null;
        return SchedulingPolicy.LessLoaded(other.Engine, one.Engine) ? other : one;
    }
}

/// <summary>
/// Engines in an array to draw from. Those found full are set aside, behind the others, until they finish something or a task comes
/// that is granted more: each is set aside once for each change of its load, so a draw is O(1) amortized.
/// </summary>
internal abstract class DrawingPolicy : ISchedulingPolicy
{
    readonly List<PolicyMember> _members = [];
    int _open;
    int _asideCredit = int.MaxValue;

    public void Add(PolicyMember member)
    {
        member.Index = _members.Count;
        _members.Add(member);
        Open(member);
    }

    public void Remove(PolicyMember member)
    {
        if (member.Index < _open)
            SetAside(member);
        Swap(member.Index, _members.Count - 1);
        _members.RemoveAt(_members.Count - 1);
        member.Index = -1;
    }

    public void LoadChanged(PolicyMember member)
    {
        if (member.Index >= _open && SchedulingPolicy.HasCredit(member.Engine, _asideCredit))
            Open(member);
    }

    public PolicyMember? Pick(int credit, int avoid)
    {
        if (credit > _asideCredit)
        {
            _open = _members.Count;
            _asideCredit = int.MaxValue;
        }
        var chosen = Choose(credit);
        if (chosen is null || chosen.Engine.Id != avoid)
            return chosen;
        // Another one: out of the draw for a moment.
        SetAside(chosen);
        var other = Choose(credit);
        Open(chosen);
        return other is not null && SchedulingPolicy.DoesAsWell(other.Engine, chosen.Engine, credit) ? other : chosen;
    }

    protected abstract PolicyMember? Choose(int credit);

    protected PolicyMember? Draw(Random random, int credit)
    {
        while (_open > 0)
        {
            var member = _members[random.Next(_open)];
            if (SchedulingPolicy.HasCredit(member.Engine, credit))
                return member;
            SetAside(member);
            _asideCredit = Math.Min(_asideCredit, credit);
        }
        return null;
    }

    void Open(PolicyMember member) => Swap(member.Index, _open++);

    void SetAside(PolicyMember member) => Swap(member.Index, --_open);

    void Swap(int a, int b)
    {
        (_members[a], _members[b]) = (_members[b], _members[a]);
        _members[a].Index = a;
        _members[b].Index = b;
    }
}
