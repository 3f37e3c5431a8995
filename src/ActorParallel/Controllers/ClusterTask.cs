using ActorParallel.Engines;
using ActorParallel.Scheduling;
using ActorParallel.Telemetry;

namespace ActorParallel.Controllers;

/// <summary>A task of a cluster: what its client sent of it, and where it has been.</summary>
internal sealed class ClusterTask(long taskId, ClusterFunction function, ClusterOptions options, PayloadPlace payload, long submittedUtc, string? label, TraceParent? trace = null) : LedgerEntry
{
    public long TaskId => taskId;

    public ClusterFunction Function => function;

    public ClusterOptions Options => options;

    public override int FunctionId => function.Id;

    public override ReadOnlySpan<byte> Definition => function.Bytes.Span;

    public override int Client => TaskIds.Client(taskId);

    public override Guid Program => function.Program;

    public override PayloadPlace Payload => _payload;

    PayloadPlace _payload = payload;

    /// <summary>Its arguments are somewhere else now.</summary>
    public void MovePayload(PayloadPlace place) => _payload = place;

    public override long TimeoutTicks => options.Timeout?.Ticks ?? 0;

    public override TraceParent? Trace => trace;

    /// <summary>Names it for people.</summary>
    public string? Label => label;

    /// <summary>In UTC ticks.</summary>
    public long SubmittedUtc => submittedUtc;

    public int EngineId { get; set; } = -1;

    public int Runs { get; set; }

    public int Losses { get; set; }

    /// <summary>The engine of a task for one engine alone; -1 where the scheduler chooses.</summary>
    public int DirectTo { get; init; } = -1;

    /// <summary>Somebody cancelled a task for one engine alone: its end is that, and not its timeout.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>What attempts before the last one took, in ticks of 100 ns.</summary>
    public long EarlierTicks { get; set; }

    /// <summary>Others that asked for its result: their request, and whose.</summary>
    public List<(ClientHandle Client, long Request)>? Watchers { get; set; }
}

/// <summary>A function as its client defined it, with a number of the controller's.</summary>
internal sealed class ClusterFunction(int id, string name, Guid program, ReadOnlyMemory<byte> bytes)
{
    readonly Dictionary<ClusterOptions, TaskSpec> _specs = new(ReferenceEqualityComparer.Instance);

    public int Id => id;

    /// <summary>For people.</summary>
    public string Name => name;

    /// <summary>The client's program that it belongs to: engines read it in that.</summary>
    public Guid Program => program;

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>One for all tasks of this function with these options: the scheduler measures run times by it.</summary>
    public TaskSpec Spec(ClusterOptions options, ControllerSettings settings)
    {
        if (!_specs.TryGetValue(options, out var spec)) _specs[options] = spec = options.ToSpec(settings);
        return spec;
    }
}
