using System.Collections;
using System.Linq.Expressions;
using System.Reflection;

namespace ActorParallel.History.Linq;

/// <summary>
/// Turns a condition into a store's filter, or says that it can't: then LINQ to Objects evaluates it. A condition is only turned if it
/// can't throw, for a store doesn't: what might be null is followed as the compiler's own analysis does.
/// </summary>
internal sealed class FilterTranslator(ParameterExpression record)
{
    readonly Operands _operands = new(record);

    /// <summary>A filter, with what can't be null where it holds and where it doesn't.</summary>
    internal readonly record struct Result(HistoryFilter Filter, NonNull WhenTrue = default, NonNull WhenFalse = default);

    /// <summary>True where string comparison by the culture is ordinal: a program with invariant globalization.</summary>
    internal static bool CultureIsOrdinal { get; } = string.Compare("a", "B", StringComparison.InvariantCulture) > 0;

    public Result? Translate(Expression expression, NonNull known)
    {
        if (LocalValue.TryGet(expression, out var value)) return value is bool constant ? new(new HistoryFilter.Constant(constant)) : null;
        switch (expression)
        {
            case BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.And, Method: null } both when both.Type == typeof(bool):
                return And(both, known);
            case BinaryExpression { NodeType: ExpressionType.OrElse or ExpressionType.Or, Method: null } either when either.Type == typeof(bool):
                return Or(either, known);
            case UnaryExpression { NodeType: ExpressionType.Not, Method: null } not when not.Type == typeof(bool):
                return Translate(not.Operand, known) is { } inner ? new(new HistoryFilter.Not(inner.Filter), inner.WhenFalse, inner.WhenTrue) : null;
            case BinaryExpression compare when Comparison(compare.NodeType) is { } comparison:
                return IsPlain(compare) ? Compare(compare.Left, comparison, compare.Right, known) : null;
            case MemberExpression { Member.Name: nameof(Nullable<int>.HasValue), Expression: { } nullable } when Nullable.GetUnderlyingType(nullable.Type) is not null:
                return Compare(nullable, HistoryComparison.NotEqual, Expression.Constant(null), known);
            case MethodCallExpression call:
                return Call(call, known);
            default:
                return null;
        }
    }

    Result? And(BinaryExpression both, NonNull known)
    {
        if (Translate(both.Left, known) is not { } left) return null;
        var isShort = both.NodeType == ExpressionType.AndAlso;
        if (isShort && left.Filter is HistoryFilter.Constant { Value: false }) return left;
        if (Translate(both.Right, isShort ? known | left.WhenTrue : known) is not { } right) return null;
        return new(new HistoryFilter.All([left.Filter, right.Filter]), left.WhenTrue | right.WhenTrue, left.WhenFalse & right.WhenFalse);
    }

    Result? Or(BinaryExpression either, NonNull known)
    {
        if (Translate(either.Left, known) is not { } left) return null;
        var isShort = either.NodeType == ExpressionType.OrElse;
        if (isShort && left.Filter is HistoryFilter.Constant { Value: true }) return left;
        if (Translate(either.Right, isShort ? known | left.WhenFalse : known) is not { } right) return null;
        return new(new HistoryFilter.Any([left.Filter, right.Filter]), left.WhenTrue & right.WhenTrue, left.WhenFalse | right.WhenFalse);
    }

    static HistoryComparison? Comparison(ExpressionType type) => type switch
    {
        ExpressionType.Equal => HistoryComparison.Equal,
        ExpressionType.NotEqual => HistoryComparison.NotEqual,
        ExpressionType.LessThan => HistoryComparison.Less,
        ExpressionType.LessThanOrEqual => HistoryComparison.LessOrEqual,
        ExpressionType.GreaterThan => HistoryComparison.Greater,
        ExpressionType.GreaterThanOrEqual => HistoryComparison.GreaterOrEqual,
        _ => null,
    };

    static bool IsPlain(BinaryExpression compare) => !compare.IsLiftedToNull
        && (compare.Method is not { } method || method.DeclaringType == typeof(string) || method.DeclaringType == typeof(DateTimeOffset) || method.DeclaringType == typeof(TimeSpan))
        && (compare.Method is not null || compare.Left.Type.IsValueType || IsNull(compare.Left) || IsNull(compare.Right));

    static bool IsNull(Expression expression) => expression is ConstantExpression { Value: null };

    Result? Compare(Expression leftSide, HistoryComparison comparison, Expression rightSide, NonNull known)
    {
        if (!_operands.TryRead(leftSide, known, out var left) || !_operands.TryRead(rightSide, known, out var right)) return null;
        NonNull both = NonNull.Of(left) | NonNull.Of(right), none = default;
        bool leftNull = left is { Field: null, Value.IsNull: true }, rightNull = right is { Field: null, Value.IsNull: true };
        var (whenTrue, whenFalse) = comparison switch
        {
            HistoryComparison.Equal when leftNull || rightNull => (none, both),
            HistoryComparison.NotEqual when leftNull || rightNull => (both, none),
            HistoryComparison.Equal when !left.CanBeNull || !right.CanBeNull => (both, none),
            HistoryComparison.NotEqual when !left.CanBeNull || !right.CanBeNull => (none, both),
            HistoryComparison.Equal or HistoryComparison.NotEqual => (none, none),
            _ => (both, none),
        };
        return new(new HistoryFilter.Compare(left, comparison, right), whenTrue, whenFalse);
    }

    Result? Call(MethodCallExpression call, NonNull known)
    {
        var method = call.Method;
        if (method.DeclaringType == typeof(string)) return TextCall(call, known);
        if (method.Name != nameof(Enumerable.Contains)) return null;
        return (call.Object, call.Arguments) switch
        {
            ({ } set, [var item]) => OneOf(set, item, known),
            (null, [var set, var item]) when IsFrameworks(method) => OneOf(set, item, known),
            (null, [var set, var item, var comparer]) when IsFrameworks(method) && IsNull(comparer) => OneOf(set, item, known),
            _ => null,
        };
    }

    static bool IsFrameworks(MethodInfo method) => method.DeclaringType == typeof(Enumerable) || method.DeclaringType == typeof(MemoryExtensions);

    Result? TextCall(MethodCallExpression call, NonNull known)
    {
        var arguments = call.Arguments;
        switch (call.Method.Name)
        {
            case nameof(string.IsNullOrEmpty) when _operands.TryRead(arguments[0], known, out var text) && text.Field is not null:
                return new(
                    new HistoryFilter.OneOf(text, [default, new HistoryValue("")]), default, NonNull.Of(text));
            case nameof(string.Equals) when call.Object is null && (arguments.Count == 2 || IsOrdinal(arguments[2])) && arguments[0].Type == typeof(string):
                return Compare(arguments[0], HistoryComparison.Equal, arguments[1], known);
            case nameof(string.Equals) when call.Object is { } self && arguments[0].Type == typeof(string) && (arguments.Count == 1 || IsOrdinal(arguments[1])):
                return IsCertain(self, known) ? Compare(self, HistoryComparison.Equal, arguments[0], known) : null;
            case nameof(string.Contains) when arguments.Count == 1 || IsOrdinal(arguments[1]):
                return Text(call, HistoryTextMatch.Contains, known);
            case nameof(string.StartsWith) when IsOrdinalMatch(arguments):
                return Text(call, HistoryTextMatch.StartsWith, known);
            case nameof(string.EndsWith) when IsOrdinalMatch(arguments):
                return Text(call, HistoryTextMatch.EndsWith, known);
            default:
                return null;
        }
    }

    /// <summary>A character is matched as it is, a text by the culture unless told otherwise.</summary>
    static bool IsOrdinalMatch(System.Collections.ObjectModel.ReadOnlyCollection<Expression> arguments) =>
        arguments.Count == 1 ? arguments[0].Type == typeof(char) || CultureIsOrdinal : arguments.Count == 2 && IsOrdinal(arguments[1]);

    static bool IsOrdinal(Expression argument) => LocalValue.TryGet(argument, out var value) && value is StringComparison.Ordinal;

    bool IsCertain(Expression expression, NonNull known) =>
        _operands.TryRead(expression, known, out var operand) && operand.Field is { } field && (!operand.CanBeNull || known.Has(field));

    Result? Text(MethodCallExpression call, HistoryTextMatch match, NonNull known)
    {
        if (!IsCertain(call.Object!, known) || !_operands.TryRead(call.Object!, known, out var text) || !LocalValue.TryGet(call.Arguments[0], out var value)) return null;
        var part = value is char c ? c.ToString() : value as string;
        return part is not null && HistoryText.IsClean(part) ? new(new HistoryFilter.Text(text, match, part)) : null;
    }

    Result? OneOf(Expression set, Expression item, NonNull known)
    {
        // Arrays come as spans where the compiler prefers those.
        if (set is MethodCallExpression { Method.Name: "op_Implicit", Arguments: [var array] } && set.Type.IsByRefLike) set = array;
        if (!LocalValue.TryGet(set, out var collection) || !IsPlainCollection(collection)) return null;
        if (!_operands.TryRead(item, known, out var operand) || operand.Field is null) return null;
        var values = new List<HistoryValue>();
        foreach (var member in (IEnumerable)collection!)
        {
            if (values.Count == HistoryFilter.MaxValues || !_operands.TryRead(Expression.Constant(member), known, out var value)) return null;
            values.Add(value.Value);
        }
        return new(new HistoryFilter.OneOf(operand, values), values.Exists(v => v.IsNull) ? default : NonNull.Of(operand));
    }

    /// <summary>Collections that compare as everybody does.</summary>
    static bool IsPlainCollection(object? collection)
    {
        if (collection is null) return false;
        var type = collection.GetType();
        if (type.IsArray) return type.GetArrayRank() == 1;
        if (!type.IsGenericType) return false;
        if (type.GetGenericTypeDefinition() == typeof(List<>)) return true;
        if (type.GetGenericTypeDefinition() != typeof(HashSet<>)) return false;
        var comparer = type.GetProperty(nameof(HashSet<int>.Comparer))!.GetValue(collection);
        return Equals(comparer, typeof(EqualityComparer<>).MakeGenericType(type.GetGenericArguments()).GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null))
            || ReferenceEquals(comparer, StringComparer.Ordinal);
    }
}
