namespace ActorParallel.History.Linq;

/// <summary>A set of members that are known not to be null.</summary>
internal readonly record struct NonNull(uint Bits)
{
    public static NonNull None => default;

    public bool Has(HistoryField field) => !field.IsNullable() || (Bits & (1u << (int)field)) != 0;

    public static NonNull Of(HistoryOperand operand) =>
        operand is { Field: { } field, Value.IsNull: true } ? new(1u << (int)field) : default;

    public static NonNull operator |(NonNull left, NonNull right) => new(left.Bits | right.Bits);

    public static NonNull operator &(NonNull left, NonNull right) => new(left.Bits & right.Bits);
}
