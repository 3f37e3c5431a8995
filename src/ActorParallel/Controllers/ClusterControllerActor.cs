using System.Diagnostics;
using System.Runtime.InteropServices;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Telemetry;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace ActorParallel.Controllers;

/// <summary>
/// The controller of a cluster. This file takes what clients send; <c>.Clients</c> sees clients come and go, <c>.Engines</c> engines,
/// <c>.Outcomes</c> ends tasks, <c>.Requests</c> answers questions, <c>.Aborting</c> takes back what has not begun,
/// <c>.Code</c> hands code on.
/// </summary>
internal sealed partial class ClusterControllerActor : ControllerActor<ClusterTask, ClusterEngine>
{
    /// <summary>The actor's name: clients and engines look for it.</summary>
    public const string Name = "controller";

    readonly ClusterShared _shared;
    readonly List<TaskSubmitted> _submitted = [];
    readonly Dictionary<long, ClusterEngine> _direct = [];
    readonly Dictionary<long, (ClusterEngine Engine, int Attempt)> _held = [];
    int _functions;
    bool _hasFailed;

    public ClusterControllerActor(ClusterShared shared)
        : base(new SchedulerOptions
        {
            HighWaterMark = shared.Settings.HighWaterMark == 0 ? null : shared.Settings.HighWaterMark,
            Policy = SchedulingPolicy.ByName(shared.Settings.Policy),
            KeepsEnded = true,
        })
    {
        _shared = shared;
        _kept = new KeptResults(shared.Settings.KeptResults, shared.Settings.KeptBytes);
    }

    protected override TimeSpan CancelGracePeriod => _shared.Settings.CancelGracePeriod;

    protected override void PreStart()
    {
        base.PreStart();
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
    }

    /// <summary>What a peer sends that can't be read costs that peer its place. Any other failure costs this process its life: a new controller asks everybody, and half a decision is carried on by nobody.</summary>
    protected override void OnReceive(object message)
    {
        if (_hasFailed) return;
        try
        {
            base.OnReceive(message);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or OverflowException && Instructions.Count == 0 && TurnAway(Sender, e))
        {
            // Whoever sent it is told.
        }
#pragma warning disable CA1031 // It is what the process ends with.
        catch (Exception e)
        {
            _hasFailed = true;
            Log.Error(e, "The controller failed on a message of kind {0}.", message.GetType().Name);
            _shared.Ended.TrySetException(e);
            Context.Stop(Self);
        }
#pragma warning restore CA1031
    }

    bool TurnAway(IActorRef sender, Exception error)
    {
        if (FindClient(sender) is { } client)
        {
            Log.Warning("{0} sent what can't be read ({1}) and is turned away.", client, error.Message);
            Refuse($"The controller can't read what this client sent: {error.Message}", false);
            Leave(client, "was turned away");
            return true;
        }
        if (FindEngine(sender) is not { } engine) return false;
        Log.Warning("Engine {0} sent what can't be read ({1}) and is turned away.", engine.Id, error.Message);
        Sender.Tell(new RefuseEngine($"the controller can't read what it sent: {error.Message}"), Self);
        Lose(engine, $"it sent what can't be read: {error.Message}", null, null, EngineLossReason.Died);
        return true;
    }

    protected override bool OnMessage(object message)
    {
        switch (message)
        {
            case LinkBatch batch when FindClient(Sender) is { } client:
                Heard(client);
                if (client.Link.Take(batch)) Take(client, batch.Bytes);
                return true;
            case LinkPart part when FindClient(Sender) is { } client:
                Heard(client);
                if (client.Link.Join(part) is { } whole && client.Link.Take(whole)) Take(client, whole.Bytes);
                return true;
            case LinkBeat beat when FindClient(Sender) is { } client:
                client.Link.Heard(beat);
                Heard(client);
                return true;
            case LinkGap gap when FindClient(Sender) is { } client:
                client.Link.Resend(gap);
                return true;
            case RegisterEngine register:
                Register(register);
                return true;
            case ConnectClient connect:
                Connect(connect);
                return true;
            case LookAgain look:
                if (Engines.TryGetValue(look.EngineId, out var suspect) && suspect.Generation == look.Generation && suspect.IsSuspended) LoseIfGone(suspect);
                return true;
            case DisassociatedEvent cut:
                Cut(cut.RemoteAddress);
                return true;
            case PeerGone gone:
                BeGone(gone);
                return true;
            case LinkBatch or LinkPart or LinkBeat or LinkGap:
                // Of somebody who was taken for gone: he will knock.
                return true;
            default:
                return false;
        }
    }

    /// <summary>A client's entries, in their order. What it submits goes to the scheduler in one event.</summary>
    void Take(ClientHandle client, byte[] batch)
    {
        var reader = new PayloadReader(batch);
        reader.ReadRaw(Link.HeaderBytes);
        while (reader.Remaining > 0)
        {
            var kind = (ClientEntry)reader.ReadByte();
            if (kind == ClientEntry.Trace)
            {
                client.Trace = TraceParent.Read(ref reader);
                continue;
            }
            if (kind == ClientEntry.Submit)
            {
                ReadTask(client, ref reader, batch);
                continue;
            }
            if (kind is not (ClientEntry.Define or ClientEntry.Options)) SubmitRead();
            switch (kind)
            {
                case ClientEntry.Define:
                    client.Functions[reader.ReadInt32()] = new ClusterFunction(++_functions, reader.ReadString() ?? "", reader.ReadFixed<Guid>(), reader.ReadBytes().ToArray());
                    break;
                case ClientEntry.Options:
                    client.Options[reader.ReadInt32()] = ClusterOptions.Read(ref reader);
                    break;
                case ClientEntry.Direct:
                    ReadDirect(client, ref reader, batch);
                    break;
                case ClientEntry.Cancel:
                    CancelOf(client, reader.ReadInt64());
                    break;
                case ClientEntry.ReleaseValue:
                    ReleaseValue(reader.ReadInt32(), reader.ReadInt32());
                    break;
                case ClientEntry.Request:
                    Answer(client, ref reader);
                    break;
                case ClientEntry.EngineExited:
                    EngineExited(client, ref reader);
                    break;
                case ClientEntry.Code:
                    CodeAnswered(client, ref reader);
                    break;
                case ClientEntry.CommandDone:
                    CommandDone(ref reader);
                    break;
                case ClientEntry.Bye:
                    Leave(client, "said goodbye");
                    // It takes its large arguments with it itself.
                    _gone.Remove(client);
                    if (client.IsNanny) End();
                    return;
                default:
                    throw new InvalidDataException($"{client} sent an entry of kind {(byte)kind}, which this controller does not know: run both on the same version.");
            }
        }
        SubmitRead();
        foreach (var engine in Engines.Values)
            if (engine.Link.HasEntries) engine.Link.Flush();
        client.Link.Flush();
    }

    void ReadTask(ClientHandle client, ref PayloadReader reader, byte[] batch)
    {
        var taskId = client.TaskId(reader.ReadInt64());
        var function = client.Function(reader.ReadInt32());
        var options = client.OptionsOf(reader.ReadInt32());
        var submitted = reader.ReadInt64();
        var label = reader.ReadString();
        var dependencies = DependencyWire.Read(ref reader);
        var task = new ClusterTask(taskId, function, options, TaskWire.ReadPlace(ref reader, batch), submitted, label, client.TakeTrace());
        var spec = function.Spec(options, _shared.Settings);
        if (client.IsBack && TellAgain(client, taskId)) return;
        if (!Ledger.TryAdd(taskId, task)) return;
        if (_held.Remove(taskId, out var held))
        {
            SubmitRead();
            (task.EngineId, task.Runs) = (held.Engine.Id, held.Attempt);
            Core.Handle(new TaskAdopted(taskId, spec, held.Engine.Id, held.Attempt, client.Number), Now, Instructions);
            Obey();
            Replay(taskId);
            return;
        }
        _submitted.Add(new TaskSubmitted(taskId, spec, dependencies, client.Number));
    }

    void SubmitRead()
    {
        if (_submitted.Count == 0) return;
        Core.Handle(CollectionsMarshal.AsSpan(_submitted), Now, Instructions);
        _submitted.Clear();
        Obey();
    }

    /// <summary>One payload for any number of engines, each with a task of its own.</summary>
    void ReadDirect(ClientHandle client, ref PayloadReader reader, byte[] batch)
    {
        var again = reader.ReadBool();
        var function = client.Function(reader.ReadInt32());
        var options = client.OptionsOf(reader.ReadInt32());
        var submitted = reader.ReadInt64();
        var label = reader.ReadString();
        var place = TaskWire.ReadPlace(ref reader, batch);
        var trace = client.TakeTrace();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var engineId = reader.ReadInt32();
            var taskId = client.TaskId(reader.ReadInt64());
            var task = new ClusterTask(taskId, function, options, place, submitted, label, trace) { DirectTo = engineId, EngineId = engineId, Runs = 1 };
            if (_direct.ContainsKey(taskId) || (client.IsBack && TellAgain(client, taskId))) continue;
            if (_held.Remove(taskId, out var held))
            {
                task.Runs = held.Attempt;
                held.Engine.Direct[taskId] = task;
                _direct[taskId] = held.Engine;
                Replay(taskId);
                continue;
            }
            if (again || !Engines.TryGetValue(engineId, out var engine) || !engine.IsReady || engine.IsLeaving)
            {
                EndWithout(task, TaskState.Lost, Reason.EngineLost, again
                    ? "the controller was started anew, and whether the engine ran this is not known: call it again if that does no harm"
                    : $"there is no engine {engineId}");
                continue;
            }
            engine.Direct[taskId] = task;
            _direct[taskId] = engine;
            WriteTask(engine, EngineEntry.DirectTask, task, taskId, attempt: 1, run: 1);
        }
    }

    void CancelOf(ClientHandle client, long sequence)
    {
        var taskId = client.TaskId(sequence);
        if (!_direct.TryGetValue(taskId, out var engine))
        {
            Cancel(taskId);
            return;
        }
        engine.Direct[taskId].IsCancelled = true;
        CancelAt(engine, taskId, 1);
    }

    protected override void Overran(int engineId, long taskId, int attempt)
    {
        if (!_direct.TryGetValue(taskId, out var engine))
        {
            base.Overran(engineId, taskId, attempt);
            return;
        }
        // It ignores its token: only the end of its process stops it.
        engine.Direct.Remove(taskId, out var task);
        _direct.Remove(taskId);
        EndEngine(engine);
        // Dead or dying: no call may still be sent to it.
        if (Engines.ContainsKey(engine.Id)) Lose(engine, "it was ended, because a call ignored its token", null, null, EngineLossReason.Stopped);
        var (state, reason) = task!.IsCancelled || task.TimeoutTicks == 0 ? (TaskState.Cancelled, Reason.Cancelled) : (TaskState.TimedOut, Reason.RunTimeout);
        EndWithout(task, state, reason, $"engine {engine.Id} was ended, because the task ignored its token");
    }

    void ReleaseValue(int generation, int segmentId)
    {
        foreach (var engine in Engines.Values)
            if (engine.Generation == generation) Release(engine, segmentId);
    }

    /// <summary>The payload as this engine can read it: what is in this machine's memory goes to others in the message.</summary>
    protected override PayloadPlace PlaceFor(ClusterEngine engine, LedgerEntry task)
    {
        if (engine.IsLocal || task.Payload.SegmentName is null) return task.Payload;
        try
        {
            return _shared.ReadWhole(task.Payload);
        }
        catch (IOException e)
        {
            // The engine finds no bytes, and the task fails for that.
            Log.Warning("The arguments of a task of client {0} are gone with it: {1}", TaskIds.ClientName(task.Client), e.Message);
            return new PayloadPlace(default, 0, null, 0);
        }
    }

    protected override void Heard(ClusterEngine engine)
    {
        engine.Heard = Stopwatch.GetTimestamp();
        if (!engine.IsReady) BeReady(engine);
    }

    protected override void PostStop()
    {
        foreach (var engine in Engines.Values) engine.Link.Dispose();
        foreach (var client in _clients.Values) client.Link.Dispose();
        _shared.Ended.TrySetResult();
        base.PostStop();
    }

    /// <summary>The membership has decided that whoever was at that address is gone for good.</summary>
    /// <param name="Address">Where it was.</param>
    /// <param name="Why">How it went.</param>
    /// <param name="Wanted">It left in order: its end is nobody's fault.</param>
    internal sealed record PeerGone(Address Address, string Why, bool Wanted);

    /// <summary>Is the process of that engine, whose connection is cut, still there?</summary>
    sealed record LookAgain(int EngineId, int Generation);
}
