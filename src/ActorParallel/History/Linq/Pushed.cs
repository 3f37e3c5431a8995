using System.Linq.Expressions;

namespace ActorParallel.History.Linq;

/// <summary>
/// What of a chain of operators a store can do, and how far it got. An operator is taken only if all before it were: then the store
/// does the operators in the order in which they were written, and sees exactly the records that LINQ to Objects would.
/// </summary>
internal sealed record Pushed(HistoryQuery Query, NonNull Known)
{
    public static Pushed Everything { get; } = new(new HistoryQuery(), NonNull.None);

    bool IsLimited => Query.Skip > 0 || Query.Take < long.MaxValue;

    /// <summary>With a condition, or with as much of its beginning as can be; the rest is null if nothing is left.</summary>
    public Pushed Where(LambdaExpression condition, out LambdaExpression? rest)
    {
        rest = condition;
        if (IsLimited || condition.Parameters is not [var record]) return this;
        var translator = new FilterTranslator(record);
        var (pushed, left) = (this, default(Expression));
        foreach (var part in Conjuncts(condition.Body))
        {
            if (left is null && pushed.And(translator.Translate(part, pushed.Known)) is { } more) pushed = more;
            else left = left is null ? part : Expression.AndAlso(left, part);
        }
        rest = left is null ? null : ReferenceEquals(pushed, this) ? condition : Expression.Lambda(left, condition.Parameters);
        return pushed;
    }

    public Pushed? OrderBy(LambdaExpression key, Expression? comparer, bool descending, bool isThen)
    {
        if (IsLimited || key.Parameters is not [var record] || Query.Order.Count == HistoryQuery.MaxOrder) return null;
        if (!new Operands(record).TryRead(key.Body, Known, out var operand) || operand.Field is null || operand.Value.Text?.Length > HistoryQuery.MaxKeyText) return null;
        object? given = null;
        if (comparer is not null && !LocalValue.TryGet(comparer, out given)) return null;
        if (given is not null ? !ReferenceEquals(given, StringComparer.Ordinal) : operand.IsText && !FilterTranslator.CultureIsOrdinal) return null;
        var order = new HistoryOrder(operand, descending);

        // A sort keeps the order that it finds among equals.
        return this with { Query = Query with { Order = isThen ? InsertThen(order) : [order, .. Query.Order] }, ThenAt = isThen ? ThenAt + 1 : 1 };
    }

    public Pushed Skip(int count) => this with
    {
        Query = Query with { Skip = Query.Skip + Math.Max(0, count), Take = Query.Take == long.MaxValue ? long.MaxValue : Math.Max(0, Query.Take - Math.Max(0, count)) },
    };

    public Pushed Take(int count) => this with { Query = Query with { Take = Math.Min(Query.Take, Math.Max(0, count)) } };

    /// <summary>Where the next ThenBy's key goes: after the last sort's keys, before those of sorts before it.</summary>
    int ThenAt { get; init; }

    List<HistoryOrder> InsertThen(HistoryOrder order)
    {
        List<HistoryOrder> all = [.. Query.Order];
        all.Insert(ThenAt, order);
        return all;
    }

    Pushed? And(FilterTranslator.Result? result)
    {
        if (result is not { } more) return null;
        var filter = Query.Filter switch
        {
            null => more.Filter,
            HistoryFilter.All all => new HistoryFilter.All([.. all.Parts, more.Filter]),
            var one => new HistoryFilter.All([one, more.Filter]),
        };
        return filter.IsBounded() ? this with { Query = Query with { Filter = filter }, Known = Known | more.WhenTrue } : null;
    }

    static IEnumerable<Expression> Conjuncts(Expression condition) => condition is BinaryExpression { NodeType: ExpressionType.AndAlso, Method: null } both
        ? Conjuncts(both.Left).Concat(Conjuncts(both.Right))
        : [condition];
}
