using System.Diagnostics;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;

namespace ActorParallel.Transport;

/// <summary>
/// Akka.Remote over our own sockets: Unix domain sockets between processes of one user, TCP with mutual TLS for everything else.
/// Blocking sockets on threads of their own: nothing here waits for a free thread of the .NET pool.
/// </summary>
internal sealed class SocketTransport : Akka.Remote.Transport.Transport
{
    public const string Scheme = "ap";

    readonly Lock _gate = new();
    readonly HashSet<SocketAssociation> _connections = [];
    readonly PendingHandshakes _pending;
    readonly RefusalLog _refusals;
    readonly SocketEndpoint _endpoint;
    readonly PeerRoles _roles;
    readonly TaskCompletionSource<bool> _shutDown = new();
    readonly TaskCompletionSource _closing = new();
    Address? _local;
    volatile bool _closed;
    int _inboundPeers;

    /// <summary>Called by Akka.</summary>
    public SocketTransport(ActorSystem system, Config config)
    {
        (System, Config, SchemeIdentifier) = (system, config, Scheme);
        Settings = SocketTransportSettings.From(config);
        Log = Logging.GetLogger(system, nameof(SocketTransport));
        Deadlines = new Deadlines(Log);
        MaximumPayloadBytes = Settings.MaximumFrame - SocketTransportSettings.EnvelopeReserve;
        _pending = new PendingHandshakes(Settings.PendingHandshakes);
        _refusals = new RefusalLog(Log);
        _roles = PeerRoles.Of(system);
        _endpoint = Settings.Kind == SocketKind.Unix
            ? new UnixEndpoint(Settings.Directory, Settings.Port)
            : new TlsEndpoint(Settings, system.Settings.Setup.Get<SocketTransportSetup>() is { HasValue: true } setup
                ? setup.Value
                : throw new ConfigurationException($"kind = tls needs certificates: add a {nameof(SocketTransportSetup)} to the actor system's setup."));
    }

    public SocketTransportSettings Settings { get; }

    public ILoggingAdapter Log { get; }

    public Deadlines Deadlines { get; }

    /// <summary>Both kinds may be enabled in one system: each serves its own addresses.</summary>
    public override bool IsResponsibleFor(Address remote) => _endpoint.Serves(remote);

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var accept = new TaskCompletionSource<IAssociationEventListener>();
        try
        {
            var (host, port) = _endpoint.Bind();
            _local = new Address(Scheme, System.Name, host, port);
            _roles.AddOwn(_local);
            _ = accept.Task.ContinueWith(task => Start("accept", () => Accept(task.Result)),
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            return Task.FromResult((_local, accept));
        }
        catch (Exception e)
        {
            return Task.FromException<(Address, TaskCompletionSource<IAssociationEventListener>)>(e);
        }
    }

    void Accept(IAssociationEventListener listener)
    {
        while (true)
        {
            try
            {
                var socket = _endpoint.Listener!.Accept();
                _pending.Add(socket);
                Start("reader", () => Welcome(socket, listener));
            }
            catch (Exception e)
            {
                if (_closed)
                {
                    return;
                }

                // Out of file handles or threads, most likely: some will come free.
                Log.Error(e, "A connection could not be accepted.");
                _closing.Task.Wait(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    // From the first byte to the last, on the reader's thread.
    void Welcome(Socket socket, IAssociationEventListener listener)
    {
        var peer = _endpoint.Describe(socket);
        SocketAssociation? association = null;
        string? complaint = null;
        var late = false;
        var deadline = Deadlines.After(Settings.HandshakeTimeout, () =>
        {
            Volatile.Write(ref late, true);
            SocketConnection.Close(socket);
        });
        try
        {
            var secured = _endpoint.Secure(socket, remote: null);
            if (Greeting.Receive(secured.Stream, out var theirs))
            {
                Greeting.Send(secured.Stream, Settings.MaximumFrame);
                Greeting.Compare(Settings.MaximumFrame, theirs);
                association = Begin(new Address(Scheme, System.Name, "peer", Interlocked.Increment(ref _inboundPeers)), socket, secured, peer, dialed: null);
            }
        }
        catch (Exception e)
        {
            complaint = e.Message.TrimEnd('.');
        }

        deadline.Cancel();
        var evicted = !_pending.Remove(socket);
        if (association is not null)
        {
            listener.Notify(new InboundAssociation(association));
            association.Read();
            return;
        }

        SocketConnection.Close(socket);
        complaint = Volatile.Read(ref late) ? $"it did not say who it is within {Settings.HandshakeTimeout.TotalSeconds:0.###} s"
            : evicted ? $"{Settings.PendingHandshakes} younger ones have not said who they are either (pending-handshakes)"
            : complaint;

        // One that closed without a word only looked whether somebody is here.
        if (complaint is not null && !_closed)
        {
            _refusals.Add(peer, complaint);
        }
    }

    public override Task<AssociationHandle> Associate(Address remoteAddress)
    {
        // What awaits it continues on the connecting thread, which has nothing else to do: the pool's may all be blocked.
        var result = new TaskCompletionSource<AssociationHandle>();
        Start("connect", () =>
        {
            SocketAssociation association;
            try
            {
                association = Connect(remoteAddress);
            }
            catch (Exception e)
            {
                result.SetException(e as InvalidAssociationException ?? new InvalidAssociationException($"Can't connect to {remoteAddress}: {e.Message.TrimEnd('.')}.", e));
                return;
            }

            Start("reader", association.Read);
            result.SetResult(association);
        });
        return result.Task;
    }

    SocketAssociation Connect(Address remote)
    {
        var socket = _endpoint.CreateSocket();
        var late = false;
        var deadline = Deadlines.After(Settings.HandshakeTimeout, () =>
        {
            Volatile.Write(ref late, true);
            SocketConnection.Close(socket);
        });
        try
        {
            _endpoint.Connect(socket, remote);
            var secured = _endpoint.Secure(socket, remote);
            Greeting.Send(secured.Stream, Settings.MaximumFrame);
            if (!Greeting.Receive(secured.Stream, out var theirs))
            {
                throw new GreetingException("it closed the connection; its log says why");
            }

            Greeting.Compare(Settings.MaximumFrame, theirs);
            return Begin(remote, socket, secured, _endpoint.Describe(socket), dialed: remote);
        }
        catch (Exception e)
        {
            SocketConnection.Close(socket);
            if (Volatile.Read(ref late))
            {
                throw new InvalidAssociationException($"Can't connect to {remote}: no answer within {Settings.HandshakeTimeout.TotalSeconds:0.###} s.", e);
            }

            throw;
        }
        finally
        {
            deadline.Cancel();
        }
    }

    SocketAssociation Begin(Address remote, Socket socket, SecuredPeer secured, string peer, Address? dialed)
    {
        var guard = secured.Identity.IsBound ? new PeerGuard(secured.Identity, _roles, dialed) : null;
        var association = new SocketAssociation(_local!, remote, new SocketConnection(socket, secured.Stream, peer, guard), this);
        lock (_gate)
        {
            if (_closed)
            {
                throw new IOException("this side is shutting down");
            }

            _connections.Add(association);
        }

        Start("flusher", association.Flush);
        return association;
    }

    /// <summary>A peer that was let in said what it may not, or nothing that makes sense.</summary>
    public void Broke(string peer, string reason) => _refusals.Closed(peer, reason);

    public void Forget(SocketAssociation association)
    {
        lock (_gate)
        {
            _connections.Remove(association);
        }
    }

    public override Task<bool> Shutdown()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return _shutDown.Task;
            }

            _closed = true;
        }

        Start("shutdown", () =>
        {
            try
            {
                CloseAll();
            }
            finally
            {
                Deadlines.Stop();
                _shutDown.SetResult(true);
            }
        });
        return _shutDown.Task;
    }

    void CloseAll()
    {
        _closing.TrySetResult();
        SocketAssociation[] connections;
        lock (_gate)
        {
            connections = [.. _connections];
        }

        foreach (var connection in connections)
        {
            connection.CloseGently();
        }

        if (_endpoint.Listener is { } listener)
        {
            SocketConnection.Close(listener);
        }

        _endpoint.Dispose();
        _pending.CloseAll();
        var begun = Stopwatch.GetTimestamp();
        foreach (var connection in connections)
        {
            var left = Settings.CloseTimeout - Stopwatch.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero || !connection.WaitForEnd(left))
            {
                connection.Close(null);
            }
        }
    }

    // Nothing may escape a thread: it would end the process.
    void Start(string role, Action body) =>
        new Thread(() =>
        {
            try
            {
                Engines.OwnThreads.Adopt();
                body();
            }
            catch (Exception e)
            {
                Log.Error(e, "The transport's {0} thread failed.", role);
            }
        }) { IsBackground = true, Name = "actor-parallel " + role }.Start();
}
