using ActorParallel.Controllers;
using ActorParallel.Results;

namespace ActorParallel;

public sealed partial class ParallelCluster
{
    static readonly TimeSpan s_adaptEvery = TimeSpan.FromSeconds(1);

    CancellationTokenSource? _adapting;

    /// <summary>
    /// Keeps so many engines running from here on. Those that are too many get no new tasks, and have the profile's <c>drain-timeout</c> to finish what they run;
    /// what then still runs is run elsewhere, uncharged.
    /// </summary>
    /// <param name="engines">How many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when new ones have been started, or those that are too many have ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    /// <exception cref="EngineLaunchException">One could not be started.</exception>
    public Task ScaleAsync(int engines, CancellationToken cancellationToken = default)
    {
        Checks.AtLeast(engines, 0, nameof(engines));
        StopAdapting();
        return _engines.ScaleAsync(engines, cancellationToken);
    }

    /// <summary>
    /// Keeps as many engines as there is work for, within bounds: one more for each worker's worth of waiting tasks, one fewer when nothing
    /// has waited, and engines were idle, for some seconds. Returns at once; <see cref="ScaleAsync"/> ends it.
    /// </summary>
    /// <param name="minimum">The fewest.</param>
    /// <param name="maximum">The most.</param>
    /// <param name="cancellationToken">Ends the wait for the fewest to be started.</param>
    /// <returns>A task that completes when there are the fewest.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or the most is less than the fewest.</exception>
    public async Task AdaptAsync(int minimum, int maximum, CancellationToken cancellationToken = default)
    {
        Checks.AtLeast(minimum, 0, nameof(minimum));
        Checks.AtLeast(maximum, Math.Max(1, minimum), nameof(maximum));
        StopAdapting();
        await _engines.ScaleAsync(Math.Clamp(_engines.Ids.Count, minimum, maximum), cancellationToken).ConfigureAwait(false);
        var adapting = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        lock (_gate) _adapting = adapting;
        _ = AdaptLoopAsync(minimum, maximum, adapting.Token);
    }

    /// <summary>What the engine runs ends there, for as long as that may take; whatever goes wrong, it runs elsewhere then.</summary>
    async Task DrainAsync(int id)
    {
        if (_nanny is not { } nanny) return;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            limit.CancelAfter(_settings.DrainTimeout);
            await nanny.DrainAsync(id, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or ClusterConnectionException)
        {
            // Its time is over, or the cluster's.
        }
    }

    void StopAdapting()
    {
        lock (_gate)
        {
            _adapting?.Cancel();
            _adapting = null;
        }
    }

    async Task AdaptLoopAsync(int minimum, int maximum, CancellationToken cancellationToken)
    {
        const int idleRounds = 5;
        var idle = 0;
        using var timer = new PeriodicTimer(s_adaptEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                var status = await _nanny!.QueueStatusAsync(cancellationToken).ConfigureAwait(false);
                var now = _engines.Ids.Count;
                var waiting = status.Ready + status.Engines.Values.Sum(e => e.Queued);
                var free = status.Engines.Values.Count(e => e.Running + e.Queued + e.Direct == 0);
                idle = waiting == 0 && free > 0 ? idle + 1 : 0;
                var wanted = waiting > 0 && free == 0 ? now + Math.Max(1, (waiting + _settings.Workers - 1) / _settings.Workers)
                    : idle >= idleRounds ? now - free
                    : now;
                if (Math.Clamp(wanted, minimum, maximum) == now) continue;
                idle = 0;
                await _engines.AdaptAsync(minimum, maximum, wanted, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
#pragma warning disable CA1031 // Nobody waits for this loop: it says why it ended.
        catch (Exception e)
        {
            Complained?.Invoke(this, $"The number of engines is not adapted any more: {e.Message}");
        }
#pragma warning restore CA1031
    }

    /// <summary>Ends an engine, with what it runs and its namespace, and starts it again with the same id. Its tasks run elsewhere, uncharged.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when it was started again.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such engine.</exception>
    public Task RestartEngineAsync(int id, CancellationToken cancellationToken = default)
    {
        lock (_gate) _expected.Add(id);
        return _engines.RestartAsync(id, cancellationToken);
    }

    /// <summary>Sends engines a signal by its POSIX number.</summary>
    /// <param name="signal">The number, such as 2 for SIGINT.</param>
    /// <param name="engines">The engines, by id; null (default) for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when they were sent.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such engine.</exception>
    /// <exception cref="NotSupportedException">What started them can't.</exception>
    public Task SignalAsync(int signal, IReadOnlyCollection<int>? engines = null, CancellationToken cancellationToken = default) =>
        Task.WhenAll((engines ?? _engines.Ids).Select(id => _engines.SignalAsync(id, signal, cancellationToken)));

    readonly HashSet<int> _expected = [];

    void ReportExit(int id, EngineExit exit)
    {
        bool stopped;
        int processId;
        lock (_gate)
        {
            stopped = _expected.Remove(id) || !_engines.Ids.Contains(id) || _stopping.IsCancellationRequested;
            processId = _processes.GetValueOrDefault(id);
        }
        _nanny?.Tell(w =>
        {
            w.WriteByte((byte)ClientEntry.EngineExited);
            w.WriteInt32(id);
            w.WriteInt32(processId);
            w.WriteString(exit.Description);
            var code = exit.Signal is { } signal ? -signal : exit.Code;
            w.WriteBool(code is not null);
            if (code is { } known) w.WriteInt32(known);
            w.WriteBool(exit.PeakMemory is not null);
            if (exit.PeakMemory is { } peak) w.WriteInt64(peak);
            w.WriteBool(stopped);
        });
    }

    // Of some launchers' engines the process is not known; of others it tells that another runs by now.
    bool MayBe(int id, int process)
    {
        lock (_gate) return _processes.GetValueOrDefault(id) is var known && (known == 0 || known == process);
    }

    /// <summary>What the controller asks, for itself or for a client.</summary>
    void OnCommand(NannyCommand command, int[] numbers, Action<string?> done) => _ = CommandAsync(command, numbers, done);

    async Task CommandAsync(NannyCommand command, int[] numbers, Action<string?> done)
    {
        try
        {
            switch (command)
            {
                case NannyCommand.Scale:
                    await ScaleAsync(numbers[0]).ConfigureAwait(false);
                    break;
                case NannyCommand.Add:
                    await ScaleAsync(_engines.Ids.Count + numbers[0]).ConfigureAwait(false);
                    break;
                case NannyCommand.Adapt:
                    await AdaptAsync(numbers[0], numbers[1]).ConfigureAwait(false);
                    break;
                case NannyCommand.Restart:
                    foreach (var id in numbers) await RestartEngineAsync(id).ConfigureAwait(false);
                    break;
                case NannyCommand.Signal:
                    await SignalAsync(numbers[0], numbers.Length > 1 ? numbers[1..] : null).ConfigureAwait(false);
                    break;
                case NannyCommand.Remove:
                    StopAdapting();
                    foreach (var id in numbers) await _engines.RemoveAsync(id, CancellationToken.None).ConfigureAwait(false);
                    break;
                case NannyCommand.Kill:
                    if (numbers is [var lost, var process] && MayBe(lost, process)) _engines.ReportLost(lost, "the controller asked for its end");
                    break;
                case NannyCommand.Stop:
                    done(null);
                    await StopAsync(CancellationToken.None).ConfigureAwait(false);
                    return;
                default:
                    throw new NotSupportedException($"This cluster's owner does not know commands of kind {(byte)command}.");
            }
            done(null);
        }
#pragma warning disable CA1031 // Whoever asked is told.
        catch (Exception e)
        {
            done(e.Message);
        }
#pragma warning restore CA1031
    }
}
