using ActorParallel.Controllers;
using ActorParallel.Payloads;
using ActorParallel.Scheduling;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Engines;

/// <summary>
/// The engine: hosts a router pool of workers in a process of its own, gets tasks from its controller and sends outcomes back.
/// Users' code runs on the workers' threads, never in this actor's turn: cancelling and everything else is handled while it runs.
/// </summary>
internal sealed class EngineActor : UntypedActor, IWithTimers
{
    static readonly TimeSpan s_registerAgain = TimeSpan.FromMilliseconds(500);

    readonly EngineRuntime _runtime;
    readonly SegmentStore _store;
    readonly ActorSelection _controllerPath;
    readonly Registration _registration;
    readonly Dictionary<int, EngineFunction> _functions = [];
    readonly Dictionary<int, Exception> _unreadable = [];

    /// <summary>What the engine says of itself until it is welcomed.</summary>
    internal sealed record Registration(string ControllerPath, ControllerActor.RegisterEngine Message);

    public EngineActor(EngineRuntime runtime, SegmentStore store, Registration registration)
    {
        _runtime = runtime;
        _store = store;
        _registration = registration;
        _controllerPath = Context.ActorSelection(registration.ControllerPath);
        _runtime.Self = Self;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _runtime.Workers.Start(Context);
        Timers.StartPeriodicTimer(nameof(RegisterAgain), RegisterAgain.Instance, TimeSpan.Zero, s_registerAgain);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Assign assign:
                Take(assign.Batch);
                break;
            case FlushOutbox:
                _runtime.Outbox.Flush();
                break;
            case CancelTask cancel:
                if (Find(cancel.TaskId, cancel.Attempt) is { } running)
                {
                    if (running.TryDrop()) Drop(running, TaskOutcome.Cancelled);
                    else _runtime.Stop(running);
                }
                break;
            case RecallTask recall:
                if (Find(recall.TaskId, recall.Attempt) is { } waiting && waiting.TryDrop()) Drop(waiting, TaskOutcome.Returned);
                break;
            case ReleaseSegments release:
                foreach (var id in release.Ids) _store.Return(id);
                break;
            case Welcome:
                Timers.Cancel(nameof(RegisterAgain));
                _runtime.Controller = Sender;
                break;
            case RegisterAgain:
                _controllerPath.Tell(_registration.Message, Self);
                break;
            case StopEngine:
                // In order, so that handlers of the process's exit run; the parent watches over the time it takes.
                ThreadPool.UnsafeQueueUserWorkItem(static _ => Environment.Exit(0), null);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    RemoteTask? Find(long taskId, int attempt) =>
        _runtime.Tasks.TryGetValue(taskId, out var task) && task.Attempt == attempt ? task : null;

    void Drop(RemoteTask task, TaskOutcome outcome)
    {
        _runtime.Ended(task);
        using var writer = PayloadWriter.Rent();
        if (outcome == TaskOutcome.Cancelled) writer.Write<Exception>(new OperationCanceledException("The task was cancelled before it began."));
        _runtime.Outbox.Add(task, outcome, 0, 0, writer);
    }

    void Take(byte[] batch)
    {
        var reader = new PayloadReader(batch);
        while (reader.Remaining > 0)
        {
            if (reader.ReadByte() == TaskWire.Define)
            {
                Define(reader.ReadInt32(), reader.ReadBytes());
                continue;
            }
            var taskId = reader.ReadInt64();
            var attempt = reader.ReadInt32();
            var run = reader.ReadInt32();
            var functionId = reader.ReadInt32();
            var timeout = reader.ReadInt64();
            var place = TaskWire.ReadPlace(ref reader, batch);
            var function = _functions.GetValueOrDefault(functionId);
            var task = new RemoteTask(_runtime, taskId, attempt, run, function, function is null ? _unreadable[functionId] : null, timeout, place);
            _runtime.Tasks[taskId] = task;
            _runtime.Workers.Enqueue(task);
        }
    }

    void Define(int id, ReadOnlySpan<byte> definition)
    {
        try
        {
            _functions[id] = EngineFunction.Read(definition);
        }
#pragma warning disable CA1031 // The tasks that call it fail with this, and say why.
        catch (Exception e)
        {
            _unreadable[id] = e;
        }
#pragma warning restore CA1031
    }

    /// <summary>Tasks to run, and functions they call that this engine has not been told of; see <see cref="TaskWire"/>.</summary>
    internal sealed record Assign(byte[] Batch) : IWireMessage;

    /// <summary>Stop this attempt: drop it, or cancel its token.</summary>
    internal sealed record CancelTask(long TaskId, int Attempt) : IWireMessage;

    /// <summary>Give this attempt back if it has not begun.</summary>
    internal sealed record RecallTask(long TaskId, int Attempt) : IWireMessage;

    /// <summary>Large values have been read: their segments are free.</summary>
    internal sealed record ReleaseSegments(int[] Ids) : IWireMessage;

    /// <summary>The controller has the engine; tasks may come.</summary>
    internal sealed record Welcome : IWireMessage
    {
        public static readonly Welcome Instance = new();
    }

    /// <summary>Nothing will come any more: end the process.</summary>
    internal sealed record StopEngine : IWireMessage
    {
        public static readonly StopEngine Instance = new();
    }

    /// <summary>Outcomes wait to be sent.</summary>
    internal sealed record FlushOutbox
    {
        public static readonly FlushOutbox Instance = new();
    }

    sealed record RegisterAgain
    {
        public static readonly RegisterAgain Instance = new();
    }
}
