using System.Linq.Expressions;
using ActorParallel.History;
using CsCheck;

namespace ActorParallel.Tests.History;

/// <summary>Random records, random queries: every store answers as LINQ to Objects does over the list, exceptions included.</summary>
public sealed class QueryPropertyTests : IDisposable
{
    static readonly string?[] s_texts = [null, "", "a", "ab", "abc", "B", "b", "ä", "\u200da", "😀", "x😀", "\ud83d", "\uffee", "\ue000", "%", "_", "a%", "a\0", "'", "Ab"];

    readonly TestFolder _folder = new();

    static readonly Gen<string?> s_text = QueryGen.OneOf(s_texts);

    static readonly Gen<HistoryEntry> s_entry = Gen.Select(
        Gen.Select(s_text, s_text, s_text, s_text),
        Gen.Select(Gen.Enum<TaskState>(), Gen.Int[-1, 3], Gen.Int[0, 3], Gen.Int[-1, 5]),
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 8], Gen.Int[0, 9], Gen.Int[1, 9]))
        .Select((texts, numbers, times) => new HistoryEntry
        {
            IdPrefix = "c", Number = times.Item4, ClientId = texts.Item1 ?? "", Label = texts.Item2, ErrorMessage = texts.Item3, Output = texts.Item4 ?? "", State = numbers.Item1,
            EngineId = numbers.Item2, Attempts = numbers.Item3, RunTicks = numbers.Item4, SubmittedUtc = Entries.Noon.UtcTicks + times.Item1,
            StartedUtc = times.Item2 == 0 ? 0 : Entries.Noon.UtcTicks + times.Item2, CompletedUtc = times.Item3 == 0 ? 0 : Entries.Noon.UtcTicks + times.Item3,
        });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EveryStoreAnswersAsLinqToObjects()
    {
        await using var memory = new MemoryHistory { PageBytes = 900 };
        await using var sqlite = new SqliteHistory(new SqliteHistoryOptions { Path = _folder.File("tasks.db") }) { PageBytes = 900 };
        Gen.Select(s_entry.Array[0, 25], QueryGen.Query.Array[25]).Sample(
            (entries, queries) =>
            {
                memory.PurgeAsync(null, default).GetAwaiter().GetResult();
                sqlite.PurgeAsync(null, default).GetAwaiter().GetResult();
                memory.Append(entries);
                sqlite.Append(entries);
                var list = Sequence(Entries.Records(entries)).AsQueryable();
                foreach (var query in queries)
                {
                    var expected = Outcome(query, list);
                    var text = $"{query.Text} over {entries.Length}";
                    Assert.Equal((text, expected), (text, Outcome(query, memory.Client())));
                    Assert.Equal((text, expected), (text, Outcome(query, sqlite.Client())));
                }
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public async Task MostConditionsAreAnsweredByTheStore()
    {
        await using var memory = new MemoryHistory();
        var pushed = 0;
        Gen.Select(QueryGen.Condition, Gen.Const(0)).Sample((condition, _) =>
        {
            List<HistoryQuery> asked = [];
            _ = memory.Client(asked).Where(condition).Count();
            if (asked.Single().Filter is not null) pushed++;
        }, iter: 500, threads: 1);
        Assert.InRange(pushed, 200, 500);
    }

    /// <summary>Hides the list: LINQ takes some of a list's items from its end, and then meets their exceptions in another order.</summary>
    static IEnumerable<TaskRecord> Sequence(List<TaskRecord> records)
    {
        foreach (var record in records) yield return record;
    }

    static string Outcome(QueryGen.Case query, IQueryable<TaskRecord> source)
    {
        try
        {
            return query.Run(source);
        }
#pragma warning disable CA1031 // Which exception it is, is the outcome.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e.GetType().Name;
        }
    }
}
