using System.Diagnostics;
using ActorParallel.Controllers;
using ActorParallel.Payloads;
using ActorParallel.Scheduling;
using ActorParallel.Telemetry;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Remote;

namespace ActorParallel.Engines;

/// <summary>
/// The engine: hosts a router pool of workers in a process of its own, gets tasks from its controller and sends outcomes back.
/// Users' code runs on the workers' threads, never in this actor's turn: cancelling and everything else is handled while it runs.
/// A cut connection loses nothing: what runs goes on, and the link to the controller sends again what did not arrive.
/// </summary>
internal sealed class EngineActor : UntypedActor, IWithTimers
{
    static readonly TimeSpan s_registerAgain = TimeSpan.FromMilliseconds(500);

    readonly EngineRuntime _runtime;
    readonly IControllerLocator _controller;
    readonly EngineLife _life;
    readonly EngineFunctions _functions;
    RegisterEngine _registration;
    long _heard = Stopwatch.GetTimestamp();
    long _beat = Stopwatch.GetTimestamp();
    long _session;
    Address? _knocked;
    bool _laneStarted;
    bool _leaving;

    public EngineActor(EngineRuntime runtime, IControllerLocator controller, RegisterEngine registration, EngineLife life)
    {
        _runtime = runtime;
        _functions = new EngineFunctions(runtime.Code);
        _registration = registration;
        _life = life;
        _controller = controller;
        _runtime.Self = Self;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _runtime.Workers.Start(Context);
        Timers.StartPeriodicTimer(nameof(BeatDue), BeatDue.Instance, EngineLife.BeatEvery);
        if (_life.OutlivesController) Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Register();
    }

    void Register() => Timers.StartPeriodicTimer(nameof(RegisterAgain), RegisterAgain.Instance, TimeSpan.Zero, s_registerAgain);

    protected override void OnReceive(object message)
    {
        try
        {
            Handle(message);
        }
        catch (Exception e) when (e is InvalidDataException or KeyNotFoundException && _life.OutlivesController)
        {
            _life.End($"This engine can't read what its controller sent and ends: {e.Message}", 1);
        }
    }

    void Handle(object message)
    {
        switch (message)
        {
            case Welcome or RefuseEngine when !_life.IsController(Sender):
                break;
            case LinkBatch or LinkPart or LinkBeat or LinkGap when !Sender.Equals(_runtime.Link.Peer):
                // Of a controller that this engine has left for another: its word counts no more.
                break;
            case LinkBatch batch:
                _heard = Stopwatch.GetTimestamp();
                if (_runtime.Link.Take(batch)) Take(batch.Bytes);
                break;
            case LinkPart part:
                _heard = Stopwatch.GetTimestamp();
                if (_runtime.Link.Join(part) is { } whole && _runtime.Link.Take(whole)) Take(whole.Bytes);
                break;
            case LinkBeat beat:
                _heard = Stopwatch.GetTimestamp();
                _runtime.Link.Heard(beat);
                break;
            case LinkGap gap:
                _runtime.Link.Resend(gap);
                break;
            case FlushOutbox:
                _runtime.Outbox.Flush();
                break;
            case Welcome welcome:
                BeWelcome(welcome);
                break;
            case RegisterAgain:
                Knock();
                break;
            case RefuseEngine refused:
                _life.End($"The controller turned this engine away: {refused.Why}", 1);
                break;
            case BeatDue:
                BeatOrGoBack();
                break;
            case DisassociatedEvent cut when cut.RemoteAddress == _knocked || cut.RemoteAddress == _runtime.Link.Peer.Path.Address:
                GoBack();
                break;
            case DisassociatedEvent:
                break;
            case LeaveCluster:
                _leaving = true;
                SayLeaving();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    void Knock()
    {
        if (_controller.Find() is not { } place) return;
        _knocked = place.Anchor.Path.Address;
        place.Tell(_registration with { Session = _session, Seen = _runtime.Link.Seen, Holds = Holds() }, Self);
    }

    /// <summary>No new work is wanted; the controller answers with the word to stop when all has ended.</summary>
    void SayLeaving()
    {
        if (_session != 0) _runtime.Outbox.Tell(static w => w.WriteByte((byte)ControllerEntry.Leaving));
    }

    void BeWelcome(Welcome welcome)
    {
        _heard = Stopwatch.GetTimestamp();
        if (!Timers.IsTimerActive(nameof(RegisterAgain))) return;
        Timers.Cancel(nameof(RegisterAgain));
        _runtime.EngineId = welcome.EngineId;
        // A controller that is started anew gives it the same.
        _registration = _registration with { EngineId = welcome.EngineId };
        var startedAnew = _session != 0 && _session != welcome.Session;
        if (startedAnew)
        {
            // A controller that was started anew: it numbers functions and batches afresh, and learns what ended meanwhile.
            _runtime.Link.Restart();
            _functions.Clear();
            _runtime.Mailbox.Clear();
        }
        _session = welcome.Session;
        _runtime.Link.Open(Sender, Self, welcome.Seen);
        _runtime.Code?.Back(startedAnew);
        // The controller counts on this engine from here on: it has answered.
        _runtime.Link.Beat();
        if (_leaving) SayLeaving();
    }

    /// <summary>What has been running since the last beat or longer: whoever waits for it may want to know.</summary>
    void TellStarted()
    {
        foreach (var task in _runtime.Tasks.Values)
            if (task.IsNewlyRunning) TellStarted(task);
    }

    void TellStarted(RemoteTask task) => _runtime.Outbox.Tell(w => TaskWire.WriteAttempt(w, (byte)ControllerEntry.Started, task.TaskId, task.Attempt));

    void BeatOrGoBack()
    {
        TellStarted();
        _runtime.Link.Beat();
        if (!_life.OutlivesController) return;
        // A beat that comes so late means that this process did not run: who was silent is not known.
        if (Stopwatch.GetElapsedTime(_beat) > EngineLife.Slept) _heard = Stopwatch.GetTimestamp();
        _beat = Stopwatch.GetTimestamp();
        var silence = Stopwatch.GetElapsedTime(_heard);
        if (silence > _life.ControllerTimeout)
            _life.End($"The controller has been gone for {silence.TotalSeconds:0} s (controller-timeout): this engine ends.", 0);
        else if (silence > EngineLife.Silence)
            GoBack();
    }

    /// <summary>The connection is cut, or the controller is: what runs goes on while it is looked for.</summary>
    void GoBack()
    {
        if (Timers.IsTimerActive(nameof(RegisterAgain))) return;
        _runtime.Link.Close();
        _runtime.Code?.Cut();
        Register();
    }

    HeldTask[] Holds() => _session == 0 ? [] : [.. _runtime.Tasks.Values.Select(t => new HeldTask(t.TaskId, t.Attempt, t.IsDirect))];

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
        reader.ReadRaw(Link.HeaderBytes);
        while (reader.Remaining > 0)
        {
            switch ((EngineEntry)reader.ReadByte())
            {
                case EngineEntry.Define:
                    _functions.Define(reader.ReadInt32(), reader.ReadInt32(), reader.ReadFixed<Guid>(), reader.ReadBytes());
                    break;
                case EngineEntry.Task:
                    _runtime.Workers.Enqueue(Read(ref reader, batch, isDirect: false));
                    break;
                case EngineEntry.DirectTask:
                    StartLane();
                    _runtime.Lane.Enqueue(Read(ref reader, batch, isDirect: true));
                    break;
                case EngineEntry.Cancel:
                    if (Find(reader.ReadInt64(), reader.ReadInt32()) is { } running)
                    {
                        if (running.TryDrop()) Drop(running, TaskOutcome.Cancelled);
                        else _runtime.Stop(running);
                    }
                    break;
                case EngineEntry.Recall:
                    if (Find(reader.ReadInt64(), reader.ReadInt32()) is not { } waiting) break;
                    if (waiting.TryDrop()) Drop(waiting, TaskOutcome.Returned);
                    // Whoever asked it back is told that it stays.
                    else TellStarted(waiting);
                    break;
                case EngineEntry.Release:
                    _runtime.Store?.Return(reader.ReadInt32());
                    break;
                case EngineEntry.Stop:
                    _life.Stop();
                    return;
                case EngineEntry.Forget:
                    _functions.Forget(reader.ReadInt32());
                    break;
                case EngineEntry.Mail:
                    _runtime.Mailbox.Came(reader.ReadInt32(), reader.ReadString() ?? "", reader.ReadBytes().ToArray());
                    break;
                case EngineEntry.PeerJoined:
                    _runtime.Mailbox.Joined(reader.ReadInt32());
                    break;
                case EngineEntry.PeerLeft:
                    _runtime.Mailbox.Left(reader.ReadInt32());
                    break;
                case EngineEntry.Trace:
                    _trace = TraceParent.Read(ref reader);
                    break;
                case EngineEntry.Code:
                    var question = reader.ReadInt64();
                    _runtime.Code?.Answered(question, reader.ReadBytes().ToArray());
                    break;
                case var unknown:
                    throw new InvalidDataException($"The controller sent an entry of kind {(byte)unknown}, which this engine does not know: run both on the same version.");
            }
        }
    }

    TraceParent? _trace;

    RemoteTask Read(ref PayloadReader reader, byte[] batch, bool isDirect)
    {
        var taskId = reader.ReadInt64();
        var attempt = reader.ReadInt32();
        var run = reader.ReadInt32();
        var function = _functions.Find(reader.ReadInt32());
        function.Program?.Hold();
        var timeout = reader.ReadInt64();
        var place = TaskWire.ReadPlace(ref reader, batch);
        var task = new RemoteTask(_runtime, taskId, attempt, run, function, timeout, place, isDirect) { Trace = _trace };
        _trace = null;
        _runtime.Tasks[taskId] = task;
        return task;
    }

    void StartLane()
    {
        if (_laneStarted) return;
        _laneStarted = true;
        Context.ActorOf(Props.Create(() => new LaneActor(_runtime.Lane)), "lane");
    }

    /// <summary>Supervises the lane's worker.</summary>
    sealed class LaneActor(WorkerSet lane) : UntypedActor
    {
        protected override void PreStart() => lane.Start(Context);

        protected override void OnReceive(object message) => Unhandled(message);
    }

    /// <summary>The controller has the engine; tasks may come.</summary>
    /// <param name="Session">Of this controller: one that is started anew has another.</param>
    /// <param name="EngineId">The engine's number.</param>
    /// <param name="Seen">The highest number of this engine's batches that the controller has.</param>
    internal sealed record Welcome(long Session, int EngineId, long Seen) : IWireMessage;

    /// <summary>Outcomes wait to be sent.</summary>
    internal sealed record FlushOutbox
    {
        public static readonly FlushOutbox Instance = new();
    }

    /// <summary>This engine is to go: what it has ends first.</summary>
    internal sealed record LeaveCluster
    {
        public static readonly LeaveCluster Instance = new();
    }

    sealed record RegisterAgain
    {
        public static readonly RegisterAgain Instance = new();
    }

    sealed record BeatDue
    {
        public static readonly BeatDue Instance = new();
    }
}
