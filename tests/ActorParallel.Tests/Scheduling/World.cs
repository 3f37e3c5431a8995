using ActorParallel.Scheduling;

namespace ActorParallel.Tests.Scheduling;

/// <summary>Engines that behave as engines do, messages in flight, and random mishaps, around a scheduler in validate mode.</summary>
internal sealed class World(SchedulerOptions options, int seed)
{
    static readonly TaskSpec[] Specs =
    [
        TaskSpec.Default,
        new() { Retries = 2, BackoffBase = TimeSpan.FromMilliseconds(1) },
        new() { Priority = 3, EngineLossRetries = 1, BackoffBase = TimeSpan.Zero },
        new() { QueueTimeout = TimeSpan.FromMilliseconds(3), Retries = 1 },
        new() { EngineLossRetries = 0, Priority = -1 },
    ];

    readonly SchedulerCore _core = new(options, new Random(seed));
    readonly InstructionList _output = new();
    readonly SortedDictionary<int, EngineModel> _engines = [];
    readonly Queue<TaskFinished> _inFlight = new();
    readonly List<TaskFinished> _old = [];
    readonly Dictionary<long, int> _ends = [];
    long _now;
    long _tasks;
    int _engineIds;

    public List<Instruction> Given { get; } = [];

    public IReadOnlyDictionary<long, int> Ends => _ends;

    public SchedulerCore Core => _core;

    public void Step(int kind, int detail)
    {
        var engine = _engines.Count == 0 ? null : _engines.ElementAt(detail % _engines.Count).Value;
        switch (kind)
        {
            case 0 or 1:
                Submit(1 + detail % 7, Specs[detail / 7 % Specs.Length]);
                break;
            case 2 when _engines.Count < 6:
                Join(1 + detail % 3);
                break;
            case 3 or 4 or 5 when engine is { Running: > 0 }:
                FinishOne(engine, detail);
                break;
            case 6:
                DeliverAll(detail % 2 == 0);
                break;
            case 7:
                _now += detail % 40 * SchedulerTime.Millisecond / 10;
                Do(static (core, _, now, output) => core.Handle(new Tick(), now, output), 0);
                break;
            case 8 when engine is not null:
                Kill(engine, detail);
                break;
            case 9 when engine is not null:
                Do(static (core, id, now, output) => core.Handle(new EngineDraining((int)id), now, output), engine.Id);
                break;
            case 10 when _tasks > 0:
                Do(static (core, id, now, output) => core.Handle(new CancelRequested(id), now, output), detail % _tasks);
                break;
            case 11 when engine is { Running: > 0 }:
                var (task, attempt) = engine.Tasks[detail % engine.Running];
                _core.Handle(new TaskOverran(engine.Id, task, attempt), _now, _output);
                Obey();
                break;
            case 12 when _old.Count > 0:
                _core.Handle(_old[detail % _old.Count], _now, _output);
                Obey();
                break;
            case 13 when engine is { Running: > 0 }:
                var started = engine.Tasks[detail % engine.Running];
                _core.Handle(new TaskStarted(engine.Id, started.Task, started.Attempt), _now, _output);
                Obey();
                break;
            case 14 when detail % 10 == 0:
                _core.Handle(new EnginesExhausted("none left"), _now, _output);
                Obey();
                break;
        }
    }

    /// <summary>Engines keep coming and do their work: everything must end.</summary>
    public void Quiesce()
    {
        for (var round = 0; _core.InFlight > 0; round++)
        {
            Assert.True(round < 10_000, $"stuck: {_core.Explain(_ends.Count)} {_core.Counters}");
            if (!_engines.Values.Any(e => !e.Doomed))
                Join(2);
            foreach (var engine in _engines.Values.ToArray())
            {
                if (engine.Doomed)
                    Kill(engine, 0);
                else if (engine.Running > 0)
                    FinishOne(engine, detail: 0);
            }
            DeliverAll(oneByOne: false);
            _now = Math.Max(_now + SchedulerTime.Millisecond, _core.NextDeadline ?? 0);
            Do(static (core, _, now, output) => core.Handle(new Tick(), now, output), 0);
        }
    }

    void Submit(int count, TaskSpec spec)
    {
        var batch = new TaskSubmitted[count];
        for (var i = 0; i < count; i++)
        {
            batch[i] = new TaskSubmitted(_tasks, spec);
            _ends.Add(_tasks++, 0);
        }
        _core.Handle(batch, _now, _output);
        Obey();
    }

    void Join(int workers)
    {
        var engine = new EngineModel(_engineIds++, workers);
        _engines.Add(engine.Id, engine);
        _core.Handle(new EngineJoined(engine.Id, workers), _now, _output);
        Obey();
    }

    void FinishOne(EngineModel engine, int detail)
    {
        var at = detail % engine.Running;
        var outcome = engine.Cancelled.Contains(engine.Tasks[at].Task) && detail % 2 == 0 ? TaskOutcome.Cancelled
            : (detail / 3 % 8) switch { 1 => TaskOutcome.Failed, 2 => TaskOutcome.TimedOut, _ => TaskOutcome.Succeeded };
        Send(engine.Take(at, outcome, run: detail % 3 == 0 ? SchedulerTime.Second : detail));
    }

    void Kill(EngineModel engine, int detail)
    {
        _engines.Remove(engine.Id);
        long[]? suspects = (detail / 5 % 3) switch
        {
            0 => null,
            1 => engine.Tasks.Take(engine.Running).Select(t => t.Task).ToArray(),
            _ => [detail],
        };
        var reason = detail % 7 == 0 ? EngineLossReason.Stopped : EngineLossReason.Died;
        _core.Handle(new EngineLost(engine.Id, reason, suspects), _now, _output);
        Obey();
    }

    void DeliverAll(bool oneByOne)
    {
        if (!oneByOne)
        {
            var batch = _inFlight.ToArray();
            _inFlight.Clear();
            _core.Handle(batch, _now, _output);
            Obey();
        }
        while (_inFlight.TryDequeue(out var finished))
        {
            _core.Handle(finished, _now, _output);
            Obey();
        }
    }

    void Do(Action<SchedulerCore, long, long, InstructionList> handle, long argument)
    {
        handle(_core, argument, _now, _output);
        Obey();
    }

    void Send(TaskFinished? answer)
    {
        if (answer is not { } finished)
            return;
        _inFlight.Enqueue(finished);
        if (_old.Count < 100)
            _old.Add(finished);
    }

    void Obey()
    {
        var instructions = _output.AsSpan().ToArray();
        _output.Clear();
        foreach (var instruction in instructions)
        {
            Given.Add(instruction);
            var engine = instruction.EngineId < 0 ? null : _engines.GetValueOrDefault(instruction.EngineId);
            switch (instruction.Kind)
            {
                case InstructionKind.Assign:
                    Assert.NotNull(engine);
                    engine.Tasks.Add((instruction.TaskId, instruction.Attempt));
                    break;
                case InstructionKind.Recall:
                    Send(engine?.Recall(instruction.TaskId, instruction.Attempt));
                    break;
                case InstructionKind.CancelRunning:
                    Send(engine?.Cancel(instruction.TaskId, instruction.Attempt));
                    break;
                case InstructionKind.EndEngine or InstructionKind.Drained:
                    Assert.NotNull(engine);
                    engine.Doomed = true;
                    break;
                case InstructionKind.Complete:
                    _ends[instruction.TaskId]++;
                    break;
            }
        }
    }
}
