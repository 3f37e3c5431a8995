using ActorParallel.History;

namespace ActorParallel.Tests.History;

/// <summary>What goes to the store, what stays with the client, and the mistakes of others that are not made here.</summary>
public sealed class LinqTests : IAsyncLifetime
{
    readonly TestFolder _folder = new();
    readonly MemoryHistory _memory = new();
    SqliteHistory _sqlite = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _sqlite = new SqliteHistory(new SqliteHistoryOptions { Path = _folder.File("tasks.db") });
        HistoryEntry[] entries =
        [
            Entries.Entry(1, label: "load"), Entries.Entry(2, TaskState.Failed, engine: 1), Entries.Entry(3, TaskState.Failed, "load", 1),
            Entries.Entry(4, TaskState.TimedOut, "report", 2), Entries.Entry(5, TaskState.Cancelled, engine: -1),
        ];
        foreach (var store in (IHistoryStore[])[_memory, _sqlite]) store.Append(entries);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _sqlite.DisposeAsync();
        _folder.Dispose();
    }

    IEnumerable<IHistoryStore> Stores => [_memory, _sqlite];

    static string Numbers(IEnumerable<TaskRecord> records) => string.Join(',', records.Select(r => r.Id["client-".Length..]));

    /// <summary>ipyparallel's DictDB has <c>$gt</c> as less-than.</summary>
    [Fact]
    public void GreaterIsGreater()
    {
        Assert.All(Stores, store =>
        {
            Assert.Equal("4", Numbers(store.Client().Where(r => r.EngineId > 1)));
            Assert.Equal("1", Numbers(store.Client().Where(r => r.EngineId < 1)));
            Assert.Equal("2,3,4", Numbers(store.Client().Where(r => r.EngineId >= 1)));
            Assert.Equal("1,2,3", Numbers(store.Client().Where(r => r.EngineId <= 1)));
            Assert.Equal("4,5", Numbers(store.Client().Where(r => r.Submitted > Entries.Noon.AddTicks(30))));
        });
    }

    /// <summary>ipyparallel's DictDB compares two keys of one query with the value of the last: its closures are bound late.</summary>
    [Fact]
    public void TwoValuesInOneQueryAreEachComparedWithTheirOwn()
    {
        Assert.All(Stores, store =>
        {
            Assert.Equal("3", Numbers(store.Client().Where(r => r.Label == "load" && r.State == TaskState.Failed)));
            Assert.Equal("3", Numbers(store.Client().Where(r => r.State == TaskState.Failed && r.Label == "load")));
            Assert.Equal("4", Numbers(store.Client().Where(r => r.EngineId == 2).Where(r => r.Attempts == 1)));
            var query = store.Client();
            foreach (var (engine, label) in new[] { (1, "load"), (1, "load") })
            {
                var wanted = engine;
                query = query.Where(r => r.EngineId == wanted && r.Label == label);
            }
            Assert.Equal("3", Numbers(query));
        });
    }

    [Fact]
    public void AVariableIsReadWhenTheQueryRuns()
    {
        Assert.All(Stores, store =>
        {
            var state = TaskState.Failed;
            var query = store.Client().Where(r => r.State == state);
            Assert.Equal("2,3", Numbers(query));
            state = TaskState.TimedOut;
            Assert.Equal("4", Numbers(query));
        });
    }

    [Fact]
    public void NullIsNeitherMoreNorLessAndItsNegationHolds() => Assert.All(Stores, store =>
    {
        Assert.Equal("", Numbers(store.Client().Where(r => r.EngineId > 5 || r.EngineId < 0)));
        Assert.Equal("1,2,3,5", Numbers(store.Client().Where(r => !(r.EngineId > 1))));
        Assert.Equal("2,4,5", Numbers(store.Client().Where(r => r.Label != "load")));
        Assert.Equal("5,1,2,3,4", Numbers(store.Client().OrderBy(r => r.EngineId)));
        Assert.Equal("4,2,3,1,5", Numbers(store.Client().OrderByDescending(r => r.EngineId)));
    });

    [Fact]
    public void TakeBeforeWhereStaysBefore() => Assert.All(Stores, store =>
    {
        Assert.Equal("2", Numbers(store.Client().Take(2).Where(r => r.State == TaskState.Failed)));
        Assert.Equal("2,3", Numbers(store.Client().Where(r => r.State == TaskState.Failed).Take(2)));
        Assert.Equal("2,1", Numbers(store.Client().Take(2).OrderByDescending(r => r.Submitted)));
        Assert.Equal("5,4", Numbers(store.Client().OrderByDescending(r => r.Submitted).Take(2)));
        Assert.Equal("3", Numbers(store.Client().Skip(1).Take(2).Skip(1).Take(5)));
    });

    [Fact]
    public void ATextThatMayBeNullThrowsAsItDoesInAList() => Assert.All(Stores, store =>
    {
        Assert.Throws<NullReferenceException>(() => Numbers(store.Client().Where(r => r.Label!.Contains('o'))));
        Assert.Equal("1,3,4", Numbers(store.Client().Where(r => r.Label != null && r.Label.Contains('o'))));
    });

    public static TheoryData<string, int> Pushed => new()
    {
        { "state", 2 }, { "time", 2 }, { "label", 2 }, { "guarded", 2 }, { "contains", 3 }, { "span", 5 }, { "negated", 3 }, { "nullable", 3 }, { "two wheres", 1 },
    };

    [Theory]
    [MemberData(nameof(Pushed))]
    public void TheStoreDoesWhatItCan(string which, int found)
    {
        var since = Entries.Noon.AddTicks(40);
        TaskState[] states = [TaskState.Failed, TaskState.Cancelled];
        Func<IQueryable<TaskRecord>, IQueryable<TaskRecord>> query = which switch
        {
            "state" => q => q.Where(r => r.State == TaskState.Failed),
            "time" => q => q.Where(r => r.Submitted >= since && r.Submitted < DateTimeOffset.UtcNow.AddYears(900)),
            "label" => q => q.Where(r => r.Label == "load"),
            "guarded" => q => q.Where(r => r.ErrorMessage != null && r.ErrorMessage.Contains("disk")),
            "contains" => q => q.Where(r => states.Contains(r.State)),
            "span" => q => q.Where(r => r.RunTime < TimeSpan.FromSeconds(1)),
            "negated" => q => q.Where(r => !(r.State == TaskState.Failed)),
            "nullable" => q => q.Where(r => r.EngineId.HasValue && r.EngineId.Value >= 1),
            _ => q => q.Where(r => r.Label != null).Where(r => r.Label!.StartsWith("load", StringComparison.Ordinal)).Where(r => r.Attempts > 0 && r.EngineId == 1),
        };
        foreach (var store in Stores)
        {
            List<HistoryQuery> asked = [];
            Assert.Equal(found, query(store.Client(asked)).Count());
            Assert.True(Assert.Single(asked).CountOnly);
            Assert.NotNull(asked[0].Filter);
        }
    }

    [Fact]
    public void TheClientDoesTheRestAndNothingAfterItIsPushed()
    {
        List<HistoryQuery> asked = [];
        var ids = _memory.Client(asked).Where(r => r.State == TaskState.Failed && r.Id.Length > 2 && r.EngineId == 1).OrderBy(r => r.Attempts).Take(1).Select(r => r.Id).ToList();
        Assert.Equal(["client-2"], ids);
        var query = Assert.Single(asked);
        Assert.IsType<HistoryFilter.Compare>(query.Filter);
        Assert.Empty(query.Order);
        Assert.Equal(long.MaxValue, query.Take);
    }

    [Fact]
    public void OneRecordIsAskedForWhereOneIsWanted()
    {
        List<HistoryQuery> asked = [];
        Assert.Equal("client-3", _memory.Client(asked).OrderByDescending(r => r.State == TaskState.Failed ? 1 : 0).Skip(1).First().Id);
        Assert.Equal("client-5", _memory.Client(asked).OrderByDescending(r => r.Submitted).First().Id);
        Assert.Equal("client-4", _memory.Client(asked).Single(r => r.State == TaskState.TimedOut).Id);
        Assert.True(_memory.Client(asked).Any(r => r.State == TaskState.Failed));
        Assert.Equal([long.MaxValue, 1, 2, 1], asked.Select(q => q.Take));
    }

    [Fact]
    public void PagesAreReadAsTheyAreWanted()
    {
        var store = new MemoryHistory { PageBytes = 1 };
        store.Append([.. Enumerable.Range(0, 50).Select(i => Entries.Entry(i))]);
        List<HistoryQuery> asked = [];
        Assert.Equal(3, store.Client(asked).Select(r => r.Id).Take(3).ToList().Count);
        Assert.InRange(asked.Count, 3, 4);
    }

    [Fact]
    public async Task ItemsComeWithoutBlocking()
    {
        foreach (var store in Stores)
        {
            var ids = new List<string>();
            await foreach (var id in store.Client().Where(r => r.Attempts == 1).Select(r => r.Id).AsAsyncEnumerable().WithCancellation(Cancel)) ids.Add(id);
            Assert.Equal(5, ids.Count);
            Assert.Equal(2, await store.Client().GroupBy(r => r.Label).Where(g => g.Key != null).CountAsync(Cancel));
            Assert.Equal("client-5", (await store.Client().OrderBy(r => r.EngineId).FirstOrDefaultAsync(Cancel))!.Id);
        }
        await Assert.ThrowsAsync<ArgumentException>(() => new[] { 1 }.AsQueryable().ToListAsync(Cancel));
    }

    [Fact]
    public async Task AnErrorOfTheControllerReachesTheQuery()
    {
        var history = ActorParallel.History.Linq.HistoryProvider.Create((_, _) => Task.FromException<HistoryPage>(new IOException("gone")));
        Assert.Throws<IOException>(() => history.Count());
        Assert.Throws<IOException>(() => history.ToList());
        await Assert.ThrowsAsync<IOException>(() => history.ToListAsync(Cancel));
    }
}
