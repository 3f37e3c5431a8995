using System.Globalization;
using Akka.Configuration;

namespace ActorParallel.Transport;

/// <summary>The HOCON an actor system needs to use the socket transport.</summary>
internal static class SocketTransportConfig
{
    /// <summary>Every key with its default; read under <c>akka.remote.actor-parallel</c>.</summary>
    public const string Reference =
        """
        # unix: socket files in a private folder, for processes of one user on one machine.
        # tls: TCP with certificates checked on both sides, for everything else, loopback included.
        kind = unix
        # unix: the folder of the socket files, <port>.sock each. Must exist, belong to this user and have mode 0700.
        directory = ""
        # tls: the address or name to listen on.
        hostname = "127.0.0.1"
        # tls: the name or address others connect to, part of every actor's address. Empty: hostname.
        public-hostname = ""
        # Where to listen: a TCP port, or the number of the socket file. 0: any free one.
        port = 0
        # Largest frame, in bytes. Both ends of a connection must have the same. A message has 64 bytes less.
        maximum-frame-size = 4 MiB
        # Bytes waiting for one connection before a write is refused; Akka then holds the message and tries again.
        # One frame is always taken, however large.
        send-buffer = 8 MiB
        # Time to connect, and time a peer has to present its certificate and greeting.
        handshake-timeout = 10 s
        # Connections that have not said who they are yet; one more turns the oldest of them away.
        pending-handshakes = 64
        # Time to send what is waiting when a connection closes.
        close-timeout = 2 s
        """;

    const string Section = "actor-parallel", SecondSection = "actor-parallel-tls";

    public static Config Defaults { get; } = ConfigurationFactory.ParseString(Reference);

    /// <summary>Remoting over socket files in <paramref name="directory"/>.</summary>
    public static Config ForUnix(string directory, int port, long? maximumFrameBytes = null) =>
        Remote($"kind = unix\ndirectory = {Quote(directory)}", port, maximumFrameBytes);

    /// <summary>Remoting over TCP with mutual TLS; the actor system's setup must hold a <see cref="SocketTransportSetup"/>.</summary>
    public static Config ForTls(string hostName = "127.0.0.1", int port = 0, string publicHostName = "", long? maximumFrameBytes = null) =>
        Remote(TlsKeys(hostName, publicHostName), port, maximumFrameBytes);

    /// <summary>
    /// Remoting over both at once: socket files for this machine, whose address is the system's own, and TCP with mutual TLS for others.
    /// The actor system's setup must hold a <see cref="SocketTransportSetup"/>. A peer sees this system under the address it dialed.
    /// </summary>
    public static Config ForBoth(string directory, int unixPort, string hostName = "127.0.0.1", int tlsPort = 0, string publicHostName = "", long? maximumFrameBytes = null) =>
        ConfigurationFactory.ParseString($"akka.remote.enabled-transports = [\"akka.remote.{Section}\", \"akka.remote.{SecondSection}\"]")
            .WithFallback(ForUnix(directory, unixPort, maximumFrameBytes))
            .WithFallback(Remote(TlsKeys(hostName, publicHostName), tlsPort, maximumFrameBytes, SecondSection));

    /// <summary>Gives remoting and Akka's own actors threads of their own, so that user code blocking every thread of the
    /// .NET pool does not stop remote messages; what a connection reads is handled on its reader. Heartbeats also need a scheduler off
    /// the pool: <see cref="Engines.ThreadScheduler"/>.</summary>
    public static Config OwnThreads(int threads = 2) => ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture,
        $$"""
        akka.remote {
          default-remote-dispatcher { type = Dispatcher, executor = "{{typeof(Engines.OwnThreadsConfigurator).FullName}}, ActorParallel" }
          backoff-remote-dispatcher { executor = fork-join-executor, dedicated-thread-pool { thread-count = 1, threadtype = background } }
        }
        akka.actor.internal-dispatcher { type = ForkJoinDispatcher, executor = fork-join-executor, dedicated-thread-pool { thread-count = {{threads}}, threadtype = background } }
        """));

    /// <summary>What kept an actor system with this transport from starting, out of what Akka wraps around it; null when it was something else.</summary>
    public static string? StartFailure(Exception? e)
    {
        for (; e is not null; e = (e as AggregateException)?.InnerExceptions[0] ?? e.InnerException)
        {
            if (e is ConfigurationException or IOException)
            {
                return e.Message;
            }
        }

        return null;
    }

    static string TlsKeys(string hostName, string publicHostName) => $"kind = tls\nhostname = {Quote(hostName)}\npublic-hostname = {Quote(publicHostName)}";

    static Config Remote(string keys, int port, long? maximumFrameBytes, string section = Section) => ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture,
        $$"""
        akka.actor.provider = remote
        akka.remote {
          enabled-transports = ["akka.remote.{{section}}"]
          {{section}} {
            transport-class = "{{typeof(SocketTransport).FullName}}, {{typeof(SocketTransport).Assembly.GetName().Name}}"
            applied-adapters = []
            transport-protocol = "{{SocketTransport.Scheme}}"
            port = {{port}}
            {{(maximumFrameBytes is { } bytes ? $"maximum-frame-size = {bytes} b" : "")}}
            {{keys}}
          }
        }
        """));

    static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
