using ActorParallel.Payloads;

namespace ActorParallel.History;

/// <summary>Null, a whole number (times and spans as ticks, states as their number) or a text.</summary>
internal readonly record struct HistoryValue
{
    readonly bool _isNumber;

    public HistoryValue(long number) => (_isNumber, Number) = (true, number);

    public HistoryValue(string? text) => Text = text;

    public bool IsNull => !_isNumber && Text is null;

    public bool IsNumber => _isNumber;

    public long Number { get; }

    public string? Text { get; }

    /// <summary>Null before all else, numbers by size, texts ordinal.</summary>
    public static int Compare(in HistoryValue left, in HistoryValue right) =>
        left._isNumber && right._isNumber ? left.Number.CompareTo(right.Number)
        : left._isNumber || right._isNumber ? (left.IsNull, right.IsNull) switch { (true, _) => -1, (_, true) => 1, _ => left._isNumber ? -1 : 1 }
        : string.CompareOrdinal(left.Text, right.Text);

    public void Write(PayloadWriter writer)
    {
        writer.WriteBool(_isNumber);
        if (_isNumber) writer.WriteInt64(Number);
        else writer.WriteString(Text);
    }

    public static HistoryValue Read(ref PayloadReader reader) => reader.ReadBool() ? new(reader.ReadInt64()) : new(reader.ReadString());
}
