using System.Diagnostics;

namespace ActorParallel.Controllers;

/// <summary>An engine of a cluster.</summary>
internal sealed class ClusterEngine(int id, RegisterEngine registration) : EngineHandle(id, registration.Generation)
{
    public EngineFacts Facts => registration.Facts;

    public int Workers => registration.Workers;

    /// <summary>It is on the controller's machine, and shares the cluster's folder.</summary>
    public bool IsLocal { get; init; }

    /// <summary>It has answered: tasks may go to it.</summary>
    public bool IsReady { get; set; }

    /// <summary>The connection is cut, and may come back.</summary>
    public bool IsSuspended { get; set; }

    /// <summary>It wants to go, and the scheduler has nothing left there.</summary>
    public bool IsDrained { get; set; }

    public long SuspendedAt { get; set; }

    /// <summary>When it was last heard of.</summary>
    public long Heard { get; set; } = Stopwatch.GetTimestamp();

    /// <summary>What runs, or waits, in its own lane: by task, for this engine alone.</summary>
    public Dictionary<long, ClusterTask> Direct { get; } = [];

    /// <summary>What it ran for a controller before this one, until it is ready.</summary>
    public HeldTask[] Holds { get; set; } = registration.Holds;
}
