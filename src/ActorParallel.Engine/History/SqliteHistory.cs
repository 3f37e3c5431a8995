using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorParallel.History;

/// <summary>
/// The history in a SQLite file: survives restarts, and other programs can read it. One thread writes what waits; when the disk is slower
/// than the tasks are, records are dropped and counted. Queries read beside the writing (WAL).
/// </summary>
internal sealed class SqliteHistory : IHistoryStore
{
    /// <summary>A page never has more rows: the smallest record's size says so.</summary>
    const int PageRows = 2048;
    const int MaxReaders = 4;

    readonly Lock _lock = new();
    readonly SqliteHistoryOptions _options;
    readonly string _connectionString;
    readonly SqliteWriter _writer;
    readonly SemaphoreSlim _readers = new(MaxReaders);
    List<HistoryEntry> _pending = [];
    long _pendingBytes;
    List<Action<SqliteConnection>> _commands = [];
    long _ordinal;
    long _dropped;
    bool _closed;

    /// <exception cref="IOException">The file can't be opened, or is not a history of this version.</exception>
    public SqliteHistory(SqliteHistoryOptions options, TimeProvider? time = null)
    {
        _options = options;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = options.Path, DefaultTimeout = 5 }.ToString();
        var connection = new SqliteConnection(_connectionString);
        try
        {
            MakePrivate(options.Path);
            connection.Open();
            HistorySchema.Prepare(connection);
            _ordinal = Convert.ToInt64(HistorySchema.Scalar(connection, "SELECT ifnull(max(ordinal), 0) FROM task"), CultureInfo.InvariantCulture);
            _writer = new SqliteWriter(connection, options, time ?? TimeProvider.System, Take, Drop);
        }
        catch (Exception e)
        {
            connection.Dispose();
            SqliteConnection.ClearPool(connection);
            if (e is SqliteException or DirectoryNotFoundException or UnauthorizedAccessException)
                throw new IOException($"The history {options.Path} can't be opened: {e.Message} Move the file away, or name another in a folder that exists.", e);
            throw;
        }
    }

    public long Count
    {
        get
        {
            lock (_lock) return _writer.Count + _pending.Count;
        }
    }

    /// <summary>A page's records take no more.</summary>
    public int PageBytes { get; init; } = HistoryPage.RecordBytes;

    public long Dropped => Volatile.Read(ref _dropped);

    public string? Fault { get; private set; }

    public void Append(ReadOnlySpan<HistoryEntry> batch)
    {
        lock (_lock)
        {
            foreach (ref readonly var entry in batch)
            {
                if (_closed || _pending.Count >= _options.QueueRecords || _pendingBytes >= _options.QueueBytes)
                {
                    _dropped++;
                    Fault ??= "the disk does not keep up with the tasks";
                    continue;
                }
                var kept = entry;
                kept.Bound();
                kept.Ordinal = ++_ordinal;
                _pendingBytes += Unsafe.SizeOf<HistoryEntry>() + kept.TextBytes;
                _pending.Add(kept);
            }
        }
        _writer.Wake();
    }

    public async Task<HistoryPage> QueryAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        var bound = query.Cursor?.Bound ?? await Written(cancellationToken).ConfigureAwait(false);
        await _readers.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Query(query, bound, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _readers.Release();
        }
    }

    public Task<long> PurgeAsync(HistoryFilter? filter, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(
            bound => connection =>
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    done.TrySetCanceled(cancellationToken);
                    return;
                }
                using var command = connection.CreateCommand();
                var sql = new SqlText(command).Add("DELETE FROM task WHERE ordinal <= ").Add(new HistoryValue(bound));
                if (filter is not null) sql.Add(" AND (").Add(filter).Add(")");
                done.TrySetResult(_writer.Delete(command, sql.ToString()));
            },
            done);
        return done.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_closed) return;
            _closed = true;
        }
        await _writer.StopAsync().ConfigureAwait(false);
        for (var i = 0; i < MaxReaders; i++) await _readers.WaitAsync().ConfigureAwait(false);
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>The last record of now, once it is in the file (or was dropped).</summary>
    Task<long> Written(CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(bound => _ => done.TrySetResult(bound), done);
        return done.Task.WaitAsync(cancellationToken);
    }

    void Enqueue(Func<long, Action<SqliteConnection>> command, TaskCompletionSource<long> done)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            var run = command(_ordinal);
            _commands.Add(connection =>
            {
                try
                {
                    run(connection);
                }
#pragma warning disable CA1031 // It is the caller's.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    done.TrySetException(e);
                }
            });
        }
        _writer.Wake();
    }

    /// <summary>Hands the writer all that waits; false when there is nothing more, ever.</summary>
    bool Take(ref List<HistoryEntry> entries, ref List<Action<SqliteConnection>> commands)
    {
        lock (_lock)
        {
            (entries, _pending) = (_pending, entries);
            (commands, _commands) = (_commands, commands);
            _pendingBytes = 0;
            return !_closed || entries.Count > 0 || commands.Count > 0;
        }
    }

    void Drop(int entries, string reason)
    {
        lock (_lock)
        {
            _dropped += entries;
            Fault = reason;
        }
    }

    HistoryPage Query(HistoryQuery query, long bound, CancellationToken cancellationToken)
    {
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        connection.CreateCollation(HistorySchema.Ordinal, string.CompareOrdinal);
        var handle = connection.Handle!;
        using var interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(handle));
        using var command = connection.CreateCommand();
        try
        {
            return query.CountOnly ? CountOf(command, query, bound) : PageOf(command, query, bound);
        }
        catch (SqliteException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    HistoryPage CountOf(SqliteCommand command, HistoryQuery query, long bound)
    {
        Run(command, Matching(command, "count(*)", query, bound));
        var matches = Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        return HistoryPage.OfCount(Math.Min(query.Take, matches - Math.Min(query.Skip, matches)), Dropped);
    }

    HistoryPage PageOf(SqliteCommand command, HistoryQuery query, long bound)
    {
        var taken = query.Cursor?.Taken ?? 0;
        var left = query.Take - Math.Min(taken, query.Take);
        var rows = Math.Min(left, PageRows);
        var sql = Matching(command, HistorySchema.Columns, query, bound).AddOrder(query.Order).Add(" LIMIT ").Add(new HistoryValue(rows));
        if (query.Cursor is null && query.Skip > 0) sql.Add(" OFFSET ").Add(new HistoryValue(query.Skip));
        Run(command, sql);

        var page = new HistoryPage.Builder(PageBytes);
        var last = default(HistoryEntry);
        var isFull = false;
        using (var row = command.ExecuteReader())
        {
            while (!isFull && row.Read())
            {
                var entry = SqliteRows.Read(row);
                if (page.TryAdd(entry.ToRecord())) last = entry;
                else isFull = true;
            }
        }
        var given = page.Records.Count;
        var isLast = !isFull && (given < rows || given == left);
        return new(page.Records) { Dropped = Dropped, Next = isLast ? null : HistorySorting.PlaceOf(last, query.Order, bound, taken + given) };
    }

    static SqlText Matching(SqliteCommand command, string what, HistoryQuery query, long bound)
    {
        var sql = new SqlText(command).Add($"SELECT {what} FROM task WHERE ordinal <= ").Add(new HistoryValue(bound));
        if (query.Filter is { } filter) sql.Add(" AND (").Add(filter).Add(")");
        if (query.Cursor is { } cursor) sql.Add(" AND ").AddAfter(cursor, query.Order);
        return sql;
    }

    static void Run(SqliteCommand command, SqlText sql)
    {
#pragma warning disable CA2100 // Values are parameters.
        command.CommandText = sql.ToString();
#pragma warning restore CA2100
    }

    static void MakePrivate(string path)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path)) return;
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }
}
