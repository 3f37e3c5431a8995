using System.Collections.Immutable;
using System.Security.Cryptography;
using ActorParallel.Clients;
using ActorParallel.Controllers;
using ActorParallel.Profiles;
using ActorParallel.Results;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel;

/// <summary>
/// A program's connection to a cluster. Views of it run tasks: on engines by name (<see cref="DirectView(int[])"/>, <see cref="this[int]"/>), or on whichever is free
/// (<see cref="LoadBalancedView"/>). It holds what it submitted until the results are there: a cut connection, or a controller that is started anew, loses nothing.
/// Thread-safe. Dispose it when done; what it submitted goes on in the cluster.
/// </summary>
/// <example>
/// <code>
/// await using var client = await ParallelClient.ConnectAsync();
/// int[] pids = await client.DirectView().ApplyAsync(() => Environment.ProcessId);
/// </code>
/// </example>
public sealed partial class ParallelClient : IAsyncDisposable, IDisposable
{
    static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_disposeTimeout = TimeSpan.FromSeconds(5);

    readonly ActorSystem _system;
    readonly ClientShared _shared;
    readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly string _cluster;
    int _disposed;

    ParallelClient(ConnectionRoute route, ConnectionInfo info, SocketTransportSetup? setup, Action<NannyCommand, int[], Action<string?>>? onCommand)
    {
        _cluster = info.ToString();
        _shared = new ClientShared(RandomNumberGenerator.GetInt32(1, TaskIds.Clients), new ControllerSettings().InlineLimit);
        Executor = new ClusterExecutor(_shared);
        _system = ClusterSystem.StartPeer("actor-parallel-client", route, setup);
        var path = $"{route.Address}/user/{ClusterControllerActor.Name}";
        _shared.Actor = _system.ActorOf(
            Props.Create(() => new ClientActor(_shared, path, route.Folder, _connected, onCommand)).WithDispatcher(Pools.ProcessExecutor.ControllerDispatcher), "client");
    }

    internal ClusterExecutor Executor { get; }

    /// <summary>Connects to the cluster that runs in a profile of this user.</summary>
    /// <param name="profile">The profile's name.</param>
    /// <param name="timeout">The longest to wait for the controller's answer. Default 10 s.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The client; its engines are known.</returns>
    /// <exception cref="ClusterConnectionException">There is no such profile, no cluster runs in it, or its controller does not answer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is zero or negative.</exception>
    public static Task<ParallelClient> ConnectAsync(string profile = ProfileName.Default, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (timeout is { } given) Checks.Positive(given, nameof(timeout));
        var (found, info) = ConnectionFile.Find(profile);
        return ConnectAsync(info, () => ClusterSystem.Setup(found, PeerRole.Client), timeout, null, cancellationToken);
    }

    /// <summary>Connects with a connection file that was exported for another machine, or a profile's own.</summary>
    /// <param name="path">The file.</param>
    /// <param name="timeout">The longest to wait for the controller's answer. Default 10 s.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The client; its engines are known.</returns>
    /// <exception cref="ClusterConnectionException">The file is not there, stale or none, or the controller does not answer.</exception>
    public static Task<ParallelClient> ConnectWithFileAsync(string path, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (timeout is { } given) Checks.Positive(given, nameof(timeout));
        var found = ConnectionFile.ReadAt(path);
        return ConnectAsync(found.Check(), () => found.Bundle?.ToSetup(), timeout, null, cancellationToken);
    }

    internal static async Task<ParallelClient> ConnectAsync(
        ConnectionInfo info, Func<SocketTransportSetup?> setup, TimeSpan? timeout, Action<NannyCommand, int[], Action<string?>>? onCommand, CancellationToken cancellationToken)
    {
        var route = info.Route();
        var client = new ParallelClient(route, info, route.Kind == SocketKind.Tls ? setup() : null, onCommand);
        try
        {
            await client._connected.Task.WaitAsync(timeout ?? s_connectTimeout, cancellationToken).ConfigureAwait(false);
            // The engines come with the first batch: known before the caller asks.
            await client.QueueStatusAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch (Exception e)
        {
            await client.DisposeAsync().ConfigureAwait(false);
            if (e is not TimeoutException) throw;
            throw new ClusterConnectionException(
                $"The controller of {info} did not answer within {(timeout ?? s_connectTimeout).TotalSeconds:0.#} s: look at its log in the profile's folder, or start it again.", info.Profile, e);
        }
    }

    /// <summary>The engines there are now, by id.</summary>
    public IReadOnlyList<int> Ids => [.. _shared.Engines.Keys];

    /// <summary>The engines there are now, with what they are.</summary>
    public IReadOnlyList<EngineInfo> Engines => [.. _shared.Engines.Values];

    /// <summary>Raised when an engine came or left, in order, on a thread that delays nobody.</summary>
    public event EventHandler<EnginesChange>? EnginesChanged
    {
        add
        {
            if (value is null) return;
            Action<EnginesChange> handler = change => value(this, change);
            lock (_handlers) _handlers.Add((value, handler));
            _shared.EnginesChanged += handler;
        }

        remove
        {
            lock (_handlers)
            {
                // The newest of equal ones, as events have it.
                var index = _handlers.FindLastIndex(h => h.Given == value);
                if (index < 0) return;
                _shared.EnginesChanged -= _handlers[index].Handler;
                _handlers.RemoveAt(index);
            }
        }
    }

    readonly List<(EventHandler<EnginesChange> Given, Action<EnginesChange> Handler)> _handlers = [];

    /// <summary>One engine: values, not arrays.</summary>
    /// <param name="id">Its id; it need not be there yet.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative.</exception>
    public EngineView this[int id]
    {
        get
        {
            Checks.AtLeast(id, 0, nameof(id));
            return new EngineView(new DirectView(this, [id]), id);
        }
    }

    /// <summary>Some engines.</summary>
    /// <param name="ids">Their ids, each once.</param>
    /// <exception cref="ArgumentException">There are none, or one comes twice.</exception>
    public DirectView this[params int[] ids] => DirectView(ids);

    /// <summary>The engines there are now, or some of them by their place in <see cref="Ids"/>.</summary>
    /// <param name="range">The places.</param>
    public DirectView this[Range range] => new(this, [.. _shared.Engines.Keys.ToArray()[range]]);

    /// <summary>Every engine, looked up again at each call.</summary>
    /// <returns>The view.</returns>
    public DirectView DirectView() => new(this, null);

    /// <summary>Some engines.</summary>
    /// <param name="ids">Their ids, each once.</param>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentException">There are none, one is negative, or one comes twice.</exception>
    public DirectView DirectView(params int[] ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Length == 0) throw new ArgumentException("A view of no engines could do nothing: give ids, or call DirectView() for all.", nameof(ids));
        if (ids.Any(id => id < 0)) throw new ArgumentException("Ids of engines are not negative.", nameof(ids));
        if (ids.Distinct().Count() != ids.Length) throw new ArgumentException("An engine comes twice: give each id once.", nameof(ids));
        return new DirectView(this, [.. ids]);
    }

    /// <summary>Every engine, looked up again at each call, reached with one message.</summary>
    /// <returns>The view.</returns>
    public BroadcastView BroadcastView() => new(this, null);

    /// <summary>Whichever engine is free.</summary>
    /// <returns>The view.</returns>
    public LoadBalancedView LoadBalancedView() => new(Executor, TaskOptions.Default);

    /// <summary>Waits until there are so many engines.</summary>
    /// <param name="count">How many.</param>
    /// <param name="timeout">The longest to wait; null (default) for as long as it takes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes then.</returns>
    /// <exception cref="TimeoutException">There are fewer when the time is over.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative, or the timeout not positive.</exception>
    public async Task WaitForEnginesAsync(int count = 1, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        Checks.AtLeast(count, 0, nameof(count));
        if (timeout is { } given) Checks.Positive(given, nameof(timeout));
        Executor.ThrowIfClosed();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(EnginesChange? _)
        {
            if (_shared.Engines.Count >= count) enough.TrySetResult();
        }
        _shared.EnginesChanged += Look;
        try
        {
            Look(null);
            await Task.WhenAny(enough.Task, _shared.Ended).WaitAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            if (!enough.Task.IsCompleted) Executor.ThrowIfClosed();
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"There are {_shared.Engines.Count} engines after {timeout!.Value.TotalSeconds:0.###} s, not {count}: start more, or look at the engines' logs in the profile's folder.");
        }
        finally
        {
            _shared.EnginesChanged -= Look;
        }
    }

    internal void Tell(Action<Payloads.PayloadWriter> write) => _shared.Actor.Tell(new ClientActor.Written(write), ActorRefs.NoSender);

    /// <summary>Ends the connection: results that are not there end cancelled here, and go on in the cluster. Idempotent, bounded in time.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A task that completes when it is done.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Executor.MarkDisposed();
        Executor.Close();
        Executor.Terminate();
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _shared.Actor.Tell(new ClientActor.Goodbye(said), ActorRefs.NoSender);
        try
        {
            await said.Task.WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The controller will miss its beats.
        }
        await Pools.OwnActorSystem.EndAsync(_system, s_disposeTimeout).ConfigureAwait(false);
        _shared.Dispose();
    }

    /// <summary>The cluster, for people.</summary>
    public override string ToString() => $"client {_shared.Name} of {_cluster}";
}
