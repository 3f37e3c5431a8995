using System.Collections;
using System.Linq.Expressions;
using System.Reflection;

namespace ActorParallel.History.Linq;

/// <summary>
/// The value of an expression that asks nothing of a record: constants, captured variables, and calls of the framework's value types.
/// Calls of other code stay where LINQ to Objects makes them: how often they are made may matter.
/// </summary>
internal static class LocalValue
{
    static readonly HashSet<Type> s_pure =
    [
        typeof(TimeSpan), typeof(DateTimeOffset), typeof(DateTime), typeof(DateOnly), typeof(TimeOnly), typeof(string), typeof(Math),
        typeof(int), typeof(long), typeof(Nullable), typeof(Enum), typeof(Convert),
    ];

    /// <summary>False if it can't be evaluated once for all, or throws: then it throws where LINQ to Objects would.</summary>
    public static bool TryGet(Expression expression, out object? value)
    {
        value = null;
        var check = new Check();
        check.Visit(expression);
        if (!check.IsLocal) return false;
        try
        {
            value = Evaluate(expression);
            return true;
        }
#pragma warning disable CA1031 // Whatever it throws, it throws again in the right place.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    static object? Evaluate(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field } member => field.GetValue(member.Expression is null ? null : Evaluate(member.Expression)),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)(),
    };

    sealed class Check : ExpressionVisitor
    {
        public bool IsLocal { get; private set; } = true;

        public override Expression? Visit(Expression? node)
        {
            switch (node)
            {
                case null or ConstantExpression or MemberExpression or DefaultExpression or ConditionalExpression:
                case UnaryExpression { NodeType: not (ExpressionType.Quote or ExpressionType.Throw) } unary when IsPure(unary.Method):
                case BinaryExpression { NodeType: not ExpressionType.Assign } binary when IsPure(binary.Method):
                case MethodCallExpression call when IsPure(call.Method):
                case NewExpression { Type: { IsArray: false } type } when s_pure.Contains(Nullable.GetUnderlyingType(type) ?? type):
                case NewArrayExpression:
                    break;
                default:
                    IsLocal = false;
                    return node;
            }
            return IsLocal ? base.Visit(node) : node;
        }

        static bool IsPure(MethodInfo? method) => method is null
            || (method.DeclaringType is { } type && (s_pure.Contains(Nullable.GetUnderlyingType(type) ?? type)
                || (method.Name == "get_Item" && typeof(IEnumerable).IsAssignableFrom(type) && type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true)));
    }
}
