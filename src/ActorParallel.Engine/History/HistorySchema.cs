using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ActorParallel.History;

/// <summary>The history's file: a table of the records, and a view of it that people can read.</summary>
internal static class HistorySchema
{
    public const int Version = 1;

    /// <summary>How a store sorts texts: by UTF-16 unit, as C# does; SQLite's own order differs beyond the basic plane.</summary>
    public const string Ordinal = "ap_ordinal";

    public const string Columns =
        "ordinal, id, client, label, function, state, submitted, started, completed, engine, worker, attempts, losses, run, " +
        "error_type, error_message, priority, argument_bytes, result_bytes, output";

    const string Time = "strftime('%Y-%m-%dT%H:%M:%S', $ / 10000000 - 62135596800, 'unixepoch') || printf('.%07dZ', $ % 10000000)";

    static readonly string s_create = $"""
        CREATE TABLE task (
          ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL, client TEXT NOT NULL, label TEXT, function TEXT NOT NULL, state INTEGER NOT NULL,
          submitted INTEGER NOT NULL, started INTEGER, completed INTEGER, engine INTEGER, worker INTEGER, attempts INTEGER NOT NULL, losses INTEGER NOT NULL,
          run INTEGER, error_type TEXT, error_message TEXT, priority INTEGER NOT NULL, argument_bytes INTEGER NOT NULL, result_bytes INTEGER NOT NULL,
          output TEXT NOT NULL);
        CREATE INDEX task_id ON task (id);
        CREATE INDEX task_submitted ON task (submitted);
        CREATE INDEX task_state ON task (state, submitted);
        CREATE INDEX task_engine ON task (engine, submitted);
        CREATE INDEX task_label ON task (label) WHERE label IS NOT NULL;
        CREATE INDEX task_client ON task (client, submitted);
        CREATE VIEW history AS SELECT id, client, label, function,
          CASE state {string.Join(' ', Enum.GetValues<TaskState>().Select(s => $"WHEN {(int)s} THEN '{s}'"))} END AS state,
          {Readable("submitted")}, {Readable("started")}, {Readable("completed")}, engine, worker, attempts, losses,
          run / 10000000.0 AS run_seconds, max(0, started - submitted) / 10000000.0 AS queue_seconds,
          error_type, error_message, priority, argument_bytes, result_bytes, output FROM task;
        PRAGMA user_version = {Version};
        """;

    /// <exception cref="IOException">The file is not a history, or one of a later version.</exception>
    public static void Prepare(SqliteConnection connection)
    {
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
        var version = Convert.ToInt32(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version == Version) return;
        if (version > Version)
            throw new IOException($"The history {connection.DataSource} is of version {version} and this program knows {Version}: use the newer program, or move the file away.");
        if (Convert.ToInt64(Scalar(connection, "SELECT count(*) FROM sqlite_schema"), CultureInfo.InvariantCulture) > 0)
            throw new IOException($"The file {connection.DataSource} is another program's database: name another file for the history.");
        using var transaction = connection.BeginTransaction();
        Execute(connection, s_create, transaction);
        transaction.Commit();
    }

    public static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // No text of a user's is in it.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // No text of a user's is in it.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    static string Readable(string column) => $"{Time.Replace("$", column, StringComparison.Ordinal)} AS {column}";
}
