using System.Runtime.InteropServices;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Event;

namespace ActorParallel.Controllers;

/// <summary>
/// The controller: knows the engines, decides by its <see cref="SchedulerCore"/> which runs what, and keeps the ledger of the tasks in flight.
/// It moves payloads and never opens them. Here it carries out the scheduler's instructions and hears the engines; where engines and tasks come from,
/// and where outcomes go, is its pool's or its cluster's.
/// </summary>
internal abstract class ControllerActor<TTask, TEngine> : UntypedActor, IWithTimers
    where TTask : LedgerEntry
    where TEngine : EngineHandle
{
    readonly List<TEngine> _touched = [];
    readonly List<Outcome> _outcomes = [];
    readonly List<TaskFinished> _finished = [];
    readonly Dictionary<IActorRef, TEngine> _byActor = [];
    long? _tickAt;

    protected ControllerActor(SchedulerOptions options) => Core = new SchedulerCore(options, new Random(Environment.ProcessId));

    public ITimerScheduler Timers { get; set; } = null!;

    protected ILoggingAdapter Log { get; } = Context.GetLogger();

    protected SchedulerCore Core { get; }

    protected InstructionList Instructions { get; } = new();

    protected Dictionary<long, TTask> Ledger { get; } = [];

    protected Dictionary<int, TEngine> Engines { get; } = [];

    protected static long Now => SchedulerTime.FromStopwatch(Clock.Now);

    /// <summary>How long a cancelled task may go on.</summary>
    protected abstract TimeSpan CancelGracePeriod { get; }

    /// <summary>Engines that have an actor to talk to.</summary>
    protected int RegisteredEngines => _byActor.Count;

    protected TEngine? FindEngine(IActorRef actor) => _byActor.GetValueOrDefault(actor);

    protected void Bind(TEngine engine, IActorRef actor)
    {
        engine.Actor = actor;
        _byActor[actor] = engine;
    }

    /// <summary>The engine has no actor any more, or another one.</summary>
    protected void Unbind(TEngine engine, bool keepLink = false)
    {
        _byActor.Remove(engine.Actor);
        if (!keepLink) engine.Link.Dispose();
    }

    protected override void PreStart() =>
        Timers.StartPeriodicTimer(nameof(BeatDue), BeatDue.Instance, EngineLife.BeatEvery);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LinkBatch batch when FindEngine(Sender) is { } engine:
                Heard(engine);
                if (engine.Link.Take(batch)) Take(engine, batch.Bytes);
                break;
            case LinkPart part when FindEngine(Sender) is { } engine:
                Heard(engine);
                if (engine.Link.Join(part) is { } whole && engine.Link.Take(whole)) Take(engine, whole.Bytes);
                break;
            case LinkBeat beat when FindEngine(Sender) is { } engine:
                engine.Link.Heard(beat);
                Heard(engine);
                break;
            case LinkGap gap when FindEngine(Sender) is { } engine:
                engine.Link.Resend(gap);
                break;
            case StopOverdue overdue:
                Overran(overdue.EngineId, overdue.TaskId, overdue.Attempt);
                break;
            case TickDue:
                _tickAt = null;
                Core.Handle(new Tick(), Now, Instructions);
                Obey();
                break;
            case BeatDue:
                foreach (var engine in _byActor.Values) engine.Link.Beat();
                OnBeat();
                break;
            default:
                if (!OnMessage(message)) Unhandled(message);
                break;
        }
    }

    /// <summary>What is not about engines' tasks. False: unknown.</summary>
    protected abstract bool OnMessage(object message);

    /// <summary>The engine lives.</summary>
    protected virtual void Heard(TEngine engine)
    {
    }

    /// <summary>Once a second.</summary>
    protected virtual void OnBeat()
    {
    }

    void Take(TEngine engine, byte[] batch)
    {
        _outcomes.Clear();
        _finished.Clear();
        var reader = new PayloadReader(batch);
        reader.ReadRaw(Link.HeaderBytes);
        while (reader.Remaining > 0)
        {
            var kind = (ControllerEntry)reader.ReadByte();
            if (kind == ControllerEntry.Finished)
            {
                ReadOutcome(engine, ref reader, batch);
                continue;
            }
            HandleOutcomes(engine);
            switch (kind)
            {
                case ControllerEntry.Overran:
                    Overran(engine.Id, reader.ReadInt64(), reader.ReadInt32());
                    break;
                case ControllerEntry.Started:
                    Started(engine, reader.ReadInt64(), reader.ReadInt32());
                    break;
                case ControllerEntry.Progressed:
                    var taskId = reader.ReadInt64();
                    var fraction = reader.ReadFixed<double>();
                    Progressed(taskId, fraction);
                    break;
                default:
                    if (OnEntry(engine, kind, ref reader, batch)) break;
                    throw new InvalidDataException($"Engine {engine.Id} sent an entry of kind {(byte)kind}, which this controller does not know: run both on the same version.");
            }
        }
        HandleOutcomes(engine);
    }

    void Started(TEngine engine, long taskId, int attempt)
    {
        Core.Handle(new TaskStarted(engine.Id, taskId, attempt), Now, Instructions);
        Obey();
        if (Ledger.TryGetValue(taskId, out var task)) Started(task, engine);
        Began(taskId);
    }

    /// <summary>A task was not given back when it was asked for, or has been running for a while.</summary>
    protected virtual void Began(long taskId) { }

    /// <summary>The task has been running for a while.</summary>
    protected abstract void Started(TTask task, TEngine engine);

    /// <summary>An entry that only some controllers know. False: unknown.</summary>
    protected virtual bool OnEntry(TEngine engine, ControllerEntry kind, ref PayloadReader reader, byte[] batch) => false;

    void ReadOutcome(TEngine engine, ref PayloadReader reader, byte[] batch)
    {
        var taskId = reader.ReadInt64();
        var attempt = reader.ReadInt32();
        var kind = (TaskOutcome)reader.ReadByte();
        var started = reader.ReadInt64();
        var ticks = reader.ReadInt64();
        var outcome = new Outcome(kind, started, ticks, reader.ReadInt32(), reader.ReadString() ?? "", TaskWire.ReadPlace(ref reader, batch));
        if (kind is TaskOutcome.Failed or TaskOutcome.Unsuitable) (outcome.ErrorType, outcome.ErrorMessage) = (reader.ReadString(), reader.ReadString());
        if (kind != TaskOutcome.Returned) engine.Finished++;
        if (FinishedElsewhere(engine, taskId, attempt, outcome)) return;
        _outcomes.Add(outcome);
        _finished.Add(new TaskFinished(engine.Id, taskId, attempt, kind, Math.Max(0, ticks)));
    }

    /// <summary>Handles an outcome that was put aside.</summary>
    protected void Replay(TEngine engine, long taskId, int attempt, in Outcome outcome)
    {
        _outcomes.Add(outcome);
        _finished.Add(new TaskFinished(engine.Id, taskId, attempt, outcome.Kind, Math.Max(0, outcome.RunTicks)));
        HandleOutcomes(engine);
    }

    /// <summary>An outcome that the scheduler knows nothing of: true when it was handled.</summary>
    protected virtual bool FinishedElsewhere(TEngine engine, long taskId, int attempt, in Outcome outcome) => false;

    void HandleOutcomes(TEngine engine)
    {
        if (_finished.Count == 0) return;
        Core.Handle(CollectionsMarshal.AsSpan(_finished), Now, Instructions);
        Obey();
        // Values nobody waits for: of stale attempts, or of attempts that are made again.
        foreach (ref readonly var outcome in CollectionsMarshal.AsSpan(_outcomes))
            if (outcome is { IsTaken: false, Place.SegmentName: not null }) Release(engine, outcome.Place.SegmentId);
        _outcomes.Clear();
        _finished.Clear();
        engine.Link.Flush();
        AfterOutcomes(engine);
    }

    protected virtual void AfterOutcomes(TEngine engine)
    {
    }

    /// <summary>A large value of this engine has been read. The caller flushes the link.</summary>
    protected static void Release(TEngine engine, int segmentId)
    {
        lock (engine.Link.Gate)
        {
            var writer = engine.Link.Writer;
            writer.WriteByte((byte)EngineEntry.Release);
            writer.WriteInt32(segmentId);
            engine.Link.Written();
        }
    }

    protected void Cancel(long taskId)
    {
        // Has it ended, or is it still on its way? Then it is marked, and never begins.
        if (!Ledger.ContainsKey(taskId)) return;
        Core.Handle(new CancelRequested(taskId), Now, Instructions);
        Obey();
    }

    /// <summary>Ends a task that has not begun.</summary>
    protected void Abort(long taskId)
    {
        Core.Handle(new AbortRequested(taskId), Now, Instructions);
        Obey();
    }

    protected virtual void Overran(int engineId, long taskId, int attempt)
    {
        Core.Handle(new TaskOverran(engineId, taskId, attempt), Now, Instructions);
        Obey();
    }

    /// <summary>Carries out what the scheduler decided, in its order.</summary>
    protected void Obey()
    {
        // Ending a task may not hand new events to the scheduler, or this loop would run inside itself.
        foreach (ref readonly var instruction in Instructions.AsSpan())
        {
            switch (instruction.Kind)
            {
                case InstructionKind.Assign:
                    Assign(instruction);
                    break;
                case InstructionKind.Recall when Engines.TryGetValue(instruction.EngineId, out var holder):
                    WriteAttempt(holder, EngineEntry.Recall, instruction.TaskId, instruction.Attempt);
                    break;
                case InstructionKind.CancelRunning when Engines.TryGetValue(instruction.EngineId, out var holder):
                    CancelAt(holder, instruction.TaskId, instruction.Attempt);
                    break;
                case InstructionKind.EndEngine when Engines.TryGetValue(instruction.EngineId, out var holder):
                    EndEngine(holder);
                    break;
                case InstructionKind.Drained when Engines.TryGetValue(instruction.EngineId, out var holder):
                    Drained(holder);
                    break;
                case InstructionKind.Requeued when Ledger.TryGetValue(instruction.TaskId, out var again):
                    if (instruction.Reason == Reason.UnsuitableEngine) (again.Unsuitable ??= new()).Add(instruction.EngineId, _outcomes[instruction.Source].ErrorMessage);
                    Requeued(again, instruction, instruction.Source < 0 ? 0 : _outcomes[instruction.Source].RunTicks);
                    break;
                case InstructionKind.Complete:
                    if (!Ledger.Remove(instruction.TaskId, out var ended)) break;
                    if (instruction.Source < 0) CompleteWithout(ended, instruction);
                    else Complete(ended, instruction, ref CollectionsMarshal.AsSpan(_outcomes)[instruction.Source]);
                    break;
            }
        }
        Instructions.Clear();
        foreach (var engine in _touched) engine.Link.Flush();
        _touched.Clear();
        ArmTick();
    }

    void Assign(in Instruction instruction)
    {
        var entry = Ledger[instruction.TaskId];
        var engine = Engines[instruction.EngineId];
        Assigned(entry, instruction);
        Touch(engine);
        WriteTask(engine, EngineEntry.Task, entry, instruction.TaskId, instruction.Attempt, instruction.Run);
    }

    /// <summary>The task's payload as that engine can read it.</summary>
    protected virtual PayloadPlace PlaceFor(TEngine engine, LedgerEntry task) => task.Payload;

    protected void WriteTask(TEngine engine, EngineEntry kind, LedgerEntry entry, long taskId, int attempt, int run)
    {
        var place = PlaceFor(engine, entry);
        lock (engine.Link.Gate)
        {
            var writer = engine.Link.Writer;
            if (engine.KnownFunctions.Add(entry.FunctionId)) TaskWire.WriteDefinition(writer, entry.FunctionId, entry.Client, entry.Program, entry.Definition);
            entry.Trace?.Write(writer, (byte)EngineEntry.Trace);
            TaskWire.WriteTask(writer, kind, taskId, attempt, run, entry.FunctionId, entry.TimeoutTicks);
            TaskWire.WritePlace(writer, place);
            engine.Link.Written();
        }
    }

    void Touch(TEngine engine)
    {
        if (!engine.Link.HasEntries) _touched.Add(engine);
    }

    protected void CancelAt(TEngine holder, long taskId, int attempt)
    {
        WriteAttempt(holder, EngineEntry.Cancel, taskId, attempt);
        // A process that answers nothing is ended from here.
        Timers.StartSingleTimer((taskId, attempt), new StopOverdue(holder.Id, taskId, attempt), CancelGracePeriod + TimeSpan.FromSeconds(1));
    }

    protected static void WriteAttempt(TEngine engine, EngineEntry kind, long taskId, int attempt)
    {
        lock (engine.Link.Gate)
        {
            TaskWire.WriteAttempt(engine.Link.Writer, (byte)kind, taskId, attempt);
            engine.Link.Written();
        }
        engine.Link.Flush();
    }

    protected static void WriteStop(TEngine engine)
    {
        lock (engine.Link.Gate)
        {
            engine.Link.Writer.WriteByte((byte)EngineEntry.Stop);
            engine.Link.Written();
        }
        engine.Link.Flush();
    }

    void ArmTick()
    {
        if (Core.NextDeadline is not { } next || (_tickAt is { } armed && armed <= next)) return;
        _tickAt = next;
        Timers.StartSingleTimer(nameof(TickDue), TickDue.Instance, TimeSpan.FromTicks(Math.Clamp(next - Now, 1, TimeSpan.FromDays(1).Ticks)));
    }

    protected abstract void Progressed(long taskId, double fraction);

    protected abstract void Assigned(TTask task, in Instruction instruction);

    protected abstract void Requeued(TTask task, in Instruction instruction, long runTicks);

    /// <summary>The task ended with what an engine said.</summary>
    protected abstract void Complete(TTask task, in Instruction instruction, ref Outcome outcome);

    /// <summary>The task ended, and no engine said anything.</summary>
    protected abstract void CompleteWithout(TTask task, in Instruction instruction);

    protected abstract void EndEngine(TEngine engine);

    protected abstract void Drained(TEngine engine);

    sealed record StopOverdue(int EngineId, long TaskId, int Attempt);

    sealed record TickDue
    {
        public static readonly TickDue Instance = new();
    }

    sealed record BeatDue
    {
        public static readonly BeatDue Instance = new();
    }
}

/// <summary>What an engine said of an attempt that ended.</summary>
internal struct Outcome(TaskOutcome kind, long startedUtc, long runTicks, int workerId, string output, PayloadPlace place)
{
    public readonly TaskOutcome Kind = kind;
    public readonly long StartedUtc = startedUtc;
    public readonly long RunTicks = runTicks;
    public readonly int WorkerId = workerId;
    public readonly string Output = output;
    public readonly PayloadPlace Place = place;

    /// <summary>What a failed attempt threw, for people.</summary>
    public string? ErrorType;
    public string? ErrorMessage;

    /// <summary>Somebody reads its value, and tells the engine then.</summary>
    public bool IsTaken;

    /// <summary>The same, with its value at another place.</summary>
    public readonly Outcome At(PayloadPlace place) => new(Kind, StartedUtc, RunTicks, WorkerId, Output, place) { ErrorType = ErrorType, ErrorMessage = ErrorMessage };
}
