namespace ActorParallel.History;

/// <summary>The members of a <see cref="TaskRecord"/>, as they are named on the wire: append, never renumber.</summary>
internal enum HistoryField : byte
{
    Id,
    ClientId,
    Label,
    Function,
    State,
    Submitted,
    Started,
    Completed,
    EngineId,
    WorkerId,
    Attempts,
    EngineLosses,
    RunTime,
    QueueTime,
    ErrorType,
    ErrorMessage,
    Priority,
    ArgumentBytes,
    ResultBytes,
    Output,
}

internal static class HistoryFields
{
    public const int Count = (int)HistoryField.Output + 1;

    public static bool IsText(this HistoryField field) => field
        is HistoryField.Id or HistoryField.ClientId or HistoryField.Label or HistoryField.Function
        or HistoryField.ErrorType or HistoryField.ErrorMessage or HistoryField.Output;

    public static bool IsNullable(this HistoryField field) => field
        is HistoryField.Label or HistoryField.Started or HistoryField.Completed or HistoryField.EngineId or HistoryField.WorkerId
        or HistoryField.RunTime or HistoryField.QueueTime or HistoryField.ErrorType or HistoryField.ErrorMessage;

    public static HistoryValue Of(this HistoryField field, in HistoryEntry entry) => field switch
    {
        HistoryField.Id => new(entry.Id),
        HistoryField.ClientId => new(entry.ClientId),
        HistoryField.Label => new(entry.Label),
        HistoryField.Function => new(entry.Function),
        HistoryField.State => new((long)entry.State),
        HistoryField.Submitted => new(entry.SubmittedUtc),
        HistoryField.Started => Unless(entry.StartedUtc == 0, entry.StartedUtc),
        HistoryField.Completed => Unless(entry.CompletedUtc == 0, entry.CompletedUtc),
        HistoryField.EngineId => Unless(entry.EngineId < 0, entry.EngineId),
        HistoryField.WorkerId => Unless(entry.WorkerId < 0, entry.WorkerId),
        HistoryField.Attempts => new(entry.Attempts),
        HistoryField.EngineLosses => new(entry.EngineLosses),
        HistoryField.RunTime => Unless(entry.RunTicks < 0, entry.RunTicks),
        HistoryField.QueueTime => Unless(entry.QueueTicks < 0, entry.QueueTicks),
        HistoryField.ErrorType => new(entry.ErrorType),
        HistoryField.ErrorMessage => new(entry.ErrorMessage),
        HistoryField.Priority => new(entry.Priority),
        HistoryField.ArgumentBytes => new(entry.ArgumentBytes),
        HistoryField.ResultBytes => new(entry.ResultBytes),
        HistoryField.Output => new(entry.Output),
        _ => throw new InvalidDataException($"The history has no member {(int)field}: the client is newer than the controller; use the same version of both."),
    };

    static HistoryValue Unless(bool none, long number) => none ? default : new(number);
}
