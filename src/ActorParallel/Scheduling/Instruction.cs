using System.Runtime.InteropServices;

namespace ActorParallel.Scheduling;

/// <summary>What the shell has to do, in the order given.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="TaskId">The task concerned; 0 for <see cref="InstructionKind.Drained"/>.</param>
/// <param name="EngineId">The engine concerned, or -1.</param>
/// <param name="Attempt">Numbers the assignments of a task from 1; a result counts only with the number of the assignment that holds the task.</param>
/// <param name="Run">Numbers the attempts that may have reached user code, from 1: what the task sees as its attempt.</param>
/// <param name="State">
/// For <see cref="InstructionKind.Complete"/> the final state; for <see cref="InstructionKind.Requeued"/> ready or delayed, or where its other copy is.
/// </param>
/// <param name="Reason">Why.</param>
/// <param name="Source">The place in the span of the <see cref="TaskFinished"/> that caused a Complete or Requeued, or -1.</param>
/// <param name="Culprit">The other task that is to blame, or -1: the dependency that can't be met.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Instruction(
    InstructionKind Kind, long TaskId, int EngineId, int Attempt, int Run, TaskState State, Reason Reason, int Source, long Culprit = -1)
{
    /// <summary>For an instruction that says nothing about a state.</summary>
    public const TaskState NoState = (TaskState)(-1);

    public override string ToString() =>
        $"{Kind} task {TaskId} engine {EngineId} attempt {Attempt} run {Run} {State} {Reason} ({Source}) {Culprit}";
}

internal enum InstructionKind : byte
{
    /// <summary>Send the task to the engine.</summary>
    Assign,

    /// <summary>Ask the task back if it hasn't started: the engine answers <see cref="TaskOutcome.Returned"/>, or with its result as usual.</summary>
    Recall,

    /// <summary>Cancel the task at the engine: its token if it runs, else drop it. The engine answers with its outcome.</summary>
    CancelRunning,

    /// <summary>End the engine's process: the task ignores its token. Answer with <see cref="EngineLost"/>.</summary>
    EndEngine,

    /// <summary>The draining engine holds nothing any more: it can be stopped. Answer with <see cref="EngineLost"/>.</summary>
    Drained,

    /// <summary>The attempt is over, the task isn't. For the metadata; nothing to do.</summary>
    Requeued,

    /// <summary>The task ended. Nothing follows for it but a <see cref="CancelRunning"/> of an attempt that was not the first to end.</summary>
    Complete,
}

/// <summary>Why an instruction was given.</summary>
internal enum Reason : byte
{
    None,

    /// <summary>The user's function threw.</summary>
    Exception,

    /// <summary>Its engine died while it ran, or may have run, there.</summary>
    EngineLost,

    /// <summary>Its engine went, through no doing of this task.</summary>
    Displaced,

    /// <summary>The engine gave it back, not started.</summary>
    Returned,

    /// <summary>It took longer to run than its run timeout.</summary>
    RunTimeout,

    /// <summary>It waited longer than its queue timeout.</summary>
    QueueTimeout,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>No engine is there, and none will come.</summary>
    NoEngines,

    /// <summary>It ran alone and its engine died again.</summary>
    KillsEngines,

    /// <summary>A worker elsewhere is idle.</summary>
    IdleWorker,

    /// <summary>The engine is draining.</summary>
    Draining,

    /// <summary>It takes unusually long: this is a second copy.</summary>
    Straggles,

    /// <summary>Another attempt was first.</summary>
    Beaten,

    /// <summary>None of the engines it is for is there. <see cref="SchedulerCore.WhyInfeasible"/> names what is missing, here and for the next three.</summary>
    NoSuchEngine,

    /// <summary>No engine has one of its tags.</summary>
    NoSuchTag,

    /// <summary>No engine has as much of a resource.</summary>
    NoSuchResource,

    /// <summary>Everything it asks for is there, but on different engines.</summary>
    NoSuchCombination,

    /// <summary>A task it comes after is not in flight, and how it ended is not known.</summary>
    UnknownDependency,

    /// <summary>It comes after itself.</summary>
    DependsOnItself,

    /// <summary>A task it comes after ended another way than it must have.</summary>
    DependencyEnded,

    /// <summary>The tasks it follows ran on different engines, or on none that it is for.</summary>
    FollowsSeveralEngines,

    /// <summary>The engine on which the task it follows ran is gone, or there never was one.</summary>
    FollowedEngineGone,

    /// <summary>It found that it can't run on the engine; and at its end, on none that is there.</summary>
    UnsuitableEngine,
}
