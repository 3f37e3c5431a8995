using ActorParallel.Scheduling;

namespace ActorParallel.Tests.Scheduling;

/// <summary>Carries instructions out, and holds them against what the world knows: which attempt holds a task, and what an engine was told.</summary>
internal sealed partial class World
{
    readonly Dictionary<long, HashSet<(int Engine, int Attempt)>> _holders = [];
    readonly HashSet<(long Task, int Attempt)> _told = [];
    readonly HashSet<(long Task, int Attempt)> _neverRan = [];
    readonly HashSet<(long Task, int Engine)> _unsuitable = [];
    readonly Dictionary<long, long> _deadlines = [];
    readonly List<(int Engine, long Task, int Attempt)> _beaten = [];

    void Expect(long task, TaskSpec spec)
    {
        _holders.Add(task, []);
        if (spec.QueueTimeout is { } limit)
            _deadlines.Add(task, _now + limit.Ticks);
    }

    void Holds(long task, int engine, int attempt) => _holders[task].Add((engine, attempt));

    void NobodyHoldsAt(int engine)
    {
        foreach (var holders in _holders.Values)
            holders.RemoveWhere(h => h.Engine == engine);
    }

    /// <summary>Results count if, and only if, they come from an attempt that holds its task.</summary>
    void Deliver(TaskFinished[] batch)
    {
        _core.Handle(batch, _now, _output);
        var given = _output.AsSpan().ToArray();
        var counted = given.Where(i => i.Source >= 0 && i.Kind is InstructionKind.Complete or InstructionKind.Requeued).ToLookup(i => i.Source);
        for (var i = 0; i < batch.Length; i++)
        {
            var (task, holder) = (batch[i].TaskId, (batch[i].EngineId, batch[i].Attempt));
            // One of the same batch may have ended the task, or called this attempt off.
            var holds = _holders[task].Contains(holder) && _ends[task] == 0 && !given.Any(g => g.TaskId == task && g.Kind == InstructionKind.Complete && g.Source < i && g.Source >= 0);
            if (holds)
                Assert.True(given.Any(g => g.TaskId == task && g.Kind is InstructionKind.Complete or InstructionKind.Requeued), $"a result did not count: {batch[i]}; {_core.Explain(task)}\n{string.Join('\n', Given.Where(g => g.TaskId == task))}");
            foreach (var instruction in counted[i].Where(c => c.Kind != InstructionKind.CancelRunning && c.Source == i))
            {
                Assert.Equal(task, instruction.TaskId);
                Assert.True(holds, $"a result counted that must not: {batch[i]} gave {instruction}");
                Assert.Equal(holder, (instruction.EngineId, instruction.Attempt));
            }
            if (holds)
                _holders[task].Remove(holder);
        }
        Obey();
    }

    void Obey()
    {
        var instructions = _output.AsSpan().ToArray();
        _output.Clear();
        foreach (var instruction in instructions)
        {
            Given.Add(instruction);
            Carry(instruction, instruction.EngineId < 0 ? null : _engines.GetValueOrDefault(instruction.EngineId));
        }
        EveryoneWasTold();
    }

    void Carry(in Instruction instruction, EngineModel? engine)
    {
        var (task, attempt) = (instruction.TaskId, instruction.Attempt);
        switch (instruction.Kind)
        {
            case InstructionKind.Assign:
                Assert.NotNull(engine);
                Assert.False(engine.Suspended, $"cut off: {instruction}");
                Assert.Equal(0, _ends[task]);
                Assert.DoesNotContain((task, engine.Id), _unsuitable);
                engine.Tasks.Add((task, attempt));
                Assert.True(_holders[task].Add((engine.Id, attempt)));
                Assert.InRange(_holders[task].Count, 1, 2);
                if (instruction.Run == 1)
                    _neverRan.Add((task, attempt));
                break;
            case InstructionKind.Recall:
                Assert.False(engine!.Suspended, $"cut off: {instruction}");
                _told.Add((task, attempt));
                Send(engine.Recall(task, attempt));
                break;
            case InstructionKind.CancelRunning:
                Assert.False(engine!.Suspended, $"cut off: {instruction}");
                _told.Add((task, attempt));
                Send(engine.Cancel(task, attempt));
                break;
            case InstructionKind.EndEngine or InstructionKind.Drained:
                Assert.NotNull(engine);
                engine.Doomed = true;
                break;
            case InstructionKind.Requeued:
                if (instruction.Reason == Reason.UnsuitableEngine)
                    _unsuitable.Add((task, instruction.EngineId));
                _holders[task].Remove((instruction.EngineId, attempt));
                break;
            case InstructionKind.Complete:
                _ends[task]++;
                _holders[task].Remove((instruction.EngineId, attempt));
                _beaten.AddRange(_holders[task].Select(h => (h.Engine, task, h.Attempt)));
                _holders[task].Clear();
                break;
        }
    }

    /// <summary>Attempts whose task ended without them were called off; so was what waits at an engine beyond its queue timeout, never having run.</summary>
    void EveryoneWasTold()
    {
        _beaten.RemoveAll(b => !_engines.TryGetValue(b.Engine, out var engine) || engine.Doomed || !engine.Tasks.Contains((b.Task, b.Attempt)) || _told.Contains((b.Task, b.Attempt)));
        Assert.All(_beaten, b => Assert.True(_engines[b.Engine].Suspended, $"its task ended and nobody called it off: {b}"));
        foreach (var engine in _engines.Values)
        {
            if (engine.Doomed || engine.Suspended)
                continue;
            foreach (var (task, attempt) in engine.Tasks.Skip(engine.Workers))
            {
                var late = _deadlines.TryGetValue(task, out var deadline) && deadline <= _now && _neverRan.Contains((task, attempt)) && _holders[task].Contains((engine.Id, attempt));
                if (late && _core.Explain(task) is { State: TaskState.Assigned } held && held.Attempt == attempt)
                    Assert.True(_told.Contains((task, attempt)), $"its queue timeout is over and nobody asked it back: {held}");
            }
        }
    }
}
