using Akka.Configuration;

namespace ActorParallel.Transport;

internal enum SocketKind
{
    Unix,
    Tls,
}

/// <summary>The transport's configuration, read and checked once.</summary>
internal sealed record SocketTransportSettings(
    SocketKind Kind,
    string Directory,
    string HostName,
    string PublicHostName,
    int Port,
    int MaximumFrame,
    int SendBuffer,
    TimeSpan HandshakeTimeout,
    int PendingHandshakes,
    TimeSpan CloseTimeout)
{
    /// <summary>What Akka's own envelope may add to a message on its way into a frame.</summary>
    public const int EnvelopeReserve = 64;

    public static SocketTransportSettings From(Config config)
    {
        config = config.WithFallback(SocketTransportConfig.Defaults);
        var kind = config.GetString("kind") switch
        {
            "unix" => SocketKind.Unix,
            "tls" => SocketKind.Tls,
            var other => throw new ConfigurationException($"kind = {other}: the socket transport knows unix and tls."),
        };
        var host = config.GetString("hostname") ?? "";
        var publicHost = config.GetString("public-hostname") ?? "";
        var settings = new SocketTransportSettings(kind, config.GetString("directory") ?? "", host, publicHost.Length == 0 ? host : publicHost, config.GetInt("port"),
            Bytes(config, "maximum-frame-size", 1024), Bytes(config, "send-buffer", 1024),
            config.GetTimeSpan("handshake-timeout"), config.GetInt("pending-handshakes"), config.GetTimeSpan("close-timeout"));
        settings.Check();
        return settings;
    }

    void Check()
    {
        if (Port is < 0 or > 65535)
        {
            throw new ConfigurationException($"port = {Port}: it must be from 0 (any free one) to 65535.");
        }

        if (PendingHandshakes < 1)
        {
            throw new ConfigurationException($"pending-handshakes = {PendingHandshakes}: it must be at least 1.");
        }

        if (HandshakeTimeout <= TimeSpan.Zero || CloseTimeout <= TimeSpan.Zero)
        {
            throw new ConfigurationException("handshake-timeout and close-timeout must be longer than 0.");
        }

        if (Kind == SocketKind.Unix && Directory.Length == 0)
        {
            throw new ConfigurationException("kind = unix needs directory: a folder of this user's with mode 0700.");
        }

        if (Kind == SocketKind.Tls && PublicHostName is "0.0.0.0" or "::" or "")
        {
            throw new ConfigurationException($"hostname = {HostName} listens everywhere but names no address: set public-hostname to what others connect to.");
        }
    }

    static int Bytes(Config config, string key, int least)
    {
        var bytes = config.GetByteSize(key) ?? 0;
        return bytes >= least && bytes <= Array.MaxLength / 4
            ? (int)bytes
            : throw new ConfigurationException($"{key} = {bytes} bytes: it must be from {least} to {Array.MaxLength / 4}.");
    }
}
