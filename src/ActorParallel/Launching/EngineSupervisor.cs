using System.Globalization;

namespace ActorParallel.Launching;

/// <summary>
/// Keeps a number of engines running through a launcher: starts them side by side, starts dead ones again with the same id after a
/// backoff, and gives up one that keeps dying. All members are safe for all threads; handlers of events are called one at a time for each engine,
/// on threads of the pool, and are short.
/// </summary>
/// <param name="launcher">What starts them.</param>
/// <param name="launch">What an engine with an id is to be; called for each start.</param>
/// <param name="options">How often, how long.</param>
/// <param name="time">Of waits and windows.</param>
/// <param name="takeId">An id for one more engine; null takes the lowest that is free here.</param>
/// <param name="drain">Lets an engine that is to go end what it runs; bounded, and never fails. Null: it goes at once.</param>
internal sealed class EngineSupervisor(IEngineLauncher launcher, Func<int, EngineLaunch> launch, SupervisorOptions options, TimeProvider? time = null, Func<int>? takeId = null, Func<int, Task>? drain = null) : IAsyncDisposable
{
    readonly Lock _gate = new();
    readonly SemaphoreSlim _scaling = new(1, 1), _starting = new(options.StartTogether, options.StartTogether);
    readonly SortedDictionary<int, SupervisedEngine> _engines = [];
    readonly HashSet<SupervisedEngine> _going = [];
    bool _stopped;

    /// <summary>An engine was started; it has not registered yet.</summary>
    public event Action<int, ILaunchedEngine>? EngineStarted;

    /// <summary>An engine ended, for whatever reason.</summary>
    public event Action<int, EngineExit>? EngineExited;

    /// <summary>An engine will not be started again; the sentence says why.</summary>
    public event Action<int, string>? GaveUp;

    /// <summary>Something failed that nobody waits for: one sentence.</summary>
    public event Action<string>? Complained;

    public SupervisorOptions Options => options;

    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    /// <summary>The engines that are kept running.</summary>
    public IReadOnlyList<int> Ids
    {
        get
        {
            lock (_gate)
            {
                return [.. _engines.Values.Where(engine => !engine.GaveUp).Select(engine => engine.Id)];
            }
        }
    }

    /// <summary>Where an engine runs now; null when it doesn't.</summary>
    public ILaunchedEngine? Find(int id)
    {
        lock (_gate)
        {
            return _engines.GetValueOrDefault(id)?.Launched;
        }
    }

    /// <summary>Keeps so many engines running from here on. More: returns when each new one was started once. Fewer: those with the highest ids go, and it returns when they have ended.</summary>
    /// <exception cref="EngineLaunchException">One of the new ones was given up before it was ever started, or one to go may still run.</exception>
    /// <exception cref="ObjectDisposedException">All were stopped.</exception>
    public async Task ScaleAsync(int engines, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(engines);
        await _scaling.WaitAsync(cancellationToken).ConfigureAwait(false);
        List<Task> waits = [];
        SupervisedEngine[] surplus;
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_stopped, this);
                foreach (var id in _engines.Values.Where(engine => engine.GaveUp).Select(engine => engine.Id).ToArray())
                {
                    _engines.Remove(id);
                }

                while (_engines.Count < engines)
                {
                    waits.Add(Add(takeId?.Invoke() ?? Enumerable.Range(0, int.MaxValue).First(id => !_engines.ContainsKey(id))).Up);
                }

                surplus = [.. _engines.Values.Reverse().Take(_engines.Count - engines)];
                foreach (var engine in surplus)
                {
                    Take(engine);
                }
            }
        }
        finally
        {
            _scaling.Release();
        }

        waits.AddRange(surplus.Select(EndAsync));

        try
        {
            await Task.WhenAll(waits).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Somebody scaled down again before all were up.
        }
    }

    /// <summary>As <see cref="ScaleAsync"/>, to what is wanted within these bounds.</summary>
    public Task AdaptAsync(int minimum, int maximum, int wanted, CancellationToken cancellationToken) => ScaleAsync(Math.Clamp(wanted, minimum, maximum), cancellationToken);

    /// <summary>Ends an engine and starts no other in its place. Returns when it has ended.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such engine.</exception>
    /// <exception cref="EngineLaunchException">It may still run.</exception>
    public async Task RemoveAsync(int id, CancellationToken cancellationToken)
    {
        SupervisedEngine engine;
        lock (_gate)
        {
            engine = Get(id);
            Take(engine);
        }

        await EndAsync(engine).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends an engine and starts it again with the same id, one that was given up too. Returns when it was started.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such engine.</exception>
    /// <exception cref="EngineLaunchException">It was given up before it was started.</exception>
    public async Task RestartAsync(int id, CancellationToken cancellationToken)
    {
        Task up;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            var engine = Get(id);
            if (engine.GaveUp)
            {
                engine = Add(id);
            }
            else
            {
                // One that isn't up is about to be started anyway.
                engine.Restart();
            }

            up = engine.Up;
        }

        await up.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends an engine a signal. Does nothing when it isn't up.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such engine.</exception>
    public Task SignalAsync(int id, int signal, CancellationToken cancellationToken)
    {
        ILaunchedEngine? launched;
        lock (_gate)
        {
            launched = Get(id).Launched;
        }

        return launched?.SignalAsync(signal, cancellationToken) ?? Task.CompletedTask;
    }

    /// <summary>The controller lost its connection to an engine for good: it is ended where it runs, and started again.</summary>
    public void ReportLost(int id, string reason)
    {
        lock (_gate)
        {
            _engines.GetValueOrDefault(id)?.Lost(reason);
        }
    }

    /// <summary>Ends all engines, and keeps none running from here on. Takes at most the options' stop timeout.</summary>
    /// <exception cref="EngineLaunchException">Some may still run; the message says which.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        SupervisedEngine[] engines;
        lock (_gate)
        {
            _stopped = true;
            engines = [.. _engines.Values, .. _going];
        }

        foreach (var engine in engines)
        {
            engine.Stop();
        }

        try
        {
            await Task.WhenAll(engines.Select(engine => engine.Finished)).WaitAsync(options.StopTimeout, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or EngineLaunchException)
        {
            var left = engines.Where(engine => !engine.Finished.IsCompletedSuccessfully).Select(engine => engine.Id.ToString(CultureInfo.InvariantCulture)).ToArray();
            throw new EngineLaunchException($"Engine {string.Join(", ", left)} did not end and may still run{(e is TimeoutException
                ? $" after {options.StopTimeout.TotalSeconds:0.###} s" : $": {e.Message.TrimEnd('.')}")}.", e);
        }
    }

    void Take(SupervisedEngine engine)
    {
        _engines.Remove(engine.Id);
        _going.Add(engine);
    }

    async Task EndAsync(SupervisedEngine engine)
    {
        // One that is not up has nothing to finish.
        if (drain is not null && engine.Launched is not null)
        {
            await Task.WhenAny(drain(engine.Id), engine.Finished).ConfigureAwait(false);
        }

        engine.Stop();
        try
        {
            await engine.Finished.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _going.Remove(engine);
            }
        }
    }

    /// <summary>Ends all engines; what may still run is only complained of.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (EngineLaunchException e)
        {
            Complain(e.Message);
        }
    }

    /// <summary>One start, of at most so many at a time.</summary>
    /// <exception cref="EngineLaunchException">It did not work, for whatever reason.</exception>
    public async Task<ILaunchedEngine> LaunchAsync(int id, CancellationToken stop)
    {
        await _starting.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            using var limit = new CancellationTokenSource(options.StartTimeout, Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
            try
            {
                return await launcher.StartAsync(launch(id), either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
            {
                throw new EngineLaunchException($"the launcher '{launcher.Name}' did not start it within {options.StartTimeout.TotalSeconds:0.###} s", e);
            }
#pragma warning disable CA1031 // Launchers are users' too: whatever one throws costs this start, not the engine.
            catch (Exception e) when (e is not (OperationCanceledException or EngineLaunchException))
            {
                throw new EngineLaunchException($"the launcher '{launcher.Name}' failed ({e.GetType().Name}: {e.Message})", e);
            }
#pragma warning restore CA1031
        }
        finally
        {
            _starting.Release();
        }
    }

    public void RaiseStarted(int id, ILaunchedEngine engine) => Raise(() => EngineStarted?.Invoke(id, engine));

    public void RaiseExited(int id, EngineExit exit) => Raise(() => EngineExited?.Invoke(id, exit));

    public void RaiseGaveUp(int id, string reason) => Raise(() => GaveUp?.Invoke(id, reason));

    public void Complain(string sentence) => Complained?.Invoke(sentence);

    void Raise(Action handlers)
    {
        try
        {
            handlers();
        }
#pragma warning disable CA1031 // A handler's failure is its own.
        catch (Exception e)
        {
            Complain($"A handler of an engine's event failed ({e.GetType().Name}: {e.Message}).");
        }
#pragma warning restore CA1031
    }

    SupervisedEngine Add(int id) => _engines[id] = new SupervisedEngine(this, id);

    SupervisedEngine Get(int id) => _engines.GetValueOrDefault(id)
        ?? throw new ArgumentOutOfRangeException(nameof(id), id, $"There is no engine {id} here; there are {string.Join(", ", _engines.Keys)}.");
}
