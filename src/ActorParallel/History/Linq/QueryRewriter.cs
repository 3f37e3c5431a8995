using System.Linq.Expressions;

namespace ActorParallel.History.Linq;

/// <summary>
/// Replaces what a store can do of a query by its source, so that LINQ to Objects does the rest.
/// </summary>
internal sealed class QueryRewriter(Func<HistoryQuery, CancellationToken, Task<HistoryPage>> fetch) : ExpressionVisitor
{
    public List<HistorySource> Sources { get; } = [];

    protected override Expression VisitConstant(ConstantExpression node) => IsRoot(node) ? Source(Pushed.Everything) : node;

    protected override Expression VisitMethodCall(MethodCallExpression node)
    {
        if (node.Method.DeclaringType != typeof(Queryable)) return base.VisitMethodCall(node);
        if (Push(node) is { } pushed) return Source(pushed);
        if (Push(node.Arguments[0]) is { } before && Finish(node, before) is { } finished) return finished;

        // Then-by needs an ordered source, which the store's answer isn't: such a sort is made here as a whole.
        return IsThenBy(node) ? VisitOrdered(node) : base.VisitMethodCall(node);
    }

    /// <summary>The operators up to here, if the store can do all of them.</summary>
    static Pushed? Push(Expression node)
    {
        if (IsRoot(node)) return Pushed.Everything;
        if (node is not MethodCallExpression call || call.Method.DeclaringType != typeof(Queryable) || Push(call.Arguments[0]) is not { } before) return null;
        switch (call.Method.Name, call.Arguments)
        {
            case (nameof(Queryable.Where), [_, var condition]):
                var all = before.Where(Lambda(condition), out var rest);
                return rest is null ? all : null;
            case (nameof(Queryable.OrderBy) or nameof(Queryable.OrderByDescending) or nameof(Queryable.ThenBy) or nameof(Queryable.ThenByDescending), [_, var key, ..]):
                return before.OrderBy(
                    Lambda(key), call.Arguments.Count == 3 ? call.Arguments[2] : null,
                    call.Method.Name.EndsWith("Descending", StringComparison.Ordinal), IsThenBy(call));
            case (nameof(Queryable.Skip), [_, { } skip]) when LocalValue.TryGet(skip, out var value) && value is int count:
                return before.Skip(count);
            case (nameof(Queryable.Take), [_, { } take]) when LocalValue.TryGet(take, out var value) && value is int count:
                return before.Take(count);
            default:
                return null;
        }
    }

    /// <summary>A condition that the store can do the beginning of, or an operator that ends the query.</summary>
    Expression? Finish(MethodCallExpression call, Pushed before)
    {
        LambdaExpression? rest = null;
        if (call.Arguments is [_, UnaryExpression { NodeType: ExpressionType.Quote } quote] && call.Method.Name is nameof(Queryable.Where)
            or nameof(Queryable.Count) or nameof(Queryable.LongCount) or nameof(Queryable.Any) or nameof(Queryable.First) or nameof(Queryable.FirstOrDefault)
            or nameof(Queryable.Single) or nameof(Queryable.SingleOrDefault))
        {
            before = before.Where(Lambda(quote), out rest);
            if (call.Method.Name == nameof(Queryable.Where) || rest is not null) return Expression.Call(call.Method, Source(before), Expression.Quote(rest!));
        }
        else if (call.Arguments.Count > 1)
        {
            return null;
        }
        return call.Method.Name switch
        {
            nameof(Queryable.Count) => Expression.ConvertChecked(CountOf(before), typeof(int)),
            nameof(Queryable.LongCount) => CountOf(before),
            nameof(Queryable.Any) => Expression.GreaterThan(CountOf(before.Take(1)), Expression.Constant(0L)),
            nameof(Queryable.First) => Element(Queryable.First, before.Take(1)),
            nameof(Queryable.FirstOrDefault) => Element(Queryable.FirstOrDefault, before.Take(1)),
            nameof(Queryable.Single) => Element(Queryable.Single, before.Take(2)),
            nameof(Queryable.SingleOrDefault) => Element(Queryable.SingleOrDefault, before.Take(2)),
            _ => null,
        };
    }

    Expression VisitOrdered(Expression node) => node is MethodCallExpression call && call.Method.DeclaringType == typeof(Queryable)
        && (IsThenBy(call) || call.Method.Name.StartsWith("Order", StringComparison.Ordinal))
        ? call.Update(null, [IsThenBy(call) ? VisitOrdered(call.Arguments[0]) : Visit(call.Arguments[0]), .. call.Arguments.Skip(1).Select(Visit)!])
        : Visit(node);

    ConstantExpression Source(Pushed pushed) => Expression.Constant(new EnumerableQuery<TaskRecord>(Add(pushed.Query)), typeof(IQueryable<TaskRecord>));

    MemberExpression CountOf(Pushed pushed) => Expression.Property(Expression.Constant(Add(pushed.Query with { CountOnly = true })), nameof(HistorySource.Count));

    MethodCallExpression Element(Func<IQueryable<TaskRecord>, TaskRecord?> method, Pushed pushed) => Expression.Call(method.Method, Source(pushed));

    HistorySource Add(HistoryQuery query)
    {
        var source = new HistorySource(query, fetch);
        Sources.Add(source);
        return source;
    }

    static bool IsRoot(Expression node) => node is ConstantExpression { Value: HistoryQueryable<TaskRecord> { IsRoot: true } };

    static bool IsThenBy(MethodCallExpression call) => call.Method.Name is nameof(Queryable.ThenBy) or nameof(Queryable.ThenByDescending);

    static LambdaExpression Lambda(Expression argument) => (LambdaExpression)(argument is UnaryExpression { NodeType: ExpressionType.Quote } quote ? quote.Operand : argument);
}
