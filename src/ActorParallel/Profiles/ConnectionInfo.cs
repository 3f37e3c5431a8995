using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using ActorParallel.Transport;

namespace ActorParallel.Profiles;

/// <summary>Where a cluster's controller is, and which process on which machine it was when that was written. No secret is in it.</summary>
internal sealed record ConnectionInfo
{
    /// <summary>The actor system of every controller.</summary>
    public const string ControllerSystem = "actor-parallel-cluster";
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>Random, another one at each start.</summary>
    public required string ClusterId { get; init; }

    public required string Profile { get; init; }

    public required string Host { get; init; }

    /// <summary>Empty where the machine has none.</summary>
    public string BootId { get; init; } = "";

    public required int ControllerPid { get; init; }

    /// <summary>See <see cref="ProcessIdentity.StartTime"/>.</summary>
    public required long ControllerStarted { get; init; }

    /// <summary>The folder of the socket files; null when it listens on none.</summary>
    public string? UnixFolder { get; init; }

    /// <summary>The number of its socket file.</summary>
    public int UnixPort { get; init; }

    /// <summary>The host to dial; null when it doesn't listen on TCP.</summary>
    public string? TlsHost { get; init; }

    public int TlsPort { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Of ActorParallel.</summary>
    public required string Version { get; init; }

    /// <summary>Whether it was written on this machine, since that was started.</summary>
    [JsonIgnore]
    public bool IsHere => Host == MachineIdentity.HostName && BootId == MachineIdentity.BootId;

    /// <summary>Who this process is; where it listens is to be added.</summary>
    public static ConnectionInfo ForThisProcess(string profile, TimeProvider? time = null) => new()
    {
        ClusterId = RandomNumberGenerator.GetHexString(16, lowercase: true),
        Profile = profile,
        Host = MachineIdentity.HostName,
        BootId = MachineIdentity.BootId,
        ControllerPid = Environment.ProcessId,
        ControllerStarted = ProcessIdentity.StartTime(Environment.ProcessId) ?? 0,
        Started = (time ?? TimeProvider.System).GetUtcNow(),
        Version = typeof(ConnectionInfo).Assembly.GetName().Version!.ToString(3),
    };

    /// <summary>The way to the controller from this machine: its socket file where it is on this one, else TCP.</summary>
    /// <exception cref="ClusterConnectionException">There is none from here.</exception>
    public ConnectionRoute Route()
    {
        if (UnixFolder is not null && IsHere && Directory.Exists(UnixFolder))
        {
            return ConnectionRoute.OverUnix(UnixFolder, UnixPort);
        }

        return TlsHost is not null ? ConnectionRoute.OverTls(TlsHost, TlsPort) : throw new ClusterConnectionException(IsHere
            ? $"The controller of profile '{Profile}' (process {ControllerPid}) has lost its socket folder {UnixFolder}: stop it with 'apcluster stop --profile {Profile}' and start it again."
            : $"The cluster of profile '{Profile}' runs on {Host} and listens to that machine alone: connect there, or set actor-parallel.cluster.transport to both and hostname in its profile and start it again.", Profile);
    }

    /// <summary>For lists and log lines.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"cluster {ClusterId} of profile '{Profile}' (process {ControllerPid} on {Host})");
}

/// <summary>One way to a controller.</summary>
/// <param name="Kind">Over what.</param>
/// <param name="Folder">Of the socket files; null over TCP.</param>
/// <param name="Host">As in the controller's address.</param>
/// <param name="Port">As in the controller's address.</param>
internal sealed record ConnectionRoute(SocketKind Kind, string? Folder, string Host, int Port)
{
    /// <summary>The controller's actor system: what actor paths start with.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"akka.{SocketTransport.Scheme}://{ConnectionInfo.ControllerSystem}@{Host}:{Port}");

    public static ConnectionRoute OverUnix(string folder, int port) => new(SocketKind.Unix, folder, UnixEndpoint.Host, port);

    public static ConnectionRoute OverTls(string host, int port) => new(SocketKind.Tls, null, host, port);
}
