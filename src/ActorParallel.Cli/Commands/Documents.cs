using ActorParallel.Controllers;
using ActorParallel.Profiles;

namespace ActorParallel.Cli.Commands;

/// <summary>A cluster, as --json shows it.</summary>
internal sealed record ClusterDocument
{
    public required string Profile { get; init; }
    public required string ClusterId { get; init; }
    public required string Host { get; init; }
    public required int ControllerProcessId { get; init; }
    public required DateTimeOffset Started { get; init; }
    public required string ControllerVersion { get; init; }

    /// <summary>Null when it listens on no socket file.</summary>
    public string? UnixFolder { get; init; }

    /// <summary>Null when it doesn't listen on TCP.</summary>
    public string? TlsAddress { get; init; }
    public IReadOnlyList<EngineDocument> Engines { get; init; } = [];

    public static ClusterDocument Of(ConnectionInfo info, IEnumerable<EngineInfo> engines, QueueStatus? queue = null) => new()
    {
        Profile = info.Profile,
        ClusterId = info.ClusterId,
        Host = info.Host,
        ControllerProcessId = info.ControllerPid,
        Started = info.Started,
        ControllerVersion = info.Version,
        UnixFolder = info.UnixFolder,
        TlsAddress = info.TlsHost is null ? null : $"{info.TlsHost}:{info.TlsPort}",
        Engines = [.. engines.Select(e => EngineDocument.Of(e, queue?.Engines.GetValueOrDefault(e.Id)))],
    };
}

/// <summary>An engine, as --json shows it. What it does is null where that was not asked.</summary>
internal sealed record EngineDocument(
    int Id, string Host, int ProcessId, int Workers, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, double> Resources,
    int? Running, int? Queued, int? Direct, long? Finished, bool? Suspended, long? MemoryBytes)
{
    public static EngineDocument Of(EngineInfo engine, EngineQueue? queue) => new(
        engine.Id, engine.Host, engine.ProcessId, engine.Workers, engine.Tags, engine.Resources,
        queue?.Running, queue?.Queued, queue?.Direct, queue?.Finished, queue?.Suspended,
        engine.Host == MachineIdentity.HostName ? ProcessMemory.Resident(engine.ProcessId) : null);
}
