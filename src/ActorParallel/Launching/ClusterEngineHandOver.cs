using System.Text;
using System.Text.Json;
using ActorParallel.Profiles;

namespace ActorParallel.Launching;

/// <summary>What a cluster's engine is handed, through its standard input or in a file: where its controller is, what it needs to get in, and what it is to be. A secret.</summary>
internal sealed record ClusterEngineHandOver
{
    /// <summary>The engine program's role, followed by its parent's process id; 0 when that isn't its parent, but something that holds its standard input.</summary>
    public const string Role = "cluster-engine";

    /// <summary>The engine program's role, followed by a file to read this from. Its standard input means nothing.</summary>
    public const string FileRole = "cluster-engine-file";

    public int Format { get; init; } = ConnectionInfo.CurrentFormat;

    public required ConnectionInfo Connection { get; init; }

    /// <summary>Null when the way is a socket file.</summary>
    public ConnectionBundle? Bundle { get; init; }

    /// <summary>The id it asks for; -1 for any.</summary>
    public required int EngineId { get; init; }

    public required int Workers { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, double> Resources { get; init; } = new Dictionary<string, double>();

    /// <summary>The name of the culture its tasks run in.</summary>
    public string Culture { get; init; } = "";

    /// <summary>It ends itself when it has not heard of its controller for this long.</summary>
    public required TimeSpan ControllerTimeout { get; init; }

    /// <summary>How long a cancelled task may go on.</summary>
    public TimeSpan CancelGracePeriod { get; init; } = new Controllers.ControllerSettings().CancelGracePeriod;

    /// <summary>Whether it takes assemblies from clients.</summary>
    public bool AllowCodeShipping { get; init; } = true;

    public Engines.EngineSpec ToSpec() =>
        new() { EngineId = EngineId, Workers = Workers, Tags = Tags, Resources = Resources, CancelGracePeriod = CancelGracePeriod, AllowCodeShipping = AllowCodeShipping };

    /// <summary>UTF-8 JSON.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, ConnectionJson.Default.ClusterEngineHandOver);

    /// <exception cref="ClusterConnectionException">They are none.</exception>
    public static ClusterEngineHandOver Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var read = JsonSerializer.Deserialize(utf8, ConnectionJson.Default.ClusterEngineHandOver) ?? throw new JsonException("It is empty");
            return read.Format <= ConnectionInfo.CurrentFormat
                ? read
                : throw new ClusterConnectionException($"The engine was handed format {read.Format} and knows up to {ConnectionInfo.CurrentFormat}: install the controller's version of ActorParallel.Engine where it runs.");
        }
        catch (JsonException e)
        {
            throw new ClusterConnectionException($"What the engine was handed can't be read ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}): install the controller's version of ActorParallel.Engine where it runs.", null, e);
        }
    }

    /// <exception cref="ClusterConnectionException">There is no such file, or it can't be read.</exception>
    public static ClusterEngineHandOver ReadFile(string path)
    {
        try
        {
            return PrivateFile.Read(path) is { } text
                ? Read(Encoding.UTF8.GetBytes(text))
                : throw new ClusterConnectionException($"There is no file {path}: it must be on a file system that the machine running the engine shares with the controller's.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterConnectionException(e.Message, null, e);
        }
    }

    // A record prints its members, and one holds a key.
    public override string ToString() => $"engine {EngineId} of {Connection}";
}
