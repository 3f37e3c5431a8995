using ActorParallel.Scheduling;

namespace ActorParallel.TestKit;

/// <summary>What the controller and an engine say to each other.</summary>
internal readonly record struct SimulatedMessage(MessageKind Kind, int Life, long Task, int Attempt, TaskOutcome Outcome = default, long RunTicks = 0);

internal enum MessageKind : byte
{
    Assign,
    Recall,
    Cancel,
    Finished,
    Drained,
}
