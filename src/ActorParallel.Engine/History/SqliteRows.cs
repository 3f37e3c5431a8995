using Microsoft.Data.Sqlite;

namespace ActorParallel.History;

/// <summary>Entries as rows.</summary>
internal static class SqliteRows
{
    static readonly string[] s_columns = HistorySchema.Columns.Split(", ");

    /// <summary>A command that inserts one entry; prepared once, used for many.</summary>
    public static SqliteCommand Inserting(SqliteConnection connection)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only the columns' names are in it.
        command.CommandText = $"INSERT INTO task ({HistorySchema.Columns}) VALUES ({string.Join(", ", s_columns.Select(c => "@" + c))})";
#pragma warning restore CA2100
        foreach (var column in s_columns) command.Parameters.Add(new SqliteParameter { ParameterName = "@" + column });
        command.Prepare();
        return command;
    }

    public static void Insert(SqliteCommand command, in HistoryEntry entry)
    {
        var at = 0;
        Set(entry.Ordinal);
        Set(entry.Id);
        Set(entry.ClientId);
        Set(entry.Label);
        Set(entry.Function);
        Set((long)entry.State);
        Set(entry.SubmittedUtc);
        SetUnless(entry.StartedUtc == 0, entry.StartedUtc);
        SetUnless(entry.CompletedUtc == 0, entry.CompletedUtc);
        SetUnless(entry.EngineId < 0, entry.EngineId);
        SetUnless(entry.WorkerId < 0, entry.WorkerId);
        Set((long)entry.Attempts);
        Set((long)entry.EngineLosses);
        SetUnless(entry.RunTicks < 0, entry.RunTicks);
        Set(entry.ErrorType);
        Set(entry.ErrorMessage);
        Set((long)entry.Priority);
        Set(entry.ArgumentBytes);
        Set(entry.ResultBytes);
        Set(entry.Output);
        command.ExecuteNonQuery();

        void Set(object? value) => command.Parameters[at++].Value = value ?? DBNull.Value;
        void SetUnless(bool none, long value) => Set(none ? null : value);
    }

    public static HistoryEntry Read(SqliteDataReader row)
    {
        var at = 0;
        return new HistoryEntry
        {
            Ordinal = row.GetInt64(at++), IdText = row.GetString(at++), ClientId = row.GetString(at++), Label = Text(), Function = row.GetString(at++),
            State = (TaskState)row.GetInt32(at++), SubmittedUtc = row.GetInt64(at++), StartedUtc = Number(0), CompletedUtc = Number(0),
            EngineId = (int)Number(HistoryEntry.None), WorkerId = (int)Number(HistoryEntry.None), Attempts = row.GetInt32(at++),
            EngineLosses = row.GetInt32(at++), RunTicks = Number(HistoryEntry.None), ErrorType = Text(), ErrorMessage = Text(),
            Priority = row.GetInt32(at++), ArgumentBytes = row.GetInt64(at++), ResultBytes = row.GetInt64(at++), Output = row.GetString(at),
        };

        string? Text() => row.IsDBNull(at++) ? null : row.GetString(at - 1);
        long Number(long none) => row.IsDBNull(at++) ? none : row.GetInt64(at - 1);
    }
}
