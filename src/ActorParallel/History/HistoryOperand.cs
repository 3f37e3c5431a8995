using ActorParallel.Payloads;

namespace ActorParallel.History;

/// <summary>A member, a value, or a member with a value for where it is null.</summary>
internal readonly record struct HistoryOperand
{
    HistoryOperand(HistoryField? field, HistoryValue value) => (Field, Value) = (field, value);

    public HistoryField? Field { get; }

    /// <summary>Without a member the value; with one, what stands in for null.</summary>
    public HistoryValue Value { get; }

    public bool CanBeNull => Value.IsNull && (Field?.IsNullable() ?? true);

    public bool IsText => Field?.IsText() ?? Value.Text is not null;

    public static HistoryOperand Of(HistoryField field) => new(field, default);

    public static HistoryOperand Of(HistoryValue value) => new(null, value);

    public static HistoryOperand Of(HistoryField field, HistoryValue ifNull) => new(field, ifNull);

    public HistoryValue ValueOf(in HistoryEntry entry)
    {
        if (Field is not { } field) return Value;
        var value = field.Of(entry);
        return value.IsNull ? Value : value;
    }

    public void Write(PayloadWriter writer)
    {
        writer.WriteByte(Field is { } field ? (byte)(field + 1) : (byte)0);
        Value.Write(writer);
    }

    public static HistoryOperand Read(ref PayloadReader reader)
    {
        var field = reader.ReadByte();
        if (field > HistoryFields.Count) throw reader.Corrupt($"the history has no member {field}");
        return new(field == 0 ? null : (HistoryField)(field - 1), HistoryValue.Read(ref reader));
    }
}
