using ActorParallel.History;

namespace ActorParallel.Tests.History;

public sealed class MemoryStoreTests : HistoryStoreTests
{
    private protected override IHistoryStore Make(int maxRecords, int pageBytes) => new MemoryHistory(maxRecords) { PageBytes = pageBytes };
}

public sealed class SqliteStoreTests : HistoryStoreTests
{
    private protected override IHistoryStore Make(int maxRecords, int pageBytes) =>
        new SqliteHistory(new SqliteHistoryOptions { Path = Folder.File("tasks.db"), MaxRecords = maxRecords }) { PageBytes = pageBytes };
}

/// <summary>What every store of the history does, and does alike.</summary>
public abstract class HistoryStoreTests : IAsyncLifetime
{
    IHistoryStore _store = null!;

    private protected TestFolder Folder { get; } = new();

    private protected IHistoryStore Store => _store;

    private protected abstract IHistoryStore Make(int maxRecords, int pageBytes);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _store = Make(1000, HistoryPage.RecordBytes);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task EveryMemberComesBackAsItWas()
    {
        var full = new HistoryEntry
        {
            IdPrefix = "c-1-2", Number = 77, ClientId = "c", Label = "näme 😀", Function = "F(string)", State = TaskState.Lost, SubmittedUtc = Entries.Noon.UtcTicks + 1,
            StartedUtc = Entries.Noon.UtcTicks + 3, CompletedUtc = Entries.Noon.UtcTicks + 10, EngineId = 4, WorkerId = 2, Attempts = 3, EngineLosses = 2, RunTicks = 7,
            ErrorType = "T", ErrorMessage = "M", Priority = -5, ArgumentBytes = long.MaxValue, ResultBytes = 12, Output = "a\nb",
        };
        _store.Append([full, new HistoryEntry { IdPrefix = "e", SubmittedUtc = Entries.Noon.UtcTicks + 2 }]);
        var records = await _store.Client().ToListAsync(Cancel);
        Assert.Equal(
            [
                new TaskRecord
                {
                    Id = "c-1-2-77", ClientId = "c", Label = "näme 😀", Function = "F(string)", State = TaskState.Lost, Submitted = Entries.Noon.AddTicks(1),
                    Started = Entries.Noon.AddTicks(3), Completed = Entries.Noon.AddTicks(10), EngineId = 4, WorkerId = 2, Attempts = 3, EngineLosses = 2,
                    RunTime = TimeSpan.FromTicks(7), QueueTime = TimeSpan.FromTicks(2), ErrorType = "T", ErrorMessage = "M", Priority = -5,
                    ArgumentBytes = long.MaxValue, ResultBytes = 12, Output = "a\nb",
                },
                new TaskRecord { Id = "e-0", Submitted = Entries.Noon.AddTicks(2) },
            ],
            records);
    }

    [Fact]
    public async Task RecordsComeInTheOrderOfSubmissionWhateverTheyEndedIn()
    {
        _store.Append([Entries.Entry(3), Entries.Entry(1)]);
        _store.Append([Entries.Entry(2), Entries.Entry(4, offsetTicks: -10), Entries.Entry(0)]);
        Assert.Equal(["client-0", "client-1", "client-2", "client-3", "client-4"], (await _store.Client().ToListAsync(Cancel)).Select(r => r.Id));
    }

    [Fact]
    public async Task ATextIsCutAndCleanedAlike()
    {
        _store.Append([new HistoryEntry { IdPrefix = "a", Label = "x\0y\ud800z", Output = new string('o', 10_000), ErrorMessage = new string('e', 2046) + "😀😀" }]);
        var record = Assert.Single(await _store.Client().ToListAsync(Cancel));
        Assert.Equal("x\ufffdy\ufffdz", record.Label);
        Assert.Equal(new string('o', 4095) + "…", record.Output);
        Assert.Equal(new string('e', 2046) + "…", record.ErrorMessage);
        Assert.Equal(1, await _store.Client().Where(r => r.Label == "x\ufffdy\ufffdz").CountAsync(Cancel));
        Assert.Equal(0, await _store.Client().Where(r => r.Label == "x\0y\ud800z").CountAsync(Cancel));
    }

    [Fact]
    public async Task ManyRecordsComeInPagesThatFitTheirBound()
    {
        var large = new string('ü', 4000);
        _store.Append([.. Enumerable.Range(0, 200).Select(i => Entries.Entry(i) with { Output = large, ErrorMessage = large })]);
        var asked = new List<HistoryQuery>();
        var records = await _store.Client(asked).ToListAsync(Cancel);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"client-{i}"), records.Select(r => r.Id));
        Assert.InRange(asked.Count, 10, 200);
    }

    [Fact]
    public async Task RecordsThatCameAfterTheFirstPageAreNotInTheAnswer()
    {
        await using var store = Make2("paged.db", pageBytes: 1);
        store.Append([.. Enumerable.Range(0, 5).Select(i => Entries.Entry(i))]);
        var ids = new List<string>();
        await foreach (var record in store.Client().OrderByDescending(r => r.Attempts).AsAsyncEnumerable().WithCancellation(Cancel))
        {
            ids.Add(record.Id);
            if (ids.Count < 10) store.Append([Entries.Entry(100 + ids.Count)]);
        }
        Assert.Equal(["client-0", "client-1", "client-2", "client-3", "client-4"], ids);
    }

    [Fact]
    public async Task TheOldestFallOutAndLeaveNothing()
    {
        for (var i = 0; i < 2500; i += 100) _store.Append([.. Enumerable.Range(i, 100).Select(n => Entries.Entry(n))]);
        Assert.Null(await _store.FindAsync("client-1499", Cancel));
        Assert.Equal("client-1500", (await _store.FindAsync("client-1500", Cancel))!.Id);
        Assert.Equal(1000, await _store.Client().CountAsync(Cancel));
        Assert.Equal(1000, _store.Count);
        Assert.Equal("client-1500", _store.Client().First().Id);
    }

    [Fact]
    public async Task PurgeForgetsWhatMatchesAndOnlyThat()
    {
        _store.Append([.. Enumerable.Range(0, 100).Select(i => Entries.Entry(i, i % 3 == 0 ? TaskState.Failed : TaskState.Succeeded))]);
        var failed = new HistoryFilter.Compare(
            HistoryOperand.Of(HistoryField.State), HistoryComparison.Equal, HistoryOperand.Of(new HistoryValue((long)TaskState.Failed)));
        Assert.Equal(34, await _store.PurgeAsync(failed, Cancel));
        Assert.Equal(66, _store.Count);
        Assert.Equal(0, await _store.Client().CountAsync(r => r.State == TaskState.Failed));
        _store.Append([Entries.Entry(200)]);
        Assert.Equal("client-200", _store.Client().OrderByDescending(r => r.Submitted).First().Id);
        Assert.Equal(67, await _store.PurgeAsync(null, Cancel));
        Assert.Equal(0, _store.Count);
        Assert.Empty(_store.Client());
    }

    [Fact]
    public async Task AnUnknownIdIsNotFound()
    {
        _store.Append([Entries.Entry(1)]);
        Assert.Null(await _store.FindAsync("client-2", Cancel));
        Assert.Null(await _store.FindAsync("client-1\0", Cancel));
        Assert.Null(await _store.FindAsync("", Cancel));
    }

    [Fact]
    public async Task AppendingAndAskingAtOnceLosesNothing()
    {
        await using var store = Make2("busy.db", maxRecords: 100_000);
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(
            () =>
            {
                for (var i = 0; i < 500; i++) store.Append([Entries.Entry((w * 1000) + i), Entries.Entry((w * 1000) + 500 + i)]);
            },
            Cancel)).ToArray();
        var all = Task.WhenAll(writers);
        var seen = 0;
        while (!all.IsCompleted)
        {
            var now = await store.Client().CountAsync(Cancel);
            Assert.InRange(now, seen, 4000);
            seen = now;
        }
        await all;
        Assert.Equal(4000, (await store.Client().Select(r => r.Id).ToListAsync(Cancel)).Distinct().Count());
        Assert.Equal(0, store.Dropped);
    }

    /// <summary>Another store, beside the test's own.</summary>
    IHistoryStore Make2(string name, int maxRecords = 1000, int pageBytes = HistoryPage.RecordBytes) => this is MemoryStoreTests
        ? new MemoryHistory(maxRecords) { PageBytes = pageBytes }
        : new SqliteHistory(new SqliteHistoryOptions { Path = Folder.File(name), MaxRecords = maxRecords }) { PageBytes = pageBytes };
}

internal static class CountWithCondition
{
    public static Task<int> CountAsync(this IQueryable<TaskRecord> query, System.Linq.Expressions.Expression<Func<TaskRecord, bool>> condition) =>
        query.Where(condition).CountAsync(TestContext.Current.CancellationToken);
}
