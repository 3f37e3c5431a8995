using ActorParallel.Scheduling;

namespace ActorParallel.TestKit;

/// <summary>Engines come, work and go.</summary>
public sealed partial class SimulatedCluster
{
    /// <summary>Another engine joins.</summary>
    /// <param name="speed">How much work it does in a second.</param>
    /// <param name="workers">How many tasks it runs at a time.</param>
    /// <param name="tags">What tasks may ask for.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The speed is not above 0, or there is no worker.</exception>
    public int AddEngine(double speed = 1, int workers = 1, params IEnumerable<string> tags)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speed);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentNullException.ThrowIfNull(tags);
        Turn();
        var engine = NewEngine(workers, [.. tags], returns: true);
        engine.GivenSpeed = speed;
        Join(engine);
        return engine.Id;
    }

    /// <summary>An engine dies with all it holds, as by <c>kill -9</c>. One joins in its place as <see cref="SimulatedClusterOptions.EngineReturns"/> says.</summary>
    /// <param name="engineId">The engine.</param>
    /// <exception cref="ArgumentException">No such engine is there.</exception>
    public void KillEngine(int engineId)
    {
        var engine = Engine(engineId);
        Turn();
        Die(engine);
        Obey();
    }

    /// <summary>An engine finishes what it runs, gives back the rest, and leaves for good.</summary>
    /// <param name="engineId">The engine.</param>
    /// <exception cref="ArgumentException">No such engine is there.</exception>
    public void DrainEngine(int engineId)
    {
        var engine = Engine(engineId);
        Turn();
        engine.Returns = false;
        Drain(engine);
    }

    /// <summary>The connection to an engine is cut: it goes on with what it holds, and neither side hears of the other.</summary>
    /// <param name="engineId">The engine.</param>
    /// <exception cref="ArgumentException">No such engine is there.</exception>
    public void CutEngine(int engineId)
    {
        var engine = Engine(engineId);
        Turn();
        if (engine.Cut)
            return;
        engine.Cut = true;
        _core.Handle(new EngineSuspended(engineId), _now, _output);
        Obey();
    }

    /// <summary>The connection to an engine is back: what was not said meanwhile is said.</summary>
    /// <param name="engineId">The engine.</param>
    /// <exception cref="ArgumentException">No such engine is there.</exception>
    public void HealEngine(int engineId)
    {
        var engine = Engine(engineId);
        Turn();
        if (!engine.Cut)
            return;
        engine.Cut = false;
        _core.Handle(new EngineResumed(engineId), _now, _output);
        Obey();
        while (engine.Unsaid.TryDequeue(out var message))
            ToController(engine, message);
    }

    SimulatedEngine Engine(int id) => id >= 0 && id < _engines.Count && _engines[id].Present
        ? _engines[id]
        : throw new ArgumentException($"Engine {id} is not there: the engines are {string.Join(", ", EngineIds)}.", nameof(id));

    SimulatedEngine NewEngine(int workers, string[] tags, bool returns)
    {
        var engine = new SimulatedEngine(_engines.Count, workers) { Tags = tags, Returns = returns };
        _engines.Add(engine);
        return engine;
    }

    void Join(SimulatedEngine engine)
    {
        engine.Life++;
        engine.Speed = engine.GivenSpeed ?? _options.EngineSpeed.Next(_speeds);
        if (engine.Speed <= 0)
            throw new InvalidOperationException($"EngineSpeed is drawn from {_options.EngineSpeed} and gave {engine.Speed}: an engine's speed must be above 0.");
        engine.Present = engine.Known = true;
        engine.Cut = false;
        engine.Unsaid.Clear();
        engine.PresentSince = _now;
        _enginesJoined++;
        _present++;
        if (_options.EngineFailures is { } failures)
            PlanLater(failures, EventKind.EngineDies, engine, engine.Life);
        if (_options.EngineLeaves is { } leaves)
            PlanLater(leaves, EventKind.EngineLeaves, engine, engine.Life);
        _core.Handle(new EngineJoined(engine.Id, engine.Slots.Length, engine.Tags), _now, _output);
        Obey();
    }

    void PlanLater(Draw after, EventKind kind, SimulatedEngine engine, long data = 0)
    {
        var at = SchedulerTime.After(_now, Ticks(after.Next(_lives)));
        if (at < SchedulerTime.Never)
            _heap.Plan(at, kind, engine.Id, data);
    }

    void AtEngine(SimulatedEngine engine, in SimulatedMessage message)
    {
        // A message to a dead process, or to the one before this.
        if (!engine.Present || engine.Life != message.Life)
            return;
        switch (message.Kind)
        {
            case MessageKind.Assign:
                _loads.Changed(engine.Held, engine.Held + 1, _now);
                engine.Queue.Add(message.Task, message.Attempt);
                StartNext(engine);
                break;
            case MessageKind.Drained:
                Leave(engine);
                break;
            case MessageKind.Recall or MessageKind.Cancel:
                TakeBack(engine, message);
                break;
        }
    }

    void TakeBack(SimulatedEngine engine, in SimulatedMessage message)
    {
        var cancels = message.Kind == MessageKind.Cancel;
        if (engine.Queue.Remove(message.Task, message.Attempt))
        {
            _loads.Changed(engine.Held + 1, engine.Held, _now);
            ToController(engine, message with { Kind = MessageKind.Finished, Outcome = cancels ? TaskOutcome.Cancelled : TaskOutcome.Returned });
        }
        else if (cancels && engine.SlotOf(message.Task, message.Attempt) is >= 0 and var slot)
        {
            var ticks = Vacate(engine, slot, TaskOutcome.Cancelled);
            StartNext(engine);
            ToController(engine, message with { Kind = MessageKind.Finished, Outcome = TaskOutcome.Cancelled, RunTicks = ticks });
        }
    }

    void StartNext(SimulatedEngine engine)
    {
        while (engine.Running < engine.Slots.Length && engine.Queue.Count > 0)
        {
            var (task, attempt) = engine.Queue.Take();
            var ticks = Math.Min(RunTicks(task, attempt, engine), _kinds[_tasks[task].Kind].Timeout);
            var end = _heap.Plan(SchedulerTime.After(_now, ticks), EventKind.AttemptEnds, engine.Id);
            engine.Slots[engine.FreeSlot()] = new EngineSlot(task, attempt, _now, end);
            engine.Running++;
            CountStart(task);
        }
    }

    void EndAttempt(SimulatedEngine engine, long number)
    {
        var slot = engine.SlotOf(number);
        if (slot < 0)
            return;
        var (task, attempt, _, _) = engine.Slots[slot];
        if (Kills(task))
        {
            Die(engine);
            return;
        }
        var outcome = OutcomeOf(task, attempt, engine);
        var ticks = Vacate(engine, slot, outcome);
        StartNext(engine);
        ToController(engine, new SimulatedMessage(MessageKind.Finished, engine.Life, task, attempt, outcome, ticks));
    }

    /// <summary>An attempt is over; how long it ran.</summary>
    long Vacate(SimulatedEngine engine, int slot, TaskOutcome? outcome)
    {
        var (task, _, startedAt, _) = engine.Slots[slot];
        engine.Slots[slot] = EngineSlot.Empty;
        engine.Running--;
        _loads.Changed(engine.Held + 1, engine.Held, _now);
        CountEnd(engine, task, startedAt, outcome);
        return _now - startedAt;
    }

    void Die(SimulatedEngine engine)
    {
        if (!engine.Present)
            return;
        engine.Deaths++;
        _enginesDied++;
        engine.Suspects = [.. engine.Slots.Where(static s => s.Task >= 0).Select(static s => s.Task)];
        Clear(engine);
        if (IsZero(_options.LossNotice))
            NoticeLoss(engine);
        else
            _heap.Plan(SchedulerTime.After(_now, Ticks(_options.LossNotice.Next(_notices))), EventKind.LossNoticed, engine.Id, engine.Life);
        Return(engine);
    }

    void NoticeLoss(SimulatedEngine engine)
    {
        if (!engine.Known)
            return;
        engine.Known = false;
        _core.Handle(new EngineLost(engine.Id, EngineLossReason.Died, engine.Suspects), _now, _output);
        Obey();
    }

    void Drain(SimulatedEngine engine)
    {
        _core.Handle(new EngineDraining(engine.Id), _now, _output);
        Obey();
    }

    void Leave(SimulatedEngine engine)
    {
        _enginesLeft++;
        Clear(engine);
        engine.Known = false;
        _core.Handle(new EngineLost(engine.Id, EngineLossReason.Stopped), _now, _output);
        Obey();
        Return(engine);
    }

    void Return(SimulatedEngine engine)
    {
        if (engine.Returns && _options.EngineReturns is { } returns)
            PlanLater(returns, EventKind.EngineJoins, engine);
    }

    /// <summary>The process is gone, with all it held.</summary>
    void Clear(SimulatedEngine engine)
    {
        for (var slot = 0; slot < engine.Slots.Length; slot++)
        {
            if (engine.Slots[slot].Task < 0)
                continue;
            Vacate(engine, slot, outcome: null);
            _lostAttempts++;
        }
        _loads.Changed(engine.Held, 0, _now);
        engine.Queue.Clear();
        engine.Present = false;
        _present--;
        CountPresence(engine);
    }
}
