using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ActorParallel.Launching;
using ActorParallel.Profiles;
using ActorParallel.Transport;

namespace ActorParallel;

/// <summary>
/// What an engine that is about to start is to be, and what it needs to get in: a secret. An engine's command line is
/// <c>dotnet ActorParallel.Engine.dll</c> with <see cref="InputArguments"/>, and then <see cref="StandardInput"/> is written to its standard input,
/// which stays open: the engine ends when it is closed; or with <see cref="FileArguments"/>, after <see cref="WriteTo"/>.
/// </summary>
public sealed class EngineLaunch
{
    internal EngineLaunch(string name, int? engineId, int workers, ReadOnlyMemory<byte> handOver) =>
        (Name, EngineId, Workers, HandOver) = (name, engineId, workers, handOver);

    /// <summary>A name for jobs and files: letters, digits and '-'.</summary>
    public string Name { get; }

    /// <summary>The engine id it asks for; null for any.</summary>
    public int? EngineId { get; }

    /// <summary>How many tasks it runs at a time.</summary>
    public int Workers { get; }

    /// <summary>What tasks may ask for by name.</summary>
    public IReadOnlyList<string> Tags { get; internal init; } = [];

    /// <summary>What tasks may ask for by amount.</summary>
    public IReadOnlyDictionary<string, double> Resources { get; internal init; } = new Dictionary<string, double>();

    /// <summary>Variables to set in its environment; no secrets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; internal init; } = new Dictionary<string, string>();

    /// <summary>Where what it writes is to be kept, on the launcher's machine; null for nowhere.</summary>
    public string? LogFile { get; internal init; }

    /// <summary>What it reads first from its standard input.</summary>
    public ReadOnlyMemory<byte> StandardInput
    {
        get
        {
            var framed = new byte[4 + HandOver.Length];
            BinaryPrimitives.WriteInt32LittleEndian(framed, HandOver.Length);
            HandOver.Span.CopyTo(framed.AsSpan(4));
            return framed;
        }
    }

    /// <summary>The arguments of an engine that is handed this through its standard input by something other than its parent process.</summary>
    public static IReadOnlyList<string> InputArguments { get; } = [ClusterEngineHandOver.Role, "0"];

    internal ReadOnlyMemory<byte> HandOver { get; }

    /// <summary>The arguments of an engine that is handed this in a file it can read where it runs. Its connection to the controller alone decides how long it lives.</summary>
    /// <param name="path">Where <see cref="WriteTo"/> has put it.</param>
    public static IReadOnlyList<string> FileArguments(string path) => [ClusterEngineHandOver.FileRole, path];

    /// <summary>Writes it to a file that only this user can read. Delete it when the engine has ended.</summary>
    /// <exception cref="IOException">That is not possible.</exception>
    public void WriteTo(string path) => PrivateFile.Write(path, Encoding.UTF8.GetString(HandOver.Span));

    /// <summary>For an engine of a cluster, with a certificate of its own where it may have to connect over TCP.</summary>
    internal static EngineLaunch For(Profile profile, ConnectionInfo connection, ClusterSettings settings, int? engineId)
    {
        var name = engineId is { } id ? string.Create(CultureInfo.InvariantCulture, $"engine-{id}") : "engine";
        var handOver = new ClusterEngineHandOver
        {
            Connection = connection,
            Bundle = connection.TlsHost is null ? null : ConnectionBundle.Create(profile, connection, PeerRole.Engine),
            EngineId = engineId ?? -1,
            Workers = settings.Workers,
            Tags = [.. settings.Tags],
            Resources = new Dictionary<string, double>(settings.Resources),
            Culture = CultureInfo.CurrentCulture.Name,
            ControllerTimeout = settings.ControllerTimeout,
            CancelGracePeriod = settings.CancelGracePeriod,
            AllowCodeShipping = settings.AllowCodeShipping,
        };
        return new EngineLaunch(name, engineId, settings.Workers, handOver.ToBytes())
        {
            Tags = settings.Tags,
            Resources = settings.Resources,
            Environment = settings.Environment,
            LogFile = Path.Combine(profile.LogFolder, name + ".log"),
        };
    }
}
