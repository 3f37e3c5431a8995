namespace ActorParallel.TestKit;

/// <summary>What became of one engine, through all its lives. Immutable.</summary>
public sealed record EngineReport
{
    /// <summary>Its id.</summary>
    public required int Id { get; init; }

    /// <summary>Work a second, in its last life.</summary>
    public required double Speed { get; init; }

    /// <summary>The share of the time after the warm-up that its workers ran attempts, 0 to 1.</summary>
    public required double Utilisation { get; init; }

    /// <summary>Attempts that ran to their end.</summary>
    public required int Attempts { get; init; }

    /// <summary>How often it died.</summary>
    public required int Deaths { get; init; }
}

/// <summary>What one client had of the cluster. Immutable.</summary>
public sealed record ClientReport
{
    /// <summary>Its number.</summary>
    public required int Client { get; init; }

    /// <summary>Its tasks.</summary>
    public required int Tasks { get; init; }

    /// <summary>How long workers ran for it.</summary>
    public required TimeSpan WorkerTime { get; init; }

    /// <summary>How long workers ran for it while every client had tasks waiting.</summary>
    public required TimeSpan ContendedTime { get; init; }

    /// <summary>From submission to the first start, on average.</summary>
    public required TimeSpan MeanWaiting { get; init; }

    /// <summary>From submission to the end, on average.</summary>
    public required TimeSpan MeanResponse { get; init; }

    /// <summary>When its last task ended.</summary>
    public required TimeSpan DoneAt { get; init; }
}

/// <summary>What became of one task. Immutable. Moments are since the start of the run.</summary>
public sealed record TaskReport
{
    /// <summary>Its id: tasks are numbered as they are submitted, from 0.</summary>
    public required long Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required int Client { get; init; }

    /// <summary>How it ended, or where it is.</summary>
    public required TaskState State { get; init; }

    /// <summary>What it takes on an engine of speed 1.</summary>
    public required TimeSpan Work { get; init; }

    /// <summary>When it was submitted.</summary>
    public required TimeSpan SubmittedAt { get; init; }

    /// <summary>When it first started; null if it never did.</summary>
    public required TimeSpan? StartedAt { get; init; }

    /// <summary>When it ended; null if it hasn't.</summary>
    public required TimeSpan? EndedAt { get; init; }

    /// <summary>The engine it ended on; null for none.</summary>
    public required int? EngineId { get; init; }

    /// <summary>How often it was assigned to an engine.</summary>
    public required int Attempts { get; init; }

    /// <summary>How often its end was told. Once is right.</summary>
    public required int Ends { get; init; }
}
