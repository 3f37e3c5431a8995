namespace ActorParallel.Scheduling;

/// <summary>An engine's place in one policy. Each policy that may choose the engine has its own.</summary>
internal class PolicyMember(EngineState engine)
{
    public readonly EngineState Engine = engine;

    // Of the policy, which alone uses them.
    public PolicyMember? Next;
    public PolicyMember? Previous;
    public int Bucket = -1;
    public int Index = -1;

    /// <summary>The policy holds it now.</summary>
    public bool InPolicy;
}

/// <summary>A doubly linked list through the members themselves.</summary>
internal sealed class MemberList
{
    public PolicyMember? First { get; private set; }

    PolicyMember? _last;

    public void AddLast(PolicyMember member)
    {
        member.Previous = _last;
        member.Next = null;
        if (_last is null)
            First = member;
        else
            _last.Next = member;
        _last = member;
    }

    public void Remove(PolicyMember member)
    {
        if (member.Previous is null)
            First = member.Next;
        else
            member.Previous.Next = member.Next;
        if (member.Next is null)
            _last = member.Previous;
        else
            member.Next.Previous = member.Previous;
        member.Next = member.Previous = null;
    }
}
