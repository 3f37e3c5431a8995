using ActorParallel.Scheduling;

namespace ActorParallel.Tests.Scheduling;

/// <summary>A scheduler in validate mode with a clock of its own; each call returns the instructions it gave.</summary>
internal sealed class Rig(SchedulerOptions? options = null, int seed = 1)
{
    readonly InstructionList _output = new();
    readonly Dictionary<long, Instruction> _held = [];

    public SchedulerCore Core { get; } = new(options ?? new SchedulerOptions { Validate = true }, new Random(seed));

    public long Now { get; set; }

    public List<Instruction> All { get; } = [];

    public static SchedulerOptions Validated(int? highWaterMark = null, TimeSpan? recallAfter = null) =>
        new() { Validate = true, HighWaterMark = highWaterMark, RecallAfter = recallAfter ?? TimeSpan.FromMilliseconds(1) };

    public Instruction[] Submit(long id, TaskSpec? spec = null)
    {
        Core.Handle(new TaskSubmitted(id, spec ?? TaskSpec.Default), Now, _output);
        return Taken();
    }

    public Instruction[] Submit(IEnumerable<long> ids, TaskSpec? spec = null)
    {
        Core.Handle(ids.Select(id => new TaskSubmitted(id, spec ?? TaskSpec.Default)).ToArray().AsSpan(), Now, _output);
        return Taken();
    }

    public Instruction[] Submit(long id, Dependencies dependencies, TaskSpec? spec = null)
    {
        Core.Handle(new TaskSubmitted(id, spec ?? TaskSpec.Default, dependencies), Now, _output);
        return Taken();
    }

    public Instruction[] SubmitFor(int client, IEnumerable<long> ids, TaskSpec? spec = null)
    {
        Core.Handle(ids.Select(id => new TaskSubmitted(id, spec ?? TaskSpec.Default, Client: client)).ToArray().AsSpan(), Now, _output);
        return Taken();
    }

    public Instruction[] Join(int engine, int workers = 1, string[]? tags = null, params (string Name, double Amount)[] resources)
    {
        Core.Handle(new EngineJoined(engine, workers, tags, resources.ToDictionary(r => r.Name, r => r.Amount)), Now, _output);
        return Taken();
    }

    public Instruction[] JoinWith(int engine, int workers, params TaskAdopted[] running)
    {
        Core.Handle(new EngineJoined(engine, workers), running, Now, _output);
        return Taken();
    }

    public Instruction[] Adopt(long id, int engine, int attempt, TaskSpec? spec = null)
    {
        Core.Handle(new TaskAdopted(id, spec ?? TaskSpec.Default, engine, attempt), Now, _output);
        return Taken();
    }

    public Instruction[] Suspend(int engine)
    {
        Core.Handle(new EngineSuspended(engine), Now, _output);
        return Taken();
    }

    public Instruction[] Resume(int engine)
    {
        Core.Handle(new EngineResumed(engine), Now, _output);
        return Taken();
    }

    public Instruction[] Release(params long[] ids)
    {
        Core.Handle(new TasksReleased(ids), Now, _output);
        return Taken();
    }

    public Instruction[] Drain(int engine)
    {
        Core.Handle(new EngineDraining(engine), Now, _output);
        return Taken();
    }

    public Instruction[] Lose(int engine, params long[]? suspects)
    {
        Core.Handle(new EngineLost(engine, EngineLossReason.Died, suspects), Now, _output);
        return Taken();
    }

    public Instruction[] Stop(int engine)
    {
        Core.Handle(new EngineLost(engine, EngineLossReason.Stopped), Now, _output);
        return Taken();
    }

    public Instruction[] Exhaust()
    {
        Core.Handle(new EnginesExhausted("the command isn't there"), Now, _output);
        return Taken();
    }

    public Instruction[] Cancel(long task)
    {
        Core.Handle(new CancelRequested(task), Now, _output);
        return Taken();
    }

    public Instruction[] Tick(long after = 0)
    {
        Now += after;
        Core.Handle(new Tick(), Now, _output);
        return Taken();
    }

    /// <summary>The attempt that holds the task ends.</summary>
    public Instruction[] Finish(long task, TaskOutcome outcome = TaskOutcome.Succeeded, long run = 0) =>
        Finish(_held[task].EngineId, task, _held[task].Attempt, outcome, run);

    public Instruction[] Finish(int engine, long task, int attempt, TaskOutcome outcome = TaskOutcome.Succeeded, long run = 0)
    {
        Core.Handle(new TaskFinished(engine, task, attempt, outcome, run), Now, _output);
        return Taken();
    }

    public Instruction[] Start(long task)
    {
        Core.Handle(new TaskStarted(_held[task].EngineId, task, _held[task].Attempt), Now, _output);
        return Taken();
    }

    public Instruction[] Overrun(long task)
    {
        Core.Handle(new TaskOverran(_held[task].EngineId, task, _held[task].Attempt), Now, _output);
        return Taken();
    }

    public Instruction[] Overrun(int engine, long task, int attempt)
    {
        Core.Handle(new TaskOverran(engine, task, attempt), Now, _output);
        return Taken();
    }

    /// <summary>The engine the task was last assigned to.</summary>
    public int EngineOf(long task) => _held[task].EngineId;

    public int AttemptOf(long task) => _held[task].Attempt;

    public TaskState StateOf(long task) => Core.Explain(task)?.State ?? Instruction.NoState;

    Instruction[] Taken()
    {
        var taken = _output.AsSpan().ToArray();
        _output.Clear();
        All.AddRange(taken);
        foreach (var instruction in taken)
        {
            if (instruction.Kind == InstructionKind.Assign)
                _held[instruction.TaskId] = instruction;
        }
        return taken;
    }
}

internal static class Instructions
{
    public static Instruction One(this Instruction[] given, InstructionKind kind) => Assert.Single(given, i => i.Kind == kind);

    public static long[] Tasks(this Instruction[] given, InstructionKind kind) =>
        given.Where(i => i.Kind == kind).Select(i => i.TaskId).ToArray();

    public static void Ends(this Instruction[] given, long task, TaskState state, Reason reason = Reason.None)
    {
        var end = Assert.Single(given, i => i.Kind == InstructionKind.Complete && i.TaskId == task);
        Assert.Equal((state, reason), (end.State, end.Reason));
    }

    public static void Ends(this Instruction[] given, long task, Reason reason, long culprit)
    {
        given.Ends(task, TaskState.Unschedulable, reason);
        Assert.Equal(culprit, given.Single(i => i.Kind == InstructionKind.Complete && i.TaskId == task).Culprit);
    }

    public static void Goes(this Instruction[] given, long task, int engine) =>
        Assert.Equal(engine, Assert.Single(given, i => i.Kind == InstructionKind.Assign && i.TaskId == task).EngineId);
}
