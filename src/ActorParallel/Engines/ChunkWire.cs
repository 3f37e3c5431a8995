using System.Runtime.InteropServices;
using ActorParallel.Payloads;

namespace ActorParallel.Engines;

/// <summary>How a chunk's items and outcome are written.</summary>
internal static class ChunkWire
{
    public static void WriteItems<T>(PayloadWriter writer, ReadOnlyMemory<T> items, bool discard)
    {
        writer.WriteBool(discard);
        // A whole array goes as one block without a copy; a slice is copied once.
        writer.Write(MemoryMarshal.TryGetArray(items, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : items.ToArray());
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
