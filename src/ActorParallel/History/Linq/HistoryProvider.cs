using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorParallel.History.Linq;

/// <summary>Runs queries: asks the store for what it can do, and does the rest with LINQ to Objects.</summary>
internal sealed class HistoryProvider(Func<HistoryQuery, CancellationToken, Task<HistoryPage>> fetch) : IQueryProvider
{
    public static IQueryable<TaskRecord> Create(Func<HistoryQuery, CancellationToken, Task<HistoryPage>> fetch) =>
        new HistoryQueryable<TaskRecord>(new HistoryProvider(fetch));

    public IQueryable<T> CreateQuery<T>(Expression expression) => new HistoryQueryable<T>(this, expression);

    public IQueryable CreateQuery(Expression expression)
    {
        var sequence = expression.Type.GetInterfaces().Append(expression.Type).First(t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(IEnumerable<>));
        return (IQueryable)typeof(HistoryProvider).GetMethod(nameof(CreateQuery), 1, [typeof(Expression)])!
            .MakeGenericMethod(sequence.GetGenericArguments()).Invoke(this, BindingFlags.DoNotWrapExceptions, null, [expression], null)!;
    }

    public T Execute<T>(Expression expression) => Run<T>(new QueryRewriter(fetch).Visit(expression));

    public object? Execute(Expression expression) => Execute<object?>(Expression.Convert(expression, typeof(object)));

    public async Task<T> ExecuteAsync<T>(Expression expression, CancellationToken cancellationToken)
    {
        var rewriter = new QueryRewriter(fetch);
        var rest = rewriter.Visit(expression);
        foreach (var source in rewriter.Sources) await source.LoadAsync(cancellationToken).ConfigureAwait(false);
        return Run<T>(rest);
    }

    public IEnumerable<T> Enumerate<T>(Expression expression) => Sequence<T>(new QueryRewriter(fetch).Visit(expression));

    public async IAsyncEnumerable<T> EnumerateAsync<T>(Expression expression, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rewriter = new QueryRewriter(fetch);
        var rest = rewriter.Visit(expression);
        if (rewriter.Sources is [var only] && IsElementwise(rest))
        {
            await foreach (var page in only.PagesAsync(cancellationToken).ConfigureAwait(false))
            {
                only.Load(page);
                foreach (var item in Sequence<T>(rest)) yield return item;
            }
            yield break;
        }
        foreach (var source in rewriter.Sources) await source.LoadAsync(cancellationToken).ConfigureAwait(false);
        foreach (var item in Sequence<T>(rest))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
    }

    static IQueryable<T> Sequence<T>(Expression rest) =>
        rest is ConstantExpression { Value: IQueryable<T> source } ? source : new EnumerableQuery<T>(rest);

    static T Run<T>(Expression rest) => ((IQueryProvider)new EnumerableQuery<T>([])).Execute<T>(rest);

    /// <summary>True if a page's items depend on that page only: then pages need not be held together.</summary>
    static bool IsElementwise(Expression rest) => rest switch
    {
        ConstantExpression => true,
        MethodCallExpression { Method: { DeclaringType: { } type, Name: nameof(Queryable.Where) or nameof(Queryable.Select) }, Arguments: [var before, UnaryExpression { Operand: LambdaExpression { Parameters.Count: 1 } }] }
            when type == typeof(Queryable) => IsElementwise(before),
        _ => false,
    };
}
