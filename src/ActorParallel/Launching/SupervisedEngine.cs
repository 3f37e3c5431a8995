namespace ActorParallel.Launching;

/// <summary>One engine id that is kept running: started, watched, started again after each death until its budget is spent.</summary>
internal sealed class SupervisedEngine
{
    enum Wish
    {
        Run,
        Restart,
        Stop,
    }

    readonly Lock _gate = new();
    readonly EngineSupervisor _owner;
    readonly Queue<long> _deaths = [];
    readonly CancellationTokenSource _stop = new();
    TaskCompletionSource _up = NewSource();
    TaskCompletionSource<string> _interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Wish _wish;

    public SupervisedEngine(EngineSupervisor owner, int id)
    {
        (_owner, Id) = (owner, id);
        Finished = Task.Run(RunAsync);
    }

    public int Id { get; }

    /// <summary>Null while it is being started, waits, or is over.</summary>
    public ILaunchedEngine? Launched { get; private set; }

    /// <summary>Completes when it was stopped or given up. Fails when it was stopped and may still run.</summary>
    public Task Finished { get; }

    public bool GaveUp { get; private set; }

    /// <summary>Completes when it is started, the next time; fails when it is given up before, and is cancelled when it is stopped.</summary>
    public Task Up
    {
        get
        {
            lock (_gate)
            {
                return _up.Task;
            }
        }
    }

    /// <summary>Ends it for good.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _wish = Wish.Stop;
            _interrupted.TrySetResult("stopped");
        }

        _stop.Cancel();
    }

    /// <summary>Ends it and starts it again, at the cost of no budget. False when it isn't up.</summary>
    public bool Restart()
    {
        lock (_gate)
        {
            if (_wish != Wish.Run || Launched is null)
            {
                return false;
            }

            _wish = Wish.Restart;
            _up = NewSource();
            _interrupted.TrySetResult("restarted");
            return true;
        }
    }

    /// <summary>Its connection tells that it died, which its launcher may not see.</summary>
    public void Lost(string reason)
    {
        lock (_gate)
        {
            if (Launched is not null)
            {
                _interrupted.TrySetResult(reason);
            }
        }
    }

    async Task RunAsync()
    {
        try
        {
            while (await OnceAsync().ConfigureAwait(false))
            {
                // Started, ended, and to be started again.
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped while it was being started, or waited for that.
        }
        finally
        {
            lock (_gate)
            {
                Launched = null;
                _up.TrySetCanceled(CancellationToken.None);
            }
        }
    }

    async Task<bool> OnceAsync()
    {
        ILaunchedEngine? launched = null;
        EngineExit exit;
        try
        {
            launched = await _owner.LaunchAsync(Id, _stop.Token).ConfigureAwait(false);
            exit = await WatchAsync(launched).ConfigureAwait(false);
        }
        catch (EngineLaunchException e) when (launched is null)
        {
            exit = new EngineExit(null, null, null, e.Message.TrimEnd('.'));
        }

        var output = launched?.LastOutput ?? [];
        Wish wish;
        lock (_gate)
        {
            wish = _wish;
            _wish = wish == Wish.Restart ? Wish.Run : wish;
            if (wish == Wish.Run && _up.Task.IsCompleted)
            {
                _up = NewSource();
            }
        }

        return wish switch
        {
            Wish.Stop => false,
            Wish.Restart => true,
            _ => await AgainAsync(exit, output).ConfigureAwait(false),
        };
    }

    async Task<EngineExit> WatchAsync(ILaunchedEngine launched)
    {
        Task<string> interrupted;
        lock (_gate)
        {
            Launched = launched;
            _interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
            interrupted = _interrupted.Task;
            if (_wish == Wish.Stop)
            {
                _interrupted.SetResult("stopped");
            }
            else
            {
                _up.TrySetResult();
            }
        }

        _owner.RaiseStarted(Id, launched);
        await Task.WhenAny(launched.Exited, interrupted).ConfigureAwait(false);
        if (!launched.Exited.IsCompleted)
        {
            try
            {
                // That it has ended counts, whatever the launcher still does about it.
                var stopping = launched.StopAsync(_owner.Options.StopGracePeriod, CancellationToken.None);
                var ended = await Task.WhenAny(stopping, launched.Exited)
                    .WaitAsync(_owner.Options.StopGracePeriod + _owner.Options.StopTimeout, _owner.Time).ConfigureAwait(false);
                if (ended == stopping)
                {
                    await stopping.ConfigureAwait(false);
                }
            }
#pragma warning disable CA1031 // Launchers are users' too: whatever one throws, the engine is kept running.
            catch (Exception e)
            {
                var complaint = $"Engine {Id} ({launched.Where}) could not be stopped: {e.Message}";
                if (_wish == Wish.Stop)
                {
                    throw new EngineLaunchException(complaint, e);
                }

                _owner.Complain(complaint);
            }
#pragma warning restore CA1031
        }

        var exit = launched.Exited.IsCompleted ? await launched.Exited.ConfigureAwait(false) : new EngineExit(null, null, null, await interrupted.ConfigureAwait(false));
        lock (_gate)
        {
            Launched = null;
        }

        _owner.RaiseExited(Id, exit);
        return exit;
    }

    async Task<bool> AgainAsync(EngineExit exit, IReadOnlyList<string> output)
    {
        var (options, time) = (_owner.Options, _owner.Time);
        var now = time.GetTimestamp();
        _deaths.Enqueue(now);
        while (time.GetElapsedTime(_deaths.Peek(), now) > options.RestartWindow)
        {
            _deaths.Dequeue();
        }

        if (_deaths.Count > options.MaxRestarts)
        {
            var reason = $"Engine {Id} is given up: it ended {_deaths.Count} times within {options.RestartWindow.TotalSeconds:0.###} s, the last time with {exit}{Tool.LastWords(output)}.";
            lock (_gate)
            {
                GaveUp = true;
                _up.TrySetException(new EngineLaunchException(reason));
                _ = _up.Task.Exception;
            }

            _owner.RaiseGaveUp(Id, reason);
            return false;
        }

        await Task.Delay(options.BackoffAfter(_deaths.Count), time, _stop.Token).ConfigureAwait(false);
        return true;
    }

    static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
