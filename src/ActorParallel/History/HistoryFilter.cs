namespace ActorParallel.History;

internal enum HistoryComparison : byte
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal enum HistoryTextMatch : byte
{
    Contains,
    StartsWith,
    EndsWith,
}

/// <summary>
/// A condition on a task's record, with C#'s meaning and no third truth value: null equals null and nothing else, and is neither less nor
/// greater than anything; texts compare ordinally.
/// </summary>
internal abstract partial record HistoryFilter
{
    HistoryFilter()
    {
    }

    public abstract bool Matches(in HistoryEntry entry);

    public sealed record Constant(bool Value) : HistoryFilter
    {
        public override bool Matches(in HistoryEntry entry) => Value;
    }

    public sealed record All(IReadOnlyList<HistoryFilter> Parts) : HistoryFilter
    {
        public override bool Matches(in HistoryEntry entry)
        {
            foreach (var part in Parts)
                if (!part.Matches(entry)) return false;
            return true;
        }
    }

    public sealed record Any(IReadOnlyList<HistoryFilter> Parts) : HistoryFilter
    {
        public override bool Matches(in HistoryEntry entry)
        {
            foreach (var part in Parts)
                if (part.Matches(entry)) return true;
            return false;
        }
    }

    public sealed record Not(HistoryFilter Part) : HistoryFilter
    {
        public override bool Matches(in HistoryEntry entry) => !Part.Matches(entry);
    }

    public sealed record Compare(HistoryOperand Left, HistoryComparison Comparison, HistoryOperand Right) : HistoryFilter
    {
        public override bool Matches(in HistoryEntry entry)
        {
            HistoryValue left = Left.ValueOf(entry), right = Right.ValueOf(entry);
            if (Comparison == HistoryComparison.Equal) return left == right;
            if (Comparison == HistoryComparison.NotEqual) return left != right;
            if (left.IsNull || right.IsNull) return false;
            var order = HistoryValue.Compare(left, right);
            return Comparison switch
            {
                HistoryComparison.Less => order < 0,
                HistoryComparison.LessOrEqual => order <= 0,
                HistoryComparison.Greater => order > 0,
                _ => order >= 0,
            };
        }
    }

    public sealed record OneOf(HistoryOperand Operand, IReadOnlyList<HistoryValue> Values) : HistoryFilter
    {
        HashSet<HistoryValue>? _set;

        public override bool Matches(in HistoryEntry entry) => (_set ??= [.. Values]).Contains(Operand.ValueOf(entry));
    }

    /// <summary>False where the text is null; who asks has to know that it isn't.</summary>
    public sealed record Text(HistoryOperand Operand, HistoryTextMatch Match, string Part) : HistoryFilter
    {
        public override bool Matches(in HistoryEntry entry) => Operand.ValueOf(entry).Text is { } text && Match switch
        {
            HistoryTextMatch.Contains => text.Contains(Part, StringComparison.Ordinal),
            HistoryTextMatch.StartsWith => text.StartsWith(Part, StringComparison.Ordinal),
            _ => text.EndsWith(Part, StringComparison.Ordinal),
        };
    }
}
