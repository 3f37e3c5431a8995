namespace ActorParallel.Processes;

/// <summary>What a child process is to be: its role, what it is handed, and where its output goes.</summary>
internal sealed record ChildStart
{
    /// <summary>Which part the engine's executable plays.</summary>
    public required string Role { get; init; }

    /// <summary>The first message on its standard input: secrets travel here, never on the command line or in the environment.</summary>
    public ReadOnlyMemory<byte> HandOver { get; init; }

    /// <summary>Takes each line of its standard output; null lets it write to this program's own.</summary>
    public Action<string>? OnOutput { get; init; }

    /// <summary>Takes each line of its standard error; null lets it write to this program's own.</summary>
    public Action<string>? OnError { get; init; }

    /// <summary>Variables to set, or with null to remove, on top of this program's.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>How long <see cref="ChildProcess.DisposeAsync"/> waits for it to leave by itself before it is killed.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The files it starts from; null for this program's own.</summary>
    public ChildProgram? Program { get; init; }
}
