using System.Runtime.InteropServices;
using ActorParallel.Payloads;

namespace ActorParallel.Engines;

/// <summary>How a chunk's items and outcome are written.</summary>
internal static class ChunkWire
{
    /// <param name="writer">Gets them.</param>
    /// <param name="items">The items.</param>
    /// <param name="discard">Their values are not wanted.</param>
    /// <param name="earlier">How often the item ran before, as part of other tasks.</param>
    public static void WriteItems<T>(PayloadWriter writer, ReadOnlyMemory<T> items, bool discard, int earlier)
    {
        writer.WriteInt32(discard ? ~earlier : earlier);
        // A whole array goes as one block without a copy; a slice is copied once.
        writer.Write(MemoryMarshal.TryGetArray(items, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : items.ToArray());
    }

    /// <summary>Reads what <see cref="WriteItems"/> wrote, and tells the running task how often its item ran before.</summary>
    public static (T[] Items, bool Discard) ReadItems<T>(ref PayloadReader reader)
    {
        var earlier = reader.ReadInt32();
        var discard = earlier < 0;
        if (discard) earlier = ~earlier;
        if (earlier > 0 && TaskContext.Current is { } context) context.EarlierAttempts = earlier;
        return (reader.Read<T[]>(), discard);
    }

    public static ChunkOutcome<TResult> ReadOutcome<TResult>(ref PayloadReader reader)
    {
        var values = reader.Read<TResult[]>();
        var count = reader.ReadInt32();
        if (count == 0) return new ChunkOutcome<TResult>(values, null);
        var errors = new List<KeyValuePair<int, Exception>>();
        for (var i = 0; i < count; i++) errors.Add(new(reader.ReadInt32(), reader.Read<Exception>()));
        return new ChunkOutcome<TResult>(values, errors);
    }

    public static void WriteOutcome<TResult>(PayloadWriter writer, ChunkOutcome<TResult> outcome)
    {
        try
        {
            Write(writer, outcome);
        }
        catch (ShippingException)
        {
            // A value that can't travel is that item's failure, not the chunk's.
            writer.Reset();
            Write(writer, WithoutUnshippable(outcome));
        }
    }

    static ChunkOutcome<TResult> WithoutUnshippable<TResult>(ChunkOutcome<TResult> outcome)
    {
        var errors = new SortedDictionary<int, Exception>(outcome.Errors?.ToDictionary() ?? []);
        for (var i = 0; i < outcome.Values.Length; i++)
        {
            using var trial = PayloadWriter.Rent();
            try
            {
                trial.Write(outcome.Values[i]);
            }
            catch (ShippingException e)
            {
                errors[i] = e;
                outcome.Values[i] = default!;
            }
        }
        return outcome with { Errors = [.. errors] };
    }

    static void Write<TResult>(PayloadWriter writer, ChunkOutcome<TResult> outcome)
    {
        writer.Write(outcome.Values);
        writer.WriteInt32(outcome.Errors?.Count ?? 0);
        if (outcome.Errors is null) return;
        foreach (var (index, error) in outcome.Errors)
        {
            writer.WriteInt32(index);
            writer.Write(error);
        }
    }
}
