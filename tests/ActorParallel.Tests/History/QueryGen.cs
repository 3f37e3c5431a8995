using System.Linq.Expressions;
using CsCheck;

namespace ActorParallel.Tests.History;

/// <summary>Makes random queries of all operators that a store knows, and of some that it doesn't.</summary>
internal static class QueryGen
{
    /// <summary>A query with its last operator, which gives its outcome as a text.</summary>
    public sealed record Case(string Text, Func<IQueryable<TaskRecord>, string> Run);

    sealed record Step(string Text, Func<IQueryable<TaskRecord>, IQueryable<TaskRecord>> Apply);

    static readonly Gen<string?> s_text = OneOf<string?>(null, "", "a", "ab", "b", "ä", "😀", "\ud83d", "\ufffd", "\uffee", "%", "\0", "Ab");

    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static Gen<Expression<Func<TaskRecord, bool>>> Of<T>(Gen<T> values, params Func<T, Expression<Func<TaskRecord, bool>>>[] make) =>
        Gen.Select(values, Gen.Int[0, make.Length - 1]).Select((v, i) => make[i](v));

    static readonly Gen<Expression<Func<TaskRecord, bool>>> s_leaf = Gen.OneOf(
        Of(
            s_text,
            v => r => r.Label == v, v => r => r.Label != v, v => r => r.Label != null && r.Label.Contains(v!), v => r => r.Label!.Contains(v!),
            v => r => r.Label == null || r.Label.StartsWith(v!, StringComparison.Ordinal), v => r => r.Output.EndsWith(v!, StringComparison.Ordinal),
            v => r => r.Output.StartsWith(v!), v => r => string.IsNullOrEmpty(r.ErrorMessage) || r.ErrorMessage.EndsWith(v!, StringComparison.Ordinal),
            v => r => (r.Label ?? "a") == v, v => r => (r.Label ?? "ab").Contains(v!), v => r => string.Equals(r.Label, v), v => r => r.Output.Equals(v, StringComparison.Ordinal),
            v => r => r.ClientId.Contains(v!, StringComparison.OrdinalIgnoreCase), v => r => new[] { v, "b" }.Contains(r.Label),
            v => r => new List<string?> { v, null }.Contains(r.ErrorMessage), v => r => new HashSet<string?>(StringComparer.OrdinalIgnoreCase) { v! }.Contains(r.Output),
            v => r => !(r.Label == v), v => r => r.Label == r.ErrorMessage, v => r => r.Label != r.ErrorMessage && v != null, v => r => v != null && r.Output.Contains(v),
            v => r => r.Id == "c-" + v || r.Id == "c-3", v => r => string.CompareOrdinal(r.Output, v) < 0, v => r => v == null),
        Of(
            Gen.Int[-1, 6],
            v => r => r.EngineId == v, v => r => r.EngineId != v, v => r => r.EngineId > v, v => r => !(r.EngineId > v), v => r => r.EngineId <= v,
            v => r => r.EngineId!.Value >= v, v => r => r.EngineId.HasValue && r.EngineId.Value < v, v => r => (r.EngineId ?? 2) >= v, v => r => r.EngineId.GetValueOrDefault() == v,
            v => r => r.Attempts > v - 3, v => r => r.Attempts * 2 == v, v => r => r.Attempts > 1.5, v => r => v < r.Attempts, v => r => r.EngineId == null || r.EngineId == v,
            v => r => r.State == (TaskState)v, v => r => (int)r.State > v, v => r => r.State < TaskState.Failed, v => r => new[] { TaskState.Failed, (TaskState)v }.Contains(r.State),
            v => r => new[] { (int?)v, null }.Contains(r.EngineId), v => r => r.EngineId > r.Attempts, v => r => r.RunTime > TimeSpan.FromTicks(v),
            v => r => r.RunTime != null && r.RunTime.Value.TotalMilliseconds < v / 10000.0, v => r => !(r.RunTime <= new TimeSpan(v)),
            v => r => r.QueueTime >= new TimeSpan(v), v => r => r.Started > Entries.Noon.AddTicks(v), v => r => r.Submitted <= Entries.Noon.AddTicks(v),
            v => r => r.Completed - r.Started > new TimeSpan(v), v => r => r.Started == null ^ v > 2, v => r => r.Started < r.Completed,
            v => r => r.Submitted == Entries.Noon.AddTicks(v).ToOffset(TimeSpan.FromHours(5)), v => r => r.Completed!.Value > Entries.Noon.AddTicks(v),
            v => r => v > 2 || r.EngineId!.Value > 1, v => r => v > 2 & r.Attempts < v, v => r => r.ResultBytes == v, v => r => !r.Started.HasValue));

    public static readonly Gen<Expression<Func<TaskRecord, bool>>> Condition = Gen.Recursive<Expression<Func<TaskRecord, bool>>>((depth, inner) => depth > 2 ? s_leaf : Gen.Frequency(
        (3, s_leaf),
        (2, Gen.Select(inner, inner).Select((a, b) => Join(a, b, Expression.AndAlso))),
        (2, Gen.Select(inner, inner).Select((a, b) => Join(a, b, Expression.OrElse))),
        (1, inner.Select(a => Expression.Lambda<Func<TaskRecord, bool>>(Expression.Not(a.Body), a.Parameters)))));

    static readonly Gen<Step> s_where = Condition.Select(c => new Step($".Where({c})", q => q.Where(c)));

    static readonly Gen<Step> s_step = Gen.OneOf(
        s_where, s_where,
        Gen.Int[-1, 12].Select(n => new Step($".Skip({n})", q => q.Skip(n))),
        Gen.Int[-1, 12].Select(n => new Step($".Take({n})", q => q.Take(n))),
        OneOf(
            new Step(".OrderBy(EngineId)", q => q.OrderBy(r => r.EngineId)), new Step(".OrderByDescending(EngineId)", q => q.OrderByDescending(r => r.EngineId)),
            new Step(".OrderBy(Label)", q => q.OrderBy(r => r.Label)), new Step(".OrderBy(Label, Ordinal)", q => q.OrderBy(r => r.Label, StringComparer.Ordinal)),
            new Step(".OrderByDescending(Output, IgnoreCase)", q => q.OrderByDescending(r => r.Output, StringComparer.OrdinalIgnoreCase)),
            new Step(".OrderByDescending(Label).ThenBy(State)", q => q.OrderByDescending(r => r.Label).ThenBy(r => r.State)),
            new Step(".OrderBy(State).ThenByDescending(RunTime).ThenBy(Id)", q => q.OrderBy(r => r.State).ThenByDescending(r => r.RunTime).ThenBy(r => r.Id)),
            new Step(".OrderBy(Attempts).ThenBy(Output.Length)", q => q.OrderBy(r => r.Attempts).ThenBy(r => r.Output.Length)),
            new Step(".OrderByDescending(Started).ThenBy(QueueTime ?? 3)", q => q.OrderByDescending(r => r.Started).ThenBy(r => r.QueueTime ?? new TimeSpan(3))),
            new Step(".OrderBy(RunTime.Value)", q => q.OrderBy(r => r.RunTime!.Value)), new Step(".Reverse()", q => q.Reverse()),
            new Step(".Where(index)", q => q.Where((r, i) => i % 2 == 0)), new Step(".DistinctBy(State)", q => q.DistinctBy(r => r.State)),
            new Step(".Concat(itself)", q => q.Concat(q.Where(r => r.Attempts > 1))), new Step(".TakeWhile", q => q.TakeWhile(r => r.Attempts < 3)),
            new Step(".Where(subquery)", q => q.Where(r => q.Count(o => o.State == r.State) > 1)), new Step(".Take(1..4)", q => q.Take(1..4))));

    static string Show(IEnumerable<TaskRecord?> records) => string.Join('\n', records);

    static readonly Gen<Case> s_end = Gen.Select(Condition, Gen.Int[0, 15]).Select((c, which) => which switch
    {
        0 => new Case(".Count()", q => $"{q.Count()}"),
        1 => new Case($".Count({c})", q => $"{q.Count(c)}"),
        2 => new Case($".Any({c})", q => $"{q.Any(c)}"),
        3 => new Case(".LongCount() Any()", q => $"{q.LongCount()} {q.Any()}"),
        4 => new Case($".First({c})", q => $"{q.First(c)}"),
        5 => new Case(".FirstOrDefault()", q => $"{q.FirstOrDefault()}"),
        6 => new Case($".SingleOrDefault({c})", q => $"{q.SingleOrDefault(c)}"),
        7 => new Case(".Last() ElementAt(2)", q => $"{q.Last()} {q.ElementAt(2)}"),
        8 => new Case(".GroupBy(State)", q => string.Join(';', q.GroupBy(r => r.State).Select(g => $"{g.Key} {g.Count()} {g.Max(r => r.RunTime)}"))),
        9 => new Case(".Max Sum Average", q => $"{q.Max(r => r.RunTime)} {q.Sum(r => r.Attempts)} {q.Average(r => r.EngineId)}"),
        10 => new Case(".Select(Id)", q => string.Join(',', q.Select(r => r.Id + r.Label).Distinct())),
        11 => new Case(".Join", q => string.Join(',', q.Join(q.Where(r => r.Attempts == 1), r => r.EngineId, r => r.EngineId, (a, b) => a.Id + b.Id))),
        12 => new Case(" as a list, async", q => q.Provider is EnumerableQuery ? Show(q) : Show(q.ToListAsync().GetAwaiter().GetResult())),
        13 => new Case($".Select.Where, async", q => string.Join(',', Items(q.Where(c).Select(r => r.Output)))),
        14 => new Case($".All({c}), async first", q => $"{q.All(c)} {(q.Provider is EnumerableQuery ? q.FirstOrDefault() : q.FirstOrDefaultAsync().GetAwaiter().GetResult())}"),
        _ => new Case(" as a list", q => Show(q)),
    });

    static List<T> Items<T>(IQueryable<T> query) => query.Provider is EnumerableQuery ? [.. query] : query.ToListAsync().GetAwaiter().GetResult();

    public static readonly Gen<Case> Query = Gen.Select(s_step.Array[0, 4], s_end).Select((steps, end) => new Case(
        string.Concat(steps.Select(s => s.Text)) + end.Text,
        source => end.Run(steps.Aggregate(source, (q, s) => s.Apply(q)))));

    static Expression<Func<TaskRecord, bool>> Join(
        Expression<Func<TaskRecord, bool>> a, Expression<Func<TaskRecord, bool>> b, Func<Expression, Expression, BinaryExpression> how) =>
        Expression.Lambda<Func<TaskRecord, bool>>(how(a.Body, new Replace(b.Parameters[0], a.Parameters[0]).Visit(b.Body)), a.Parameters);

    sealed class Replace(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
