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

    /// <summary>It wants to go: it gets nothing new, and is told to end when it has nothing left.</summary>
    public bool IsLeaving { get; set; }

    public long SuspendedAt { get; set; }

    /// <summary>When it was last heard of.</summary>
    public long Heard { get; set; } = Stopwatch.GetTimestamp();

    /// <summary>What runs, or waits, in its own lane: by task, for this engine alone.</summary>
    public Dictionary<long, ClusterTask> Direct { get; } = [];

    /// <summary>It is to go: the requests that wait until it runs nothing any more.</summary>
    public List<(ClientHandle Client, long Request)> Draining { get; } = [];

    /// <summary>The scheduler's tasks there have ended, and no others will come.</summary>
    public bool IsDrained { get; set; }

    /// <summary>What it ran for a controller before this one, until it is ready.</summary>
    public HeldTask[] Holds { get; set; } = registration.Holds;
}
