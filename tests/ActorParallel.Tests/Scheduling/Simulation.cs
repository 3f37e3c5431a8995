using ActorParallel.Scheduling;

namespace ActorParallel.Tests.Scheduling;

/// <summary>Engines of one worker in virtual time around a scheduler: 1 to 20 ms a task, one in a thousand 300 ms.</summary>
internal sealed class Simulation
{
    readonly SchedulerCore _core;
    readonly Random _random;
    readonly InstructionList _output = new();
    readonly EngineModel[] _engines;
    readonly bool[] _busy;
    readonly long[] _runs;
    readonly PriorityQueue<int, (long At, int Engine)> _finishes = new();

    public Simulation(SchedulerCore core, int engines, int seed)
    {
        _core = core;
        _random = new Random(seed);
        _engines = new EngineModel[engines];
        _busy = new bool[engines];
        _runs = new long[engines];
        for (var i = 0; i < engines; i++)
        {
            _engines[i] = new EngineModel(i, workers: 1);
            _core.Handle(new EngineJoined(i, 1), 0, _output);
        }
    }

    public long Now { get; private set; }

    public void Submit(int tasks, TaskSpec spec)
    {
        _core.Handle(Enumerable.Range(0, tasks).Select(i => new TaskSubmitted(i, spec)).ToArray().AsSpan(), Now, _output);
        Obey();
    }

    public void Run()
    {
        while (_core.InFlight > 0)
        {
            var tick = _core.NextDeadline ?? long.MaxValue;
            if (!_finishes.TryPeek(out _, out var next) || tick < next.At)
            {
                Now = Math.Max(Now, tick);
                _core.Handle(new Tick(), Now, _output);
            }
            else
            {
                var engine = _engines[_finishes.Dequeue()];
                Now = next.At;
                _busy[engine.Id] = false;
                _core.Handle(engine.Take(0, TaskOutcome.Succeeded, _runs[engine.Id]), Now, _output);
                StartNext(engine);
            }
            Obey();
        }
    }

    void StartNext(EngineModel engine)
    {
        if (_busy[engine.Id] || engine.Tasks.Count == 0)
            return;
        var run = _random.Next(1000) == 0 ? 300 * SchedulerTime.Millisecond : _random.Next(1, 20) * SchedulerTime.Millisecond;
        _busy[engine.Id] = true;
        _runs[engine.Id] = run;
        _finishes.Enqueue(engine.Id, (Now + run, engine.Id));
    }

    void Obey()
    {
        while (_output.Count > 0)
        {
            var instructions = _output.AsSpan().ToArray();
            _output.Clear();
            foreach (var instruction in instructions)
            {
                if (instruction.Kind == InstructionKind.Assign)
                {
                    _engines[instruction.EngineId].Tasks.Add((instruction.TaskId, instruction.Attempt));
                    StartNext(_engines[instruction.EngineId]);
                }
                else if (instruction.Kind == InstructionKind.Recall && _engines[instruction.EngineId].Recall(instruction.TaskId, instruction.Attempt) is { } returned)
                {
                    _core.Handle(returned, Now, _output);
                }
            }
        }
    }
}
