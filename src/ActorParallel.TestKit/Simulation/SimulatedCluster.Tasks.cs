using ActorParallel.Scheduling;

namespace ActorParallel.TestKit;

/// <summary>Tasks arrive, and end.</summary>
public sealed partial class SimulatedCluster
{
    TaskSubmitted[]? _batch;

    /// <summary>Tasks that have the same options: they share one spec, by which the scheduler measures them.</summary>
    sealed class TaskKind(SimulatedTaskOptions options, ClientFacts client)
    {
        public readonly SimulatedTaskOptions Options = options;
        public readonly TaskSpec Spec = options.ToSpec();
        public readonly ClientFacts Client = client;
        public readonly double? Slowdown = options.Slowdown is ConstantDraw constant ? constant.Mean : null;
        public readonly long Timeout = options.Timeout?.Ticks ?? long.MaxValue;
    }

    sealed class ArrivingTasks(int kind, int left, Draw? arrivals, Draw work, Random random)
    {
        public int Kind => kind;

        public int Left { get; set; } = left;

        public Draw? Arrivals => arrivals;

        public double NextWork() => work.Next(random);

        public long NextArrival() => Ticks(arrivals!.Next(random));
    }

    int KindOf(SimulatedTaskOptions options)
    {
        if (_kindsByOptions.TryGetValue(options, out var kind))
            return kind;
        kind = _kinds.Count;
        _kindsByOptions.Add(options, kind);
        _kinds.Add(new TaskKind(options, ClientOf(options.Client)));
        return kind;
    }

    void Expect(SimulatedTaskOptions options, int count, TimeSpan start, Draw? arrivals, Draw work)
    {
        if (count == 0)
            return;
        var arriving = new ArrivingTasks(KindOf(options), count, arrivals, work, new SimulationRandom(_options.Seed, 10 + _arriving.Count));
        _toArrive += count;
        _arriving.Add(arriving);
        _heap.Plan(start.Ticks + (arrivals is null ? 0 : arriving.NextArrival()), EventKind.Arrival, -1, _arriving.Count - 1);
    }

    void Arrive(int index)
    {
        var arriving = _arriving[index];
        if (arriving.Arrivals is null)
        {
            SubmitAll(arriving);
            return;
        }
        _toArrive--;
        if (--arriving.Left > 0)
            _heap.Plan(_now + arriving.NextArrival(), EventKind.Arrival, -1, index);
        var kind = _kinds[arriving.Kind];
        _core.Handle(new TaskSubmitted(NewTask(arriving.Kind, arriving.NextWork()), kind.Spec, null, kind.Client.Number), _now, _output);
        Obey();
    }

    void SubmitAll(ArrivingTasks arriving)
    {
        var kind = _kinds[arriving.Kind];
        _batch ??= new TaskSubmitted[BatchSize];
        while (arriving.Left > 0)
        {
            var count = Math.Min(arriving.Left, BatchSize);
            for (var i = 0; i < count; i++)
                _batch[i] = new TaskSubmitted(NewTask(arriving.Kind, arriving.NextWork()), kind.Spec, null, kind.Client.Number);
            arriving.Left -= count;
            _toArrive -= count;
            _core.Handle(_batch.AsSpan(0, count), _now, _output);
            Obey();
        }
    }

    long NewTask(int kind, double work)
    {
        var id = _tasks.Add(new TaskFacts
        {
            Work = work,
            SubmittedAt = _now,
            StartedAt = TaskFacts.None,
            EndedAt = TaskFacts.None,
            Engine = TaskFacts.None,
            Kind = kind,
            State = TaskState.Ready,
        });
        _kinds[kind].Client.Tasks++;
        SetWaiting(id, true);
        return id;
    }

    void Complete(in Instruction end)
    {
        ref var task = ref _tasks[end.TaskId];
        SetWaiting(end.TaskId, false);
        if (task.Ends++ > 0)
        {
            _endedTwice++;
            return;
        }
        (task.State, task.Engine, task.EndedAt) = (end.State, end.EngineId, _now);
        _lastEnd = _now;
        _counts[(int)end.State]++;
        _ended++;
    }

    /// <summary>How long an attempt runs at an engine, in ticks.</summary>
    long RunTicks(long id, int attempt, SimulatedEngine engine)
    {
        ref readonly var task = ref _tasks[id];
        var kind = _kinds[task.Kind];
        var slowdown = kind.Slowdown ?? kind.Options.Slowdown.Next(new SimulationRandom(_options.Seed ^ id, attempt));
        return Ticks(task.Work * slowdown / engine.Speed);
    }

    TaskOutcome OutcomeOf(long id, int attempt, SimulatedEngine engine)
    {
        ref var task = ref _tasks[id];
        var kind = _kinds[task.Kind];
        if (kind.Timeout < long.MaxValue && RunTicks(id, attempt, engine) > kind.Timeout)
            return TaskOutcome.TimedOut;
        var options = kind.Options;
        if (task.Failures >= options.FailedAttempts && (options.FailureRate == 0 || SimulationRandom.Of(_options.Seed ^ 0x4661696C, id, attempt) >= options.FailureRate))
            return TaskOutcome.Succeeded;
        task.Failures++;
        return TaskOutcome.Failed;
    }

    bool Kills(long id) =>
        _kinds[_tasks[id].Kind].Options.KillerRate is > 0 and var rate && SimulationRandom.Of(_options.Seed ^ 0x4B696C6C, id, 0) < rate;
}
