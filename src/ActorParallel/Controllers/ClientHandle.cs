using System.Diagnostics;
using ActorParallel.Telemetry;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Controllers;

/// <summary>A client as its controller has it. Touched by the controller actor alone.</summary>
internal sealed class ClientHandle(ConnectClient connected, bool isLocal, long session, bool isBack)
{
    /// <summary>What it knows its connection by. Another than before tells it that nothing is known of what it sent.</summary>
    public long Session => session;

    /// <summary>It was given up and came back: what it submits again may have ended meanwhile.</summary>
    public bool IsBack => isBack;

    public int ProcessId => connected.ProcessId;

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

    /// <exception cref="InvalidDataException">It defined none with this number.</exception>
    public ClusterFunction Function(int number) =>
        Functions.GetValueOrDefault(number) ?? throw new InvalidDataException($"It submitted a task of function {number}, which it did not define.");

    /// <exception cref="InvalidDataException">It told none with this number.</exception>
    public ClusterOptions OptionsOf(int number) =>
        Options.GetValueOrDefault(number) ?? throw new InvalidDataException($"It submitted a task with options {number}, which it did not tell.");

    /// <summary>The number of its own task in this controller: never another client's.</summary>
    /// <exception cref="InvalidDataException">The count can't be one.</exception>
    public long TaskId(long sequence) => sequence is > 0 and < 1L << TaskIds.SequenceBits
        ? TaskIds.Of(Number, sequence)
        : throw new InvalidDataException($"It counts its tasks by {sequence}.");
    /// <summary>What engines asked it for and it has not answered: the engine's generation, and its question's number.</summary>
    public HashSet<(int Engine, long Question)> CodeAsked { get; } = [];

    /// <summary>It is gone, and engines have been told.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>The trace of the task that comes next.</summary>
    public TraceParent? Trace { get; set; }

    public TraceParent? TakeTrace()
    {
        var trace = Trace;
        Trace = null;
        return trace;
    }

    /// <summary>When it was last heard of.</summary>
    public long Heard { get; set; } = Stopwatch.GetTimestamp();

    /// <summary>Ended tasks whose end it may not know yet, with the batch that tells it.</summary>
    public Queue<(long Batch, long TaskId)> Untold { get; } = new();

    /// <summary>Tasks that ended, since it came.</summary>
    public long Ended { get; set; }

    public override string ToString() => $"client {TaskIds.ClientName(Number)} (process {connected.ProcessId} on {connected.Host})";
}
