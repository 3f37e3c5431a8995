using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ActorParallel.History;

/// <summary>The thread that writes a history's file. It alone waits for the disk.</summary>
internal sealed class SqliteWriter
{
    static readonly TimeSpan s_agingInterval = TimeSpan.FromMinutes(1);

    readonly SqliteConnection _connection;
    readonly SqliteHistoryOptions _options;
    readonly TimeProvider _time;
    readonly TakeWaiting _take;
    readonly Action<int, string> _drop;
    readonly AutoResetEvent _wake = new(false);
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long _count;
    long _agedAt;
    bool _hasAged;

    public delegate bool TakeWaiting(ref List<HistoryEntry> entries, ref List<Action<SqliteConnection>> commands);

    public SqliteWriter(SqliteConnection connection, SqliteHistoryOptions options, TimeProvider time, TakeWaiting take, Action<int, string> drop)
    {
        (_connection, _options, _time, _take, _drop) = (connection, options, time, take, drop);
        connection.CreateCollation(HistorySchema.Ordinal, string.CompareOrdinal);
        _count = Convert.ToInt64(HistorySchema.Scalar(connection, "SELECT count(*) FROM task"), CultureInfo.InvariantCulture);
        new Thread(Run) { Name = "ActorParallel history", IsBackground = true }.Start();
    }

    /// <summary>How many records the file has.</summary>
    public long Count => Volatile.Read(ref _count);

    public void Wake() => _wake.Set();

    /// <summary>Call it once nothing more is handed out after what waits now.</summary>
    public Task StopAsync()
    {
        _wake.Set();
        return _ended.Task;
    }

    /// <summary>On the writer's thread only.</summary>
    public long Delete(SqliteCommand command, string sql)
    {
#pragma warning disable CA2100 // Values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        var deleted = command.ExecuteNonQuery();
        Volatile.Write(ref _count, _count - deleted);
        return deleted;
    }

    void Run()
    {
        List<HistoryEntry> entries = [];
        List<Action<SqliteConnection>> commands = [];
        while (_take(ref entries, ref commands))
        {
            if (entries.Count > 0) Guarded(entries.Count, () => Write(entries));
            Guarded(0, Age);
            foreach (var command in commands) command(_connection);
            var isIdle = entries.Count + commands.Count == 0;
            entries.Clear();
            commands.Clear();
            if (isIdle) _wake.WaitOne(s_agingInterval);
        }
        _connection.Dispose();
        _ended.SetResult();
    }

    /// <summary>A disk that fails loses records, never the controller.</summary>
    void Guarded(int entries, Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // Whatever it was, the records are lost and the thread goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _drop(entries, e.Message);
        }
    }

    void Write(List<HistoryEntry> entries)
    {
        var surplus = 0L;
        using (var transaction = _connection.BeginTransaction())
        {
            using var insert = SqliteRows.Inserting(_connection);
            insert.Transaction = transaction;
            foreach (ref readonly var entry in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(entries)) SqliteRows.Insert(insert, entry);
            surplus = _count + entries.Count - _options.MaxRecords;
            if (surplus > 0)
            {
                using var delete = _connection.CreateCommand();
                delete.Transaction = transaction;
                delete.CommandText = "DELETE FROM task WHERE ordinal IN (SELECT ordinal FROM task ORDER BY ordinal LIMIT @surplus)";
                delete.Parameters.AddWithValue("@surplus", surplus);
                delete.ExecuteNonQuery();
            }
            transaction.Commit();
        }
        Volatile.Write(ref _count, _count + entries.Count - Math.Max(0, surplus));
    }

    void Age()
    {
        if (_options.MaxAge is not { } age || (_hasAged && _time.GetElapsedTime(_agedAt) < s_agingInterval)) return;
        using var delete = _connection.CreateCommand();
        delete.Parameters.AddWithValue("@oldest", (_time.GetUtcNow() - age).UtcTicks);
        Delete(delete, "DELETE FROM task WHERE submitted < @oldest");
        (_agedAt, _hasAged) = (_time.GetTimestamp(), true);
    }
}
