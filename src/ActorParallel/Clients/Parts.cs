namespace ActorParallel.Clients;

/// <summary>Cuts sequences into parts, and joins parts.</summary>
internal static class Parts
{
    /// <summary>Part <paramref name="index"/> of <paramref name="count"/>. In blocks the first ones have one item more.</summary>
    public static T[] Take<T>(T[] items, int index, int count, Distribution distribution)
    {
        if (distribution == Distribution.Block)
        {
            var (start, length) = Block(items.Length, index, count);
            return items.AsSpan(start, length).ToArray();
        }
        var part = new T[(items.Length - index + count - 1) / count];
        for (var i = 0; i < part.Length; i++) part[i] = items[index + i * count];
        return part;
    }

    public static (int Start, int Length) Block(int items, int index, int count)
    {
        var (size, more) = Math.DivRem(items, count);
        return (index * size + Math.Min(index, more), size + (index < more ? 1 : 0));
    }

    public static T[] Join<T>(T[][] parts, Distribution distribution)
    {
        if (parts.Length == 1) return parts[0];
        var joined = GC.AllocateUninitializedArray<T>(parts.Sum(p => p.Length));
        if (!System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            Payloads.HugePages.Advise(joined, (long)joined.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        var at = 0;
        if (distribution == Distribution.Block)
        {
            foreach (var part in parts)
            {
                part.CopyTo(joined, at);
                at += part.Length;
            }
            return joined;
        }
        for (var round = 0; at < joined.Length; round++)
            foreach (var part in parts)
                if (round < part.Length) joined[at++] = part[round];
        return joined;
    }
}
