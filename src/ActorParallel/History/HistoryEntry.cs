using System.Globalization;

namespace ActorParallel.History;

/// <summary>A task's facts as the controller has them: no text is made of them before somebody asks.</summary>
internal struct HistoryEntry
{
    public const int None = -1;

    public HistoryEntry() => (EngineId, WorkerId, RunTicks) = (None, None, None);

    /// <summary>The id is this, a hyphen and the number.</summary>
    public string IdPrefix = "";
    public long Number;
    public string ClientId = "";
    public string? Label;
    public string Function = "";
    public string? ErrorType;
    public string? ErrorMessage;
    public string Output = "";

    /// <summary>UTC ticks; 0 is none.</summary>
    public long SubmittedUtc;
    public long StartedUtc;
    public long CompletedUtc;

    /// <summary>How long the last attempt ran; negative is not at all.</summary>
    public long RunTicks;
    public long ArgumentBytes;
    public long ResultBytes;
    public int EngineId;
    public int WorkerId;
    public int Attempts;
    public int EngineLosses;
    public int Priority;
    public TaskState State;

    /// <summary>Its place in the store, given by the store.</summary>
    internal long Ordinal;

    /// <summary>The whole id, where a store has it as a text.</summary>
    internal string? IdText;

    public readonly string Id => IdText ?? string.Create(CultureInfo.InvariantCulture, $"{IdPrefix}-{Number}");

    /// <summary>Submitted to started, whatever two clocks say never negative.</summary>
    public readonly long QueueTicks => StartedUtc == 0 ? None : Math.Max(0, StartedUtc - SubmittedUtc);

    /// <summary>What the entry's own texts take; names that entries share are not counted.</summary>
    internal readonly int TextBytes => 2 * ((Label?.Length ?? 0) + (ErrorType?.Length ?? 0) + (ErrorMessage?.Length ?? 0) + Output.Length);

    /// <summary>Cuts and cleans its texts.</summary>
    internal void Bound()
    {
        IdPrefix = HistoryText.Keep(IdPrefix, HistoryText.ClientLength) ?? "";
        ClientId = HistoryText.Keep(ClientId, HistoryText.ClientLength) ?? "";
        Label = HistoryText.Keep(Label, HistoryText.LabelLength);
        Function = HistoryText.Keep(Function, HistoryText.FunctionLength) ?? "";
        ErrorType = HistoryText.Keep(ErrorType, HistoryText.ErrorTypeLength);
        ErrorMessage = HistoryText.Keep(ErrorMessage, HistoryText.ErrorMessageLength);
        Output = HistoryText.Keep(Output, HistoryText.OutputLength) ?? "";
    }

    public readonly TaskRecord ToRecord() => new()
    {
        Id = Id, ClientId = ClientId, Label = Label, Function = Function, State = State,
        Submitted = new DateTimeOffset(SubmittedUtc, TimeSpan.Zero), Started = Time(StartedUtc), Completed = Time(CompletedUtc),
        EngineId = EngineId < 0 ? null : EngineId, WorkerId = WorkerId < 0 ? null : WorkerId, Attempts = Attempts, EngineLosses = EngineLosses,
        RunTime = Span(RunTicks), QueueTime = Span(QueueTicks), ErrorType = ErrorType, ErrorMessage = ErrorMessage,
        Priority = Priority, ArgumentBytes = ArgumentBytes, ResultBytes = ResultBytes, Output = Output,
    };

    static DateTimeOffset? Time(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    static TimeSpan? Span(long ticks) => ticks < 0 ? null : new TimeSpan(ticks);
}
