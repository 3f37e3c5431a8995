using System.Numerics;

namespace ActorParallel.Scheduling;

/// <summary>
/// The engine with the fewest tasks per worker; equally busy ones take turns. Engines lie in buckets by load (in quarters of a task per
/// worker, so that every whole credit is a bucket's edge), and two levels of bitmaps find the first bucket in use: all is O(1).
/// </summary>
internal sealed class LeastLoadPolicy : ISchedulingPolicy
{
    const int Grain = 4;
    const int MaxBuckets = 1 << 14;
    PolicyMember?[] _first = new PolicyMember?[64];
    PolicyMember?[] _last = new PolicyMember?[64];
    readonly ulong[] _used = new ulong[MaxBuckets / 64];
    readonly ulong[] _usedWords = new ulong[MaxBuckets / 64 / 64];

    public void Add(PolicyMember member) => Link(member, Bucket(member.Engine));

    public void Remove(PolicyMember member) => Unlink(member);

    public void LoadChanged(PolicyMember member)
    {
        // Also within a bucket it goes to the end: that makes equal ones take turns.
        Unlink(member);
        Link(member, Bucket(member.Engine), worked: true);
    }

    public PolicyMember? Pick(int credit, int avoid)
    {
        var bucket = NextUsed(0);
        if (bucket < 0)
            return null;
        var least = _first[bucket]!;
        if (!SchedulingPolicy.HasCredit(least.Engine, credit))
            return null;
        if (least.Engine.Id != avoid)
            return least;
        var next = NextUsed(bucket + 1);
        var other = least.Next ?? (next < 0 ? null : _first[next]);
        return other is not null && SchedulingPolicy.DoesAsWell(other.Engine, least.Engine, credit) ? other : least;
    }

    static int Bucket(EngineState engine) =>
        (int)Math.Min((long)engine.Outstanding * Grain / engine.Workers, MaxBuckets - 1);

    int NextUsed(int from)
    {
        if (from >= MaxBuckets)
            return -1;
        var word = from >> 6;
        var bits = _used[word] & (ulong.MaxValue << (from & 63));
        if (bits != 0)
            return (word << 6) + BitOperations.TrailingZeroCount(bits);
        if (++word >= _used.Length)
            return -1;
        for (var top = word >> 6; top < _usedWords.Length; top++)
        {
            var words = _usedWords[top];
            if (top == word >> 6)
                words &= ulong.MaxValue << (word & 63);
            if (words == 0)
                continue;
            word = (top << 6) + BitOperations.TrailingZeroCount(words);
            return (word << 6) + BitOperations.TrailingZeroCount(_used[word]);
        }
        return -1;
    }

    void Link(PolicyMember member, int bucket, bool worked = false)
    {
        if (bucket >= _first.Length)
        {
            var length = (int)BitOperations.RoundUpToPowerOf2((uint)bucket + 1);
            Array.Resize(ref _first, length);
            Array.Resize(ref _last, length);
        }
        member.Bucket = bucket;
        if (worked && bucket == 0 && _first[0] is { } idle)
        {
            // Of idle ones the last to have worked goes first: its caches are warm, and its processor is awake.
            member.Previous = null;
            member.Next = idle;
            idle.Previous = member;
            _first[0] = member;
            return;
        }
        member.Previous = _last[bucket];
        member.Next = null;
        if (member.Previous is { } previous)
        {
            previous.Next = member;
        }
        else
        {
            _first[bucket] = member;
            _used[bucket >> 6] |= 1UL << (bucket & 63);
            _usedWords[bucket >> 12] |= 1UL << ((bucket >> 6) & 63);
        }
        _last[bucket] = member;
    }

    void Unlink(PolicyMember member)
    {
        var bucket = member.Bucket;
        member.Bucket = -1;
        if (member.Previous is { } previous)
            previous.Next = member.Next;
        else
            _first[bucket] = member.Next;
        if (member.Next is { } next)
            next.Previous = member.Previous;
        else
            _last[bucket] = member.Previous;
        member.Next = member.Previous = null;
        if (_first[bucket] is not null)
            return;
        _used[bucket >> 6] &= ~(1UL << (bucket & 63));
        if (_used[bucket >> 6] == 0)
            _usedWords[bucket >> 12] &= ~(1UL << ((bucket >> 6) & 63));
    }
}
