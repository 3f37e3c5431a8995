using ActorParallel.Payloads;

namespace ActorParallel.Functions;

/// <summary>An assembly of a client's program and all it needs there: the first item is the one that was asked for.</summary>
internal sealed record CodeBundle(IReadOnlyList<CodeItem> Items)
{
    /// <summary>The bytes of all items.</summary>
    public long Length => Items.Sum(static item => item.Length);

    public byte[] ToArray()
    {
        using var writer = PayloadWriter.Rent();
        writer.WriteUInt32((uint)Items.Count);
        foreach (var item in Items) item.Write(writer);
        return writer.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not a bundle.</exception>
    public static CodeBundle Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new PayloadReader(bytes);
        var items = new CodeItem[reader.ReadCount()];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = CodeItem.Read(ref reader);
            if (!names.Add(items[i].Name)) throw reader.Corrupt($"a bundle has {items[i].Name} twice");
        }

        return items.Length > 0 ? new(items) : throw reader.Corrupt("a bundle is empty");
    }
}
