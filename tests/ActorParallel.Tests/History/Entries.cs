using ActorParallel.History;
using ActorParallel.History.Linq;
using ActorParallel.Payloads;

namespace ActorParallel.Tests.History;

/// <summary>Entries, stores and queries as a controller and a client would have them.</summary>
internal static class Entries
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static HistoryEntry Entry(int number, TaskState state = TaskState.Succeeded, string? label = null, int engine = 0, long offsetTicks = 0) => new()
    {
        IdPrefix = "client", Number = number, ClientId = "client", Label = label, Function = "Square(int)", State = state,
        SubmittedUtc = Noon.UtcTicks + 10L * number + offsetTicks, StartedUtc = Noon.UtcTicks + 10L * number + 5, CompletedUtc = Noon.UtcTicks + 10L * number + 8,
        EngineId = engine, WorkerId = 0, Attempts = 1, RunTicks = 3, ArgumentBytes = 100, ResultBytes = 8,
        ErrorType = state == TaskState.Failed ? "System.InvalidOperationException" : null, ErrorMessage = state == TaskState.Failed ? "no disk left" : null,
    };

    /// <summary>The records as a list, in the order of submission: what every query is compared with.</summary>
    public static List<TaskRecord> Records(IEnumerable<HistoryEntry> entries) => [.. entries.Select(e =>
    {
        e.Bound();
        return e.ToRecord();
    }).OrderBy(r => r.Submitted)];

    /// <summary>What a client queries: every query and every page goes over the wire.</summary>
    public static IQueryable<TaskRecord> Client(this IHistoryStore store, List<HistoryQuery>? asked = null) => HistoryProvider.Create(async (query, cancel) =>
    {
        asked?.Add(query);
        return Trip(await store.QueryAsync(Trip(query), cancel));
    });

    public static HistoryQuery Trip(HistoryQuery query)
    {
        using var writer = PayloadWriter.Rent();
        query.Write(writer);
        var reader = new PayloadReader(writer.ToArray());
        var back = HistoryQuery.Read(ref reader);
        Assert.Equal(0, reader.Remaining);
        return back;
    }

    public static HistoryPage Trip(HistoryPage page)
    {
        using var writer = PayloadWriter.Rent();
        page.Write(writer);
        Assert.InRange(writer.Length, 1, HistoryPage.MaxBytes);
        var reader = new PayloadReader(writer.ToArray());
        var back = HistoryPage.Read(ref reader);
        Assert.Equal(0, reader.Remaining);
        return back;
    }
}

/// <summary>A folder of a test's own, gone when it ends.</summary>
internal sealed class TestFolder : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ap-history-");

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
