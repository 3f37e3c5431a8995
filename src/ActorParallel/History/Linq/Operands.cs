using System.Linq.Expressions;

namespace ActorParallel.History.Linq;

/// <summary>Reads an expression over one record as an operand: a member, a value, or a member with a value for null.</summary>
internal sealed class Operands(ParameterExpression record)
{
    static readonly Dictionary<string, HistoryField> s_fields = Enum.GetValues<HistoryField>().ToDictionary(f => f.ToString(), StringComparer.Ordinal);

    /// <param name="expression">What to read.</param>
    /// <param name="known">The nullable members that can't be null here.</param>
    /// <param name="operand">What was read.</param>
    public bool TryRead(Expression expression, NonNull known, out HistoryOperand operand)
    {
        expression = StripConversions(expression);
        if (expression is MemberExpression { Expression: { } inner } member)
        {
            if (inner == record && s_fields.TryGetValue(member.Member.Name, out var field))
            {
                operand = HistoryOperand.Of(field);
                return true;
            }

            // Value throws for null: only where it can't be null is it the member.
            if (member.Member.Name == nameof(Nullable<int>.Value) && Nullable.GetUnderlyingType(inner.Type) is not null && TryRead(inner, known, out operand) && operand.Field is { } certain)
                return known.Has(certain) || !operand.CanBeNull;
        }
        else if (expression is BinaryExpression { NodeType: ExpressionType.Coalesce, Conversion: null } coalesce)
        {
            return TryReadOr(coalesce.Left, coalesce.Right, known, out operand);
        }
        else if (expression is MethodCallExpression { Method.Name: nameof(Nullable<int>.GetValueOrDefault), Object: { } target } call && Nullable.GetUnderlyingType(target.Type) is { } type)
        {
            return TryReadOr(target, call.Arguments is [var otherwise] ? otherwise : Expression.Constant(type == typeof(DateTimeOffset) ? default(DateTimeOffset) : Activator.CreateInstance(type), type), known, out operand);
        }
        operand = default;
        return LocalValue.TryGet(expression, out var value) && TryConvert(value, out operand);
    }

    bool TryReadOr(Expression member, Expression otherwise, NonNull known, out HistoryOperand operand)
    {
        if (TryRead(member, known, out operand) && operand is { Field: { } field, Value.IsNull: true } && TryRead(otherwise, known, out var value) && value.Field is null)
        {
            operand = HistoryOperand.Of(field, value.Value);
            return true;
        }
        return false;
    }

    static bool TryConvert(object? value, out HistoryOperand operand)
    {
        HistoryValue? converted = value switch
        {
            null => default(HistoryValue),
            string text when HistoryText.IsClean(text) => new HistoryValue(text),
            DateTimeOffset time => new HistoryValue(time.UtcTicks),
            TimeSpan span => new HistoryValue(span.Ticks),
            TaskState state => new HistoryValue((long)state),
            int or long or short or byte or sbyte or ushort or uint => new HistoryValue(Convert.ToInt64(value, null)),
            _ => null,
        };
        operand = HistoryOperand.Of(converted ?? default);
        return converted is not null;
    }

    /// <summary>Without the conversions that the compiler adds and that lose nothing.</summary>
    static Expression StripConversions(Expression expression)
    {
        while (expression is UnaryExpression { NodeType: ExpressionType.Convert, Method: null, Operand: { } inner } && IsLossless(Bare(inner.Type), Bare(expression.Type))
            && (Nullable.GetUnderlyingType(inner.Type) is null || Nullable.GetUnderlyingType(expression.Type) is not null))
            expression = inner;
        return expression;
    }

    static bool IsLossless(Type from, Type to) => from == to
        || (from == typeof(TaskState) && (to == typeof(int) || to == typeof(long)))
        || (from == typeof(int) && to == typeof(long));

    static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
