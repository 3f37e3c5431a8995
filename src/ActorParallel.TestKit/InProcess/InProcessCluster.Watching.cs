using ActorParallel.Controllers;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.TestKit;

/// <summary>Sees what passes, and springs traps.</summary>
public sealed partial class InProcessCluster
{
    /// <summary>Who sent a message; null for nobody who is known.</summary>
    internal ClusterHost? HostOf(IActorRef? sender, ClusterHost to)
    {
        if (sender is null) return null;
        var address = sender.Path.Address;
        if (to.Party != Party.Controller) return _controller?.Host;
        lock (_gate)
        {
            foreach (var engine in _engines.Values)
                if (address.Equals(engine.Host.Address)) return engine.Host;
            foreach (var client in _clients)
                if (address.Equals(client.Address)) return client;
            foreach (var buried in _buried)
                if (address.Equals(buried.Address)) return buried;
        }
        return null;
    }

    /// <summary>A message arrives.</summary>
    internal void Saw(IActorRef sender, ClusterHost to, List<BatchEntry> entries, object message)
    {
        var controller = _controller?.Host.Number ?? 0;
        if (message is ConnectClient connect && HostOf(sender, to) is { } known) _stories.Connected(known, connect.Number);
        if (to.Party == Party.Clients && message is LinkBatch batch) _stories.Told(to, controller, batch, entries);
        foreach (var entry in entries)
        {
            if (entry.Kind is "Submit" or "Direct" && to.Party == Party.Controller) _stories.Submitted(HostOf(sender, to), entry.Task);
            else if (entry.Kind is "Task" or "DirectTask" && to.Party.EngineId is { } engine) _stories.Assigned(engine, entry.Task, entry.Attempt, controller);
        }
    }

    /// <summary>A task is where a trap is. True: the message that showed it arrives.</summary>
    /// <param name="trap">The trap.</param>
    /// <param name="from">Who sent the message.</param>
    /// <param name="to">Who gets it.</param>
    /// <param name="then">What is to be done when nobody is waited for.</param>
    internal bool Spring(Trap trap, Party from, Party to, List<Action> then)
    {
        if (trap.Point == FaultPoint.AfterStart)
        {
            var runs = EngineAt(to.EngineId);
            then.Add(() => _ = KillWhenRunningAsync(trap, runs!));
            return true;
        }
        if (trap.KillsController)
        {
            var controller = _controller!;
            controller.Host.Die();
            // It has the result, and nothing that follows from that leaves it.
            var hasIt = trap.Point == FaultPoint.AfterResultBeforeAck;
            then.Add(() => _ = CompleteAsync(trap, -1, async () =>
            {
                if (hasIt) await controller.HandledAsync().ConfigureAwait(false);
                await ReplaceAsync(controller).ConfigureAwait(false);
            }));
            return hasIt;
        }
        var victim = EngineAt(trap.EngineId ?? from.EngineId ?? to.EngineId);
        if (victim is null)
        {
            then.Add(() => trap.Sprung.TrySetException(new ParallelAssertionException($"No engine could be killed at {trap.Point}: none is there.")));
            return true;
        }
        victim.Host.Die();
        then.Add(() => _ = CompleteAsync(trap, victim.Id, () => BuryAsync(victim, stopped: false, $"it was killed {trap.Point}")));
        return trap.Point != FaultPoint.BeforeStart;
    }

    /// <summary>The engine, or the first for none in particular.</summary>
    InProcessEngine? EngineAt(int? id)
    {
        lock (_gate)
            return id is { } given ? _engines.GetValueOrDefault(given) : _engines.Values.FirstOrDefault(static e => !e.Host.IsDead);
    }

    async Task KillWhenRunningAsync(Trap trap, InProcessEngine engine)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!engine.Runs && !engine.Host.IsDead)
            await look.WaitForNextTickAsync().ConfigureAwait(false);
        if (trap.KillsController)
        {
            await CompleteAsync(trap, -1, KillControllerAsync).ConfigureAwait(false);
            return;
        }
        engine.Host.Die();
        await CompleteAsync(trap, engine.Id, () => BuryAsync(engine, stopped: false, "it was killed AfterStart")).ConfigureAwait(false);
    }

    static async Task CompleteAsync(Trap trap, int id, Func<Task> kill)
    {
        try
        {
            await kill().ConfigureAwait(false);
            trap.Sprung.TrySetResult(id);
        }
        catch (Exception e)
        {
            trap.Sprung.TrySetException(e);
        }
    }
}
