using ActorParallel.Scheduling;
using BenchmarkDotNet.Attributes;

namespace ActorParallel.Benchmarks.Micro;

/// <summary>The scheduler's part of a task: submitted, assigned, finished.</summary>
public class SchedulerBenchmarks
{
    const int Batch = 500;

    readonly TaskSubmitted[] _submitted = new TaskSubmitted[Batch];
    readonly TaskFinished[] _finished = new TaskFinished[Batch];
    SchedulerCore _core = new();
    InstructionList _output = new();
    InstructionList _next = new();
    long _id, _now;

    [Params(4, 1_000)]
    public int Engines { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _core = new SchedulerCore();
        for (var engine = 0; engine < Engines; engine++) _core.Handle(new EngineJoined(engine, 1), 0, _output);
        _output.Clear();
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public int SubmitAssignFinish()
    {
        for (var i = 0; i < Batch; i++) _submitted[i] = new TaskSubmitted(_id++, TaskSpec.Default);
        _core.Handle(_submitted.AsSpan(), _now++, _output);
        while (_core.InFlight > 0)
        {
            var count = 0;
            for (var i = 0; i < _output.Count; i++)
            {
                if (_output[i] is { Kind: InstructionKind.Assign } assign)
                    _finished[count++] = new TaskFinished(assign.EngineId, assign.TaskId, assign.Attempt, TaskOutcome.Succeeded, 50);
            }
            (_output, _next) = (_next, _output);
            _output.Clear();
            _core.Handle(_finished.AsSpan(0, count), _now++, _output);
        }
        _output.Clear();
        return _core.InFlight;
    }
}
