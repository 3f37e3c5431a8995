using ActorParallel.History;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace ActorParallel.Tests.History;

/// <summary>What only a history in a file can do, or suffer.</summary>
public sealed class SqliteFileTests : IDisposable
{
    readonly TestFolder _folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string FilePath => _folder.File("tasks.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RecordsSurviveARestart()
    {
        await using (var store = new SqliteHistory(new SqliteHistoryOptions { Path = FilePath }))
            store.Append([.. Enumerable.Range(0, 5000).Select(i => Entries.Entry(i, label: $"l{i}"))]);
        await using var again = new SqliteHistory(new SqliteHistoryOptions { Path = FilePath });
        Assert.Equal(5000, again.Count);
        Assert.Equal("l4321", (await again.FindAsync("client-4321", Cancel))!.Label);
        again.Append([Entries.Entry(9000)]);
        Assert.Equal("client-9000", again.Client().OrderByDescending(r => r.Submitted).First().Id);
        Assert.Equal(5001, again.Client().Count());
    }

    [Fact]
    public async Task ASlowDiskBlocksNobodyAndDropsAreCounted()
    {
        await using var store = new SqliteHistory(new SqliteHistoryOptions { Path = FilePath, QueueRecords = 100 });
        await using var other = new SqliteConnection($"Data Source={FilePath};Pooling=false");
        other.Open();
        await using (var holds = other.BeginTransaction(deferred: false))
        {
            // The disk is another program's now: the writer waits for it, the tasks do not.
            var appending = Task.Run(() => { for (var i = 0; i < 1000; i++) store.Append([Entries.Entry(i)]); }, Cancel);
            await appending.WaitAsync(TimeSpan.FromSeconds(2), Cancel);
            Assert.InRange(store.Dropped, 1, 1000);
            Assert.NotNull(store.Fault);
            await holds.RollbackAsync(Cancel);
        }
        var page = await store.QueryAsync(new HistoryQuery(), Cancel);
        Assert.Equal(1000, page.Records.Count + store.Dropped);
        Assert.Equal(store.Dropped, page.Dropped);
        store.Append([Entries.Entry(2000)]);
        Assert.NotNull(await store.FindAsync("client-2000", Cancel));
    }

    [Fact]
    public async Task OldRecordsAreDeleted()
    {
        var time = new FakeTimeProvider(Entries.Noon.AddHours(1));
        await using var store = new SqliteHistory(new SqliteHistoryOptions { Path = FilePath, MaxAge = TimeSpan.FromHours(2) }, time);
        store.Append([Entries.Entry(1), Entries.Entry(2, offsetTicks: TimeSpan.TicksPerHour)]);
        Assert.Equal(2, await store.Client().CountAsync(Cancel));
        time.Advance(TimeSpan.FromHours(1.5));
        store.Append([Entries.Entry(3, offsetTicks: 2 * TimeSpan.TicksPerHour)]);
        await store.QueryAsync(new HistoryQuery(), Cancel);
        Assert.Equal(["client-2", "client-3"], (await store.Client().ToListAsync(Cancel)).Select(r => r.Id));
        Assert.Equal(2, store.Count);
    }

    [Fact]
    public void AFileThatIsNoHistoryIsRefused()
    {
        File.WriteAllText(FilePath, new string('x', 5000));
        Assert.Contains(FilePath, Assert.Throws<IOException>(() => new SqliteHistory(new SqliteHistoryOptions { Path = FilePath })).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => new SqliteHistory(new SqliteHistoryOptions { Path = _folder.File("none/tasks.db") }));
    }

    [Fact]
    public async Task AFileOfALaterVersionOrAnotherProgramIsRefusedAndLeftAlone()
    {
        await new SqliteHistory(new SqliteHistoryOptions { Path = FilePath }).DisposeAsync();
        Change("PRAGMA user_version = 99");
        Assert.Contains("version 99", Assert.Throws<IOException>(() => new SqliteHistory(new SqliteHistoryOptions { Path = FilePath })).Message, StringComparison.Ordinal);
        Change("PRAGMA user_version = 0");
        Assert.Contains("another program", Assert.Throws<IOException>(() => new SqliteHistory(new SqliteHistoryOptions { Path = FilePath })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PeopleCanReadTheFile()
    {
        await using (var store = new SqliteHistory(new SqliteHistoryOptions { Path = FilePath })) store.Append([Entries.Entry(5, TaskState.Failed)]);
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id || ' ' || state || ' ' || submitted FROM history";
        Assert.Equal("client-5 Failed 2026-03-01T12:00:00.0000050Z", command.ExecuteScalar());
    }

    [Theory]
    [InlineData(nameof(HistoryField.State), "task_state")]
    [InlineData(nameof(HistoryField.EngineId), "task_engine")]
    [InlineData(nameof(HistoryField.Submitted), "task_submitted")]
    public async Task IndexesServeConditions(string field, string index)
    {
        await using var store = new SqliteHistory(new SqliteHistoryOptions { Path = FilePath });
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        var filter = new HistoryFilter.Compare(HistoryOperand.Of(Enum.Parse<HistoryField>(field)), HistoryComparison.Equal, HistoryOperand.Of(new HistoryValue(3)));
        command.CommandText = new SqlText(command).Add("EXPLAIN QUERY PLAN SELECT id FROM task WHERE ordinal <= 100 AND (").Add(filter).Add(")").ToString();
        using var row = command.ExecuteReader();
        var plan = "";
        while (row.Read()) plan += row.GetString(3);
        Assert.Contains(index, plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AQueryThatIsGivenUpEnds()
    {
        await using var store = new SqliteHistory(new SqliteHistoryOptions { Path = FilePath });
        store.Append([Entries.Entry(1)]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.QueryAsync(new HistoryQuery(), new CancellationToken(canceled: true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Client().ToListAsync(new CancellationToken(canceled: true)));
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.QueryAsync(new HistoryQuery(), Cancel));
    }

    [Fact]
    public async Task OnlyItsUserReadsTheFile()
    {
        if (OperatingSystem.IsWindows()) return;
        await new SqliteHistory(new SqliteHistoryOptions { Path = FilePath }).DisposeAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
