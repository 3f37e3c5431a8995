using System.Collections;
using System.Linq.Expressions;

namespace ActorParallel.History.Linq;

/// <summary>A query over a history. Made anew by each operator; runs when it is enumerated.</summary>
internal sealed class HistoryQueryable<T> : IOrderedQueryable<T>, IAsyncEnumerable<T>
{
    readonly HistoryProvider _provider;

    public HistoryQueryable(HistoryProvider provider)
    {
        _provider = provider;
        IsRoot = true;
        Expression = Expression.Constant(this, typeof(IQueryable<T>));
    }

    public HistoryQueryable(HistoryProvider provider, Expression expression) => (_provider, Expression) = (provider, expression);

    public bool IsRoot { get; }

    public Type ElementType => typeof(T);

    public Expression Expression { get; }

    public IQueryProvider Provider => _provider;

    public IEnumerator<T> GetEnumerator() => _provider.Enumerate<T>(Expression).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        _provider.EnumerateAsync<T>(Expression, cancellationToken).GetAsyncEnumerator(cancellationToken);

    public override string ToString() => IsRoot ? "History" : Expression.ToString();
}
