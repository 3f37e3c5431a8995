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
    EngineState?[] _first = new EngineState?[64];
    EngineState?[] _last = new EngineState?[64];
    readonly ulong[] _used = new ulong[MaxBuckets / 64];
    readonly ulong[] _usedWords = new ulong[MaxBuckets / 64 / 64];

    public void Add(EngineState engine) => Link(engine, Bucket(engine));

    public void Remove(EngineState engine) => Unlink(engine);

    public void LoadChanged(EngineState engine)
    {
        // Also within a bucket it goes to the end: that makes equal ones take turns.
        Unlink(engine);
        Link(engine, Bucket(engine));
    }

    public EngineState? Pick(int credit, int avoid)
    {
        var bucket = NextUsed(0);
        if (bucket < 0)
            return null;
        var engine = _first[bucket]!;
        if (!SchedulingPolicy.HasCredit(engine, credit))
            return null;
        if (engine.Id != avoid)
            return engine;
        var next = NextUsed(bucket + 1);
        var other = engine.PolicyLink.Next ?? (next < 0 ? null : _first[next]);
        return other is not null && SchedulingPolicy.DoesAsWell(other, engine, credit) ? other : engine;
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

    void Link(EngineState engine, int bucket)
    {
        if (bucket >= _first.Length)
        {
            var length = (int)BitOperations.RoundUpToPowerOf2((uint)bucket + 1);
            Array.Resize(ref _first, length);
            Array.Resize(ref _last, length);
        }
        engine.PolicyBucket = bucket;
        ref var link = ref engine.PolicyLink;
        if (bucket == 0 && _first[0] is { } idle)
        {
            // Of idle ones the last to have worked goes first: its caches are warm, and its processor is awake.
            link.Previous = null;
            link.Next = idle;
            idle.PolicyLink.Previous = engine;
            _first[0] = engine;
            return;
        }
        link.Previous = _last[bucket];
        link.Next = null;
        if (link.Previous is { } previous)
        {
            previous.PolicyLink.Next = engine;
        }
        else
        {
            _first[bucket] = engine;
            _used[bucket >> 6] |= 1UL << (bucket & 63);
            _usedWords[bucket >> 12] |= 1UL << ((bucket >> 6) & 63);
        }
        _last[bucket] = engine;
    }

    void Unlink(EngineState engine)
    {
        var bucket = engine.PolicyBucket;
        engine.PolicyBucket = -1;
        ref var link = ref engine.PolicyLink;
        if (link.Previous is { } previous)
            previous.PolicyLink.Next = link.Next;
        else
            _first[bucket] = link.Next;
        if (link.Next is { } next)
            next.PolicyLink.Previous = link.Previous;
        else
            _last[bucket] = link.Previous;
        link = default;
        if (_first[bucket] is not null)
            return;
        _used[bucket >> 6] &= ~(1UL << (bucket & 63));
        if (_used[bucket >> 6] == 0)
            _usedWords[bucket >> 12] &= ~(1UL << ((bucket >> 6) & 63));
    }
}
