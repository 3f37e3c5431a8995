using System.Diagnostics;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Controllers;

/// <summary>A client as its controller has it. Touched by the controller actor alone.</summary>
internal sealed class ClientHandle(ConnectClient connected, bool isLocal)
{
    public int Number => connected.Number;

    /// <summary>The prefix of its tasks' ids.</summary>
    public string Name { get; } = TaskIds.ClientName(connected.Number);

    public long Nonce => connected.Nonce;

    public bool IsNanny => connected.IsNanny;

    /// <summary>It is on the controller's machine, and shares the cluster's folder.</summary>
    public bool IsLocal => isLocal;

    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    public Link Link { get; } = new();

    public Dictionary<int, ClusterFunction> Functions { get; } = [];

    public Dictionary<int, ClusterOptions> Options { get; } = [];

    /// <summary>What engines asked it for and it has not answered: the engine's generation, and its question's number.</summary>
    public HashSet<(int Engine, long Question)> CodeAsked { get; } = [];

    /// <summary>When it was last heard of.</summary>
    public long Heard { get; set; } = Stopwatch.GetTimestamp();

    /// <summary>Ended tasks whose end it may not know yet, with the batch that tells it.</summary>
    public Queue<(long Batch, long TaskId)> Untold { get; } = new();

    /// <summary>Tasks that ended, since it came.</summary>
    public long Ended { get; set; }

    public override string ToString() => $"client {TaskIds.ClientName(Number)} (process {connected.ProcessId} on {connected.Host})";
}
