using System.Linq.Expressions;
using ActorParallel.History.Linq;

namespace ActorParallel;

/// <summary>Runs queries over a cluster's history (<c>ParallelClient.History</c>) without blocking a thread.</summary>
/// <remarks>
/// <para>
/// Every query gives what LINQ to Objects would give over the sequence of all records in the order in which they were submitted: same
/// operators, same meaning of null, same exceptions. What a store can do is done there (<c>Where</c> with comparisons of members and
/// values, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>, ordinal text matches and <c>collection.Contains(member)</c>; <c>OrderBy</c> and
/// <c>ThenBy</c> on members; <c>Skip</c>, <c>Take</c>, <c>Count</c>, <c>Any</c>, <c>First</c>, <c>Single</c>); from the first operator, or
/// the first condition of a <c>Where</c>, that it can't do, the records come over and the program itself goes on. So write the conditions
/// that a store can do first.
/// </para>
/// <para>
/// Variables are read once for each run of a query. Texts are compared and sorted ordinally by a store; where <see cref="string"/> itself
/// goes by the culture (<c>StartsWith(text)</c>, <c>OrderBy(r =&gt; r.Label)</c>), a program that has cultures does it itself: pass
/// <see cref="StringComparison.Ordinal"/> or <see cref="StringComparer.Ordinal"/> to have the store do it.
/// </para>
/// </remarks>
public static class TaskHistoryExtensions
{
    /// <summary>Runs a query over the history and gives its items.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="query">A query over <c>ParallelClient.History</c>.</param>
    /// <param name="cancellationToken">Gives up the query.</param>
    /// <returns>The items, in the query's order.</returns>
    /// <exception cref="ArgumentException">The query is over something else.</exception>
    public static async Task<List<T>> ToListAsync<T>(this IQueryable<T> query, CancellationToken cancellationToken = default)
    {
        List<T> items = [];
        await foreach (var item in query.AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false)) items.Add(item);
        return items;
    }

    /// <summary>
    /// Runs a query over the history and gives its items as they come, a page at a time where the query allows it: <c>Where</c> and
    /// <c>Select</c> do, after what the store does.
    /// </summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="query">A query over <c>ParallelClient.History</c>.</param>
    /// <returns>The items, in the query's order. Each enumeration runs the query anew.</returns>
    /// <exception cref="ArgumentException">The query is over something else.</exception>
    public static IAsyncEnumerable<T> AsAsyncEnumerable<T>(this IQueryable<T> query)
    {
        Provider(query);
        return (IAsyncEnumerable<T>)query;
    }

    /// <summary>Runs a query over the history and gives the number of its items.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="query">A query over <c>ParallelClient.History</c>.</param>
    /// <param name="cancellationToken">Gives up the query.</param>
    /// <returns>How many items the query has.</returns>
    /// <exception cref="ArgumentException">The query is over something else.</exception>
    public static Task<int> CountAsync<T>(this IQueryable<T> query, CancellationToken cancellationToken = default) =>
        Provider(query).ExecuteAsync<int>(Expression.Call(new Func<IQueryable<T>, int>(Queryable.Count).Method, query.Expression), cancellationToken);

    /// <summary>Runs a query over the history and gives its first item.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="query">A query over <c>ParallelClient.History</c>.</param>
    /// <param name="cancellationToken">Gives up the query.</param>
    /// <returns>The first item, or the type's default if there is none.</returns>
    /// <exception cref="ArgumentException">The query is over something else.</exception>
    public static Task<T?> FirstOrDefaultAsync<T>(this IQueryable<T> query, CancellationToken cancellationToken = default) =>
        Provider(query).ExecuteAsync<T?>(Expression.Call(new Func<IQueryable<T>, T?>(Queryable.FirstOrDefault).Method, query.Expression), cancellationToken);

    static HistoryProvider Provider<T>(IQueryable<T> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query is HistoryQueryable<T> { Provider: HistoryProvider provider } ? provider : throw new ArgumentException(
            $"A query over {query.GetType().Name} is not a query over a cluster's history: begin with ParallelClient.History.", nameof(query));
    }
}
