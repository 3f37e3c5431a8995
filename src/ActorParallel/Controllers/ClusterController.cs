using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ActorParallel.Clients;
using ActorParallel.History;
using ActorParallel.Pools;
using ActorParallel.Profiles;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace ActorParallel.Controllers;

/// <summary>A cluster's controller in this process: its actor system, its sockets, its profile's connection file.</summary>
internal sealed class ClusterController : IAsyncDisposable
{
    const int UnixPort = 1;

    static readonly Config s_log = ConfigurationFactory.ParseString(
        """
        akka {
          loglevel = INFO
          stdout-loglevel = OFF
          loggers = ["Akka.Event.DefaultLogger, Akka"]
        }
        """);

    static readonly Config s_logElsewhere = ConfigurationFactory.ParseString("akka.loggers = []").WithFallback(s_log);

    readonly Profile _profile;
    readonly IDisposable _hold;
    readonly ActorSystem _system;
    readonly ClusterShared _shared;
    readonly IHistoryStore _history;
    int _disposed;

    ClusterController(Profile profile, IDisposable hold, ActorSystem system, ClusterShared shared, IHistoryStore history, ConnectionInfo connection)
    {
        (_profile, _hold, _system, _shared, _history, Connection) = (profile, hold, system, shared, history, connection);
        _system.ActorOf(Props.Create(() => new ClusterControllerActor(shared)).WithDispatcher(ProcessExecutor.ControllerDispatcher), ClusterControllerActor.Name);
        ConnectionFile.Write(profile, connection);
    }

    /// <summary>Where it is.</summary>
    public ConnectionInfo Connection { get; }

    /// <summary>It has stopped, because somebody asked it to.</summary>
    public Task Ended => _shared.Ended.Task;

    /// <summary>Starts it in a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="config">The profile's configuration, below what comes before it.</param>
    /// <param name="makeHistory">Makes a history that outlives the process: its file and how many records.</param>
    /// <param name="log">Takes what it logs; null for the console.</param>
    /// <exception cref="ClusterConnectionException">A controller runs in the profile already.</exception>
    /// <exception cref="ConfigurationException">A value of the configuration can't be used, or what it listens on can't be.</exception>
    public static ClusterController Start(Profile profile, Config config, Func<string, int, IHistoryStore>? makeHistory = null, Action<LogEvent>? log = null)
    {
        var settings = ClusterSettings.From(config);
        var controller = ControllerSettings.From(config);
        var hold = profile.Hold();
        try
        {
            var folder = settings.Unix ? ClusterFolder.Make(profile) : null;
            var former = Former(profile);
            // Engines and clients of a controller before this one look for it where it was.
            var port = settings.Port != 0 ? settings.Port : former?.TlsPort ?? 0;
            var transport = settings switch
            {
                { Unix: true, Tls: true } => SocketTransportConfig.ForBoth(folder!, UnixPort, settings.HostName, port, settings.PublicHostName, PoolTransport.FrameBytes),
                { Tls: true } => SocketTransportConfig.ForTls(settings.HostName, port, settings.PublicHostName, PoolTransport.FrameBytes),
                _ => SocketTransportConfig.ForUnix(folder!, UnixPort, PoolTransport.FrameBytes),
            };
            var setup = settings.Tls ? ClusterSystem.Setup(profile, PeerRole.Controller) : null;
            var system = StartSystem((log is null ? s_log : s_logElsewhere).WithFallback(transport), setup);
            if (log is not null) system.ActorOf(Props.Create(() => new LogForwarder(log)), "log");
            IHistoryStore history = controller.History == "sqlite" && makeHistory is not null
                ? makeHistory(Path.Combine(profile.FullPath, "history.db"), controller.HistoryRecords)
                : new MemoryHistory(Math.Max(1, controller.HistoryRecords));
            var roles = PeerRoles.Of(system);
            var shared = new ClusterShared(controller, folder, history)
            {
                MayBe = (address, role) => (roles.RolesOf(address) & role) != 0,
            };
            var connection = ConnectionInfo.ForThisProcess(profile.Name) with { UnixFolder = folder, UnixPort = settings.Unix ? UnixPort : 0 };
            if (settings.Tls)
            {
                var address = TlsAddress(system);
                connection = connection with { TlsHost = address.Host, TlsPort = address.Port ?? 0 };
            }
            return new ClusterController(profile, hold, system, shared, history, connection);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    static ActorSystem StartSystem(Config transport, SocketTransportSetup? setup)
    {
        try
        {
            return ClusterSystem.Start(ConnectionInfo.ControllerSystem, transport, setup);
        }
        catch (Exception e) when (SocketTransportConfig.StartFailure(e) is { } why)
        {
            throw new ConfigurationException(why, e);
        }
    }

    static Address TlsAddress(ActorSystem system) =>
        ((ExtendedActorSystem)system).Provider is Akka.Remote.IRemoteActorRefProvider { Transport.Addresses: var addresses }
            ? addresses.First(a => a.Host != UnixEndpoint.Host)
            : throw new InvalidOperationException("The actor system does not talk to others.");

    static ConnectionInfo? Former(Profile profile)
    {
        try
        {
            return ConnectionFile.Read(profile);
        }
        catch (ClusterConnectionException)
        {
            return null;
        }
    }

    /// <summary>Stops it: its connection file goes, and its sockets. Engines end when they have missed it for long enough, or were told. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        ConnectionFile.TryRemove(_profile, Connection.ClusterId);
        await OwnActorSystem.EndAsync(_system, TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        await _history.DisposeAsync().ConfigureAwait(false);
        ClusterFolder.Remove(_profile);
        _hold.Dispose();
    }
}

/// <summary>
/// The folder of a cluster's socket files and large values: the same for each controller of a profile, so that engines and clients find one that was started anew.
/// </summary>
internal static class ClusterFolder
{
    public static string Make(Profile profile)
    {
        var path = PathOf(profile);
        PrivateFolder.Ensure(Path.GetDirectoryName(path)!);
        PrivateFolder.Ensure(path);
        return path;
    }

    public static void Remove(Profile profile)
    {
        try
        {
            Directory.Delete(PathOf(profile), recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone, or an engine that is ending writes to it still: the next controller has it again.
        }
    }

    // Short: the path of a socket file has at most a hundred characters.
    static string PathOf(Profile profile) =>
        Path.Combine(PoolFolder.Parent(null), string.Create(CultureInfo.InvariantCulture, $"cluster.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(profile.FullPath)))[..16]}"));
}
