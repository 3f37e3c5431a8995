using ActorParallel.Payloads;

namespace ActorParallel.History;

internal abstract partial record HistoryFilter
{
    /// <summary>What one filter may hold: a store's work for it is bounded, whoever sent it.</summary>
    public const int MaxNodes = 256;
    public const int MaxDepth = 32;
    public const int MaxValues = 1000;

    /// <summary>A text counts as one value for each so many characters begun.</summary>
    const int TextUnit = 64;

    enum Kind : byte
    {
        Constant,
        All,
        Any,
        Not,
        Compare,
        OneOf,
        Text,
    }

    /// <summary>True if the filter is small enough to be sent.</summary>
    public bool IsBounded()
    {
        int nodes = MaxNodes, values = MaxValues;
        return Take(this, MaxDepth, ref nodes, ref values);
    }

    static bool Take(HistoryFilter filter, int depth, ref int nodes, ref int values)
    {
        if (depth == 0 || --nodes < 0) return false;
        switch (filter)
        {
            case All { Parts: var parts }:
                foreach (var part in parts)
                    if (!Take(part, depth - 1, ref nodes, ref values)) return false;
                return true;
            case Any { Parts: var parts }:
                foreach (var part in parts)
                    if (!Take(part, depth - 1, ref nodes, ref values)) return false;
                return true;
            case Not not:
                return Take(not.Part, depth - 1, ref nodes, ref values);
            case OneOf oneOf:
                foreach (var value in oneOf.Values) values -= Cost(value.Text);
                break;
            case Text text:
                values -= Cost(text.Operand.Value.Text) + Cost(text.Part);
                break;
            case Compare compare:
                values -= Cost(compare.Left.Value.Text) + Cost(compare.Right.Value.Text);
                break;
        }
        return values >= 0;
    }

    static int Cost(string? text) => 1 + (text?.Length ?? 0) / TextUnit;

    public void Write(PayloadWriter writer)
    {
        switch (this)
        {
            case Constant constant:
                writer.WriteByte((byte)Kind.Constant);
                writer.WriteBool(constant.Value);
                break;
            case All all:
                writer.WriteByte((byte)Kind.All);
                WriteParts(writer, all.Parts);
                break;
            case Any any:
                writer.WriteByte((byte)Kind.Any);
                WriteParts(writer, any.Parts);
                break;
            case Not not:
                writer.WriteByte((byte)Kind.Not);
                not.Part.Write(writer);
                break;
            case Compare compare:
                writer.WriteByte((byte)Kind.Compare);
                compare.Left.Write(writer);
                writer.WriteByte((byte)compare.Comparison);
                compare.Right.Write(writer);
                break;
            case OneOf oneOf:
                writer.WriteByte((byte)Kind.OneOf);
                oneOf.Operand.Write(writer);
                writer.WriteUInt32((uint)oneOf.Values.Count);
                foreach (var value in oneOf.Values) value.Write(writer);
                break;
            case Text text:
                writer.WriteByte((byte)Kind.Text);
                text.Operand.Write(writer);
                writer.WriteByte((byte)text.Match);
                writer.WriteString(text.Part);
                break;
        }
    }

    static void WriteParts(PayloadWriter writer, IReadOnlyList<HistoryFilter> parts)
    {
        writer.WriteUInt32((uint)parts.Count);
        foreach (var part in parts) part.Write(writer);
    }

    /// <exception cref="InvalidDataException">The bytes are no filter, or a larger one than may be sent.</exception>
    public static HistoryFilter Read(ref PayloadReader reader)
    {
        var nodes = MaxNodes;
        var filter = Read(ref reader, MaxDepth, ref nodes);
        return filter.IsBounded() ? filter : throw reader.Corrupt("a history's filter has too many values");
    }

    static HistoryFilter Read(ref PayloadReader reader, int depth, ref int nodes)
    {
        if (depth == 0 || --nodes < 0) throw reader.Corrupt("a history's filter is too large");
        var kind = (Kind)reader.ReadByte();
        switch (kind)
        {
            case Kind.Constant:
                return new Constant(reader.ReadBool());
            case Kind.All or Kind.Any:
                var parts = new HistoryFilter[Math.Min(reader.ReadCount(), MaxNodes + 1)];
                for (var i = 0; i < parts.Length; i++) parts[i] = Read(ref reader, depth - 1, ref nodes);
                return kind == Kind.All ? new All(parts) : new Any(parts);
            case Kind.Not:
                return new Not(Read(ref reader, depth - 1, ref nodes));
            case Kind.Compare:
                var left = HistoryOperand.Read(ref reader);
                var comparison = ReadEnum<HistoryComparison>(ref reader, HistoryComparison.GreaterOrEqual);
                return new Compare(left, comparison, HistoryOperand.Read(ref reader));
            case Kind.OneOf:
                var operand = HistoryOperand.Read(ref reader);
                var count = reader.ReadCount();
                if (count > MaxValues) throw reader.Corrupt("a history's filter has too many values");
                var set = new HistoryValue[count];
                for (var i = 0; i < count; i++) set[i] = HistoryValue.Read(ref reader);
                return new OneOf(operand, set);
            case Kind.Text:
                var text = HistoryOperand.Read(ref reader);
                var match = ReadEnum<HistoryTextMatch>(ref reader, HistoryTextMatch.EndsWith);
                return new Text(text, match, reader.ReadString() ?? throw reader.Corrupt("a history's filter lacks its text"));
            default:
                throw reader.Corrupt("a history's filter is of an unknown kind");
        }
    }

    static T ReadEnum<T>(ref PayloadReader reader, T last) where T : unmanaged, Enum
    {
        var value = reader.ReadByte();
        if (value > (byte)(object)last) throw reader.Corrupt($"{value} is no {typeof(T).Name}");
        return (T)(object)value;
    }
}
