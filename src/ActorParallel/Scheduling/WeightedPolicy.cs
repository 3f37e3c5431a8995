namespace ActorParallel.Scheduling;

/// <summary>
/// The less loaded of two engines drawn with a probability in proportion to 1 / (1 + tasks per worker): less loaded ones are likelier from the start.
/// The weights lie in a tree of partial sums (P. Fenwick, "A new data structure for cumulative frequency tables", 1994): a draw
/// and a change are O(log n). Those found full weigh nothing until they finish something or a task comes that is granted more.
/// </summary>
internal sealed class WeightedPolicy(Random random) : ISchedulingPolicy
{
    const long Full = 1 << 20;
    readonly Stack<int> _free = new();
    readonly List<PolicyMember> _aside = [];
    PolicyMember?[] _members = new PolicyMember?[16];
    long[] _sums = new long[17];
    long[] _weights = new long[16];
    int _used;
    int _asideCredit = int.MaxValue;

    public void Add(PolicyMember member)
    {
        if (!_free.TryPop(out var index))
        {
            if (_used == _members.Length)
                Grow();
            index = _used++;
        }
        member.Index = index;
        member.Bucket = -1;
        _members[index] = member;
        Weigh(index, Weight(member.Engine));
    }

    public void Remove(PolicyMember member)
    {
        Weigh(member.Index, 0);
        if (member.Bucket >= 0)
            LeaveAside(member);
        _members[member.Index] = null;
        _free.Push(member.Index);
        member.Index = -1;
    }

    public void LoadChanged(PolicyMember member)
    {
        if (member.Bucket >= 0)
        {
            if (!SchedulingPolicy.HasCredit(member.Engine, _asideCredit))
                return;
            LeaveAside(member);
        }
        Weigh(member.Index, Weight(member.Engine));
    }

    public PolicyMember? Pick(int credit, int avoid)
    {
        if (credit > _asideCredit)
        {
            while (_aside.Count > 0)
            {
                var member = _aside[^1];
                LeaveAside(member);
                Weigh(member.Index, Weight(member.Engine));
            }
            _asideCredit = int.MaxValue;
        }
        var chosen = Choose(credit);
        if (chosen is null || chosen.Engine.Id != avoid)
            return chosen;
        // Another one: out of the draw for a moment.
        Weigh(chosen.Index, 0);
        var other = Choose(credit);
        Weigh(chosen.Index, Weight(chosen.Engine));
        return other is not null && SchedulingPolicy.DoesAsWell(other.Engine, chosen.Engine, credit) ? other : chosen;
    }

    PolicyMember? Choose(int credit)
    {
        if (Draw(credit) is not { } one || Draw(credit) is not { } other)
            return null;
        return SchedulingPolicy.LessLoaded(other.Engine, one.Engine) ? other : one;
    }

    PolicyMember? Draw(int credit)
    {
        while (_sums[^1] > 0)
        {
            var member = _members[Find(random.NextInt64(_sums[^1]))]!;
            if (SchedulingPolicy.HasCredit(member.Engine, credit))
                return member;
            Weigh(member.Index, 0);
            member.Bucket = _aside.Count;
            _aside.Add(member);
            _asideCredit = Math.Min(_asideCredit, credit);
        }
        return null;
    }

    static long Weight(EngineState engine) => Math.Max(1, Full * engine.Workers / (engine.Workers + engine.Outstanding));

    void LeaveAside(PolicyMember member)
    {
        var last = _aside[^1];
        _aside[member.Bucket] = last;
        last.Bucket = member.Bucket;
        _aside.RemoveAt(_aside.Count - 1);
        member.Bucket = -1;
    }

    // Sums from 1; the length is a power of two, so that the last sum is that of all.
    void Weigh(int index, long weight)
    {
        var change = weight - _weights[index];
        _weights[index] = weight;
        for (var i = index + 1; i < _sums.Length && change != 0; i += i & -i)
            _sums[i] += change;
    }

    int Find(long mark)
    {
        var at = 0;
        for (var step = _sums.Length - 1; step > 0; step >>= 1)
        {
            if (at + step >= _sums.Length || _sums[at + step] > mark)
                continue;
            at += step;
            mark -= _sums[at];
        }
        return at;
    }

    void Grow()
    {
        var weights = _weights;
        Array.Resize(ref _members, _members.Length * 2);
        _weights = new long[_members.Length];
        _sums = new long[_members.Length + 1];
        for (var i = 0; i < weights.Length; i++)
            Weigh(i, weights[i]);
    }
}
