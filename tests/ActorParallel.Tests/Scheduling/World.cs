using ActorParallel.Scheduling;

namespace ActorParallel.Tests.Scheduling;

/// <summary>
/// Engines that behave as engines do, messages in flight, and random mishaps, around a scheduler in validate mode. It keeps a ledger
/// of its own of who holds which task, and holds the scheduler's instructions against it (<c>.Ledger</c>).
/// </summary>
internal sealed partial class World(SchedulerOptions options, int seed)
{
    public const int Kinds = 28;

    static readonly TaskSpec[] Specs =
    [
        TaskSpec.Default,
        new() { Retries = 2, BackoffBase = TimeSpan.FromMilliseconds(1) },
        new() { Priority = 3, EngineLossRetries = 1, BackoffBase = TimeSpan.Zero },
        new() { QueueTimeout = TimeSpan.FromMilliseconds(3), Retries = 1 },
        new() { EngineLossRetries = 0, Priority = -1 },
        new() { Tags = ["a"] },
        new() { Tags = ["a", "b"], Priority = 1, Retries = 1, BackoffBase = TimeSpan.FromMilliseconds(1), QueueTimeout = TimeSpan.FromMilliseconds(5) },
        new() { Resources = new Dictionary<string, double> { ["r"] = 2 }, EngineLossRetries = 1, BackoffBase = TimeSpan.Zero },
        new() { Targets = [0, 1, 2] },
        new() { Idempotent = true, Retries = 1, BackoffBase = TimeSpan.Zero },
        new() { Idempotent = true, Tags = ["b"], Resources = new Dictionary<string, double> { ["r"] = 1 }, EngineLossRetries = 0 },
    ];

    readonly SchedulerCore _core = new(options, new Random(seed));
    readonly InstructionList _output = new();
    readonly SortedDictionary<int, EngineModel> _engines = [];
    readonly Queue<TaskFinished> _inFlight = new();
    readonly List<TaskFinished> _old = [];
    readonly Dictionary<long, int> _ends = [];
    readonly SortedSet<int> _formerIds = [];
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
                Submit(1 + detail % 7, Specs[detail / 7 % Specs.Length], detail);
                break;
            case 2 when _engines.Count < 6:
                Join(detail);
                break;
            case 3 or 4 or 5 or 15 when engine is { Running: > 0 }:
                FinishOne(engine, detail);
                break;
            case 6:
                DeliverAll(detail % 2 == 0);
                break;
            case 7:
                _now += detail % 10 == 0 ? 50 * SchedulerTime.Millisecond : detail % 40 * SchedulerTime.Millisecond / 10;
                _core.Handle(new Tick(), _now, _output);
                Obey();
                break;
            case 8 when engine is not null:
                Kill(engine, detail);
                break;
            case 9 when engine is not null && detail % 2 == 0:
                _core.Handle(new EngineDraining(engine.Id), _now, _output);
                Obey();
                break;
            case 10 when _tasks > 0:
                _core.Handle(new CancelRequested(detail % _tasks), _now, _output);
                Obey();
                break;
            case 11 when engine is { Running: > 0 }:
                var (task, attempt) = engine.Tasks[detail % engine.Running];
                _core.Handle(new TaskOverran(engine.Id, task, attempt), _now, _output);
                Obey();
                break;
            case 12 when _old.Count > 0:
                Deliver([_old[detail % _old.Count]]);
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
            case 16 or 17:
                SubmitDependent(detail);
                break;
            case 18 when engine is { Suspended: false }:
                Suspend(engine, detail);
                break;
            case 19 when _engines.Values.FirstOrDefault(e => e.Suspended) is { } suspended:
                Resume(suspended);
                break;
            case 20 when engine is not null:
                Adopt(engine, detail);
                break;
            case 21 when _tasks > 0:
                _core.Handle(new TasksReleased([detail % _tasks, detail * 7 % _tasks]), _now, _output);
                Obey();
                break;
            case 27 when _tasks > 0:
                _core.Handle(new AbortRequested(detail % _tasks), _now, _output);
                Obey();
                break;
            case > 22 when engine is { Running: > 0 }:
                FinishOne(engine, detail);
                DeliverAll(oneByOne: false);
                break;
            case 22:
                // Alone on an idle worker for long, when there is one: what gets a second copy.
                Submit(1 + detail % 2, Specs[9 + detail % 2], detail);
                _now += 100 * SchedulerTime.Millisecond;
                _core.Handle(new Tick(), _now, _output);
                Obey();
                break;
        }
    }

    /// <summary>Engines keep coming and do their work: everything must end, and nothing be left.</summary>
    public void Quiesce()
    {
        foreach (var engine in _engines.Values.Where(e => e.Suspended))
            Resume(engine);
        for (var round = 0; _core.InFlight > 0 || _engines.Values.Any(e => e.Tasks.Count > 0) || _inFlight.Count > 0; round++)
        {
            Assert.True(round < 10_000, $"stuck: {string.Join(' ', _ends.Where(e => e.Value == 0).Select(e => _core.Explain(e.Key)))} {_core.Counters}");
            if (!_engines.Values.Any(e => !e.Doomed))
                Join(detail: 1 + 3 * 3 + 9 * 4);
            foreach (var engine in _engines.Values.ToArray())
            {
                if (engine.Doomed)
                    Kill(engine, 0);
                else if (engine.Running > 0)
                    FinishOne(engine, detail: 0);
            }
            DeliverAll(oneByOne: false);
            _now = Math.Max(_now + SchedulerTime.Millisecond, _core.NextDeadline ?? 0);
            _core.Handle(new Tick(), _now, _output);
            Obey();
        }
        Assert.All(_core.Engines(), e => Assert.True(e.Outstanding == 0 && e.Resources.All(r => r.Amount == r.Free), $"{e}"));
    }

    void Submit(int count, TaskSpec spec, int detail)
    {
        var batch = new TaskSubmitted[count];
        for (var i = 0; i < count; i++)
            batch[i] = new TaskSubmitted(NewTask(spec), spec, Client: detail % 3);
        _core.Handle(batch, _now, _output);
        Obey();
    }

    void SubmitDependent(int detail)
    {
        var spec = Specs[detail % Specs.Length];
        var id = NewTask(spec);
        // Earlier ones mostly; sometimes itself, sometimes one that never was.
        long Other(int n) => detail % 29 == 0 ? id : detail % 31 == 0 ? id + 1000 : Math.Max(0, id - 1 - (detail + n * 13) % 12);
        var ids = Enumerable.Range(0, 1 + detail % 3).Select(Other).ToArray();
        var (success, failure) = (detail % 4 != 1, detail % 4 != 0);
        var kind = detail % 5 == 0 ? DependencyKind.Follow : DependencyKind.After;
        var group = new DependencyGroup(ids, kind, all: detail / 4 % 2 == 0, success, failure);
        var dependencies = detail % 6 == 0 ? new Dependencies(group, new DependencyGroup([Other(5)], onFailure: true)) : new Dependencies(group);
        _core.Handle(new TaskSubmitted(id, spec, dependencies, detail % 3), _now, _output);
        Obey();
    }

    long NewTask(TaskSpec spec)
    {
        _ends.Add(_tasks, 0);
        Expect(_tasks, spec);
        return _tasks++;
    }

    void Join(int detail)
    {
        var engine = NewEngine(detail);
        _core.Handle(Joined(engine, detail), _now, _output);
        Obey();
    }

    EngineModel NewEngine(int detail)
    {
        // Often one that was there before comes back with its id.
        var id = _formerIds.Count > 0 && detail % 3 > 0 ? _formerIds.Min : _engineIds++;
        _formerIds.Remove(id);
        var engine = new EngineModel(id, 1 + detail % 3);
        _engines.Add(id, engine);
        return engine;
    }

    static EngineJoined Joined(EngineModel engine, int detail)
    {
        string[] tags = (detail / 3 % 4) switch { 0 => [], 1 => ["a"], 2 => ["b"], _ => ["a", "b"] };
        var amount = detail / 9 % 5;
        return new EngineJoined(engine.Id, engine.Workers, tags, amount == 0 ? null : new Dictionary<string, double> { ["r"] = amount });
    }

    void FinishOne(EngineModel engine, int detail)
    {
        var at = detail % engine.Running;
        var outcome = engine.Cancelled.Contains(engine.Tasks[at].Task) && detail % 2 == 0 ? TaskOutcome.Cancelled
            : (detail / 3 % 8) switch { 1 => TaskOutcome.Failed, 2 => TaskOutcome.TimedOut, 3 => TaskOutcome.Unsuitable, _ => TaskOutcome.Succeeded };
        Send(engine.Take(at, outcome, run: detail % 27 == 0 ? 60 * SchedulerTime.Millisecond : detail));
    }

    void Kill(EngineModel engine, int detail)
    {
        _engines.Remove(engine.Id);
        _formerIds.Add(engine.Id);
        long[]? suspects = (detail / 5 % 3) switch
        {
            0 => null,
            1 => engine.Tasks.Take(engine.Running).Select(t => t.Task).ToArray(),
            _ => [detail],
        };
        var reason = detail % 7 == 0 ? EngineLossReason.Stopped : EngineLossReason.Died;
        NobodyHoldsAt(engine.Id);
        _core.Handle(new EngineLost(engine.Id, reason, suspects), _now, _output);
        Obey();
    }

    void Suspend(EngineModel engine, int detail)
    {
        engine.Suspended = true;
        if (detail % 3 == 0 && engine.Tasks.Count > engine.Workers)
            engine.NeverCame.Add(engine.Take(engine.Tasks.Count - 1, TaskOutcome.Returned));
        _core.Handle(new EngineSuspended(engine.Id), _now, _output);
        Obey();
    }

    void Resume(EngineModel engine)
    {
        engine.Suspended = false;
        _core.Handle(new EngineResumed(engine.Id), _now, _output);
        Obey();
        foreach (var never in engine.NeverCame)
            Send(never);
        engine.NeverCame.Clear();
    }

    /// <summary>An engine says that it is running a task already: a new one, or one that is in flight.</summary>
    void Adopt(EngineModel engine, int detail)
    {
        var spec = Specs[detail / 3 % Specs.Length];
        var known = detail % 3 > 0 && _tasks > 0 ? detail * 3 % _tasks : -1;
        if (known >= 0 && (_ends[known] > 0 || _engines.Values.Any(e => e.Tasks.Exists(t => t.Task == known)) || _engines.Values.Any(e => e.NeverCame.Exists(t => t.TaskId == known))))
            return;
        var id = known < 0 ? NewTask(spec) : known;
        var attempt = 1 + detail % 4 + (known < 0 ? 0 : _core.Explain(id)!.Attempt);
        engine.Tasks.Insert(0, (id, attempt));
        var isHeld = _holders[id].Count > 0;
        _core.Handle(new TaskAdopted(id, spec, engine.Id, attempt, detail % 3), _now, _output);
        if (!isHeld)
        {
            Assert.Equal((TaskState.Running, engine.Id, attempt), _core.Explain(id) is { } now ? (now.State, now.EngineId, now.Attempt) : default);
            Holds(id, engine.Id, attempt);
        }
        Obey();
    }

    void DeliverAll(bool oneByOne)
    {
        if (!oneByOne)
        {
            var batch = _inFlight.ToArray();
            _inFlight.Clear();
            Deliver(batch);
        }
        while (_inFlight.TryDequeue(out var finished))
            Deliver([finished]);
    }

    void Send(TaskFinished? answer)
    {
        if (answer is not { } finished)
            return;
        _inFlight.Enqueue(finished);
        if (_old.Count < 100)
            _old.Add(finished);
    }
}
