using System.Diagnostics;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Profiles;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Event;

namespace ActorParallel.Controllers;

internal sealed partial class ClusterControllerActor
{
    /// <summary>A lost engine's large values stay for those that are on their way to them.</summary>
    static readonly TimeSpan s_valuesStay = TimeSpan.FromSeconds(30);

    /// <summary>A nanny knows how a process ended; the cut connection is seen before it has told.</summary>
    static readonly TimeSpan s_nannyTells = TimeSpan.FromMilliseconds(700);

    /// <summary>After a controller before this one, engines have so long to come before clients.</summary>
    static readonly TimeSpan s_enginesFirst = TimeSpan.FromSeconds(1.5);

    /// <summary>The same, where it is known which engines there are.</summary>
    static readonly TimeSpan s_enginesAtMost = TimeSpan.FromSeconds(4);

    long _beat = Stopwatch.GetTimestamp();
    readonly long _started = Stopwatch.GetTimestamp();
    string? _lossText;
    int? _lossCode;
    long? _lossPeak;

    void Register(RegisterEngine register)
    {
        if (register.Facts.Version != ClusterShared.Version)
        {
            Sender.Tell(new RefuseEngine($"it has another build of ActorParallel ({register.Facts.Version}) than the controller ({ClusterShared.Version}): start both from the same."), Self);
            return;
        }
        if (!_shared.MayBe(Sender.Path.Address, PeerRole.Engine))
        {
            Log.Warning("{0} asked to be an engine, and its certificate is not for that.", Sender.Path.Address);
            Sender.Tell(new RefuseEngine("its certificate is not for an engine of this cluster: use the profile's engine certificate."), Self);
            return;
        }
        var engine = Engines.Values.FirstOrDefault(e => e.Generation == register.Generation);
        if (engine is null && register.Session == _shared.Session)
        {
            // Its tasks were given to others and its id may be another's: its results would be nobody's.
            Log.Info("An engine of process {0} on {1} is back after it was given up, and is told to end.", register.Facts.ProcessId, register.Facts.Host);
            Sender.Tell(new RefuseEngine("it was out of reach for longer than engine-timeout, and what it ran has been given to others."), Self);
            return;
        }
        engine ??= Admit(register);
        if (!Equals(engine.Actor, Sender))
        {
            if (engine.IsRegistered) Unbind(engine, keepLink: true);
            Bind(engine, Sender);
        }
        engine.IsRegistered = true;
        engine.Heard = Stopwatch.GetTimestamp();
        Sender.Tell(new EngineActor.Welcome(_shared.Session, engine.Id, engine.Link.Seen), Self);
        engine.Link.Open(Sender, Self, register.Session == _shared.Session ? register.Seen : 0);
        if (!engine.IsSuspended) return;
        engine.IsSuspended = false;
        Log.Info("Engine {0} is back.", engine.Id);
        Core.Handle(new EngineResumed(engine.Id), Now, Instructions);
        Obey();
    }

    ClusterEngine Admit(RegisterEngine register)
    {
        var id = register.EngineId;
        if (id >= 0 && Engines.TryGetValue(id, out var former))
        {
            // The number belongs to the one that was started for it, when the former is silent.
            if (!LoseIfGone(former))
            {
                if (former.IsSuspended) Lose(former, "it was replaced", null, null, EngineLossReason.Died);
                else id = -1;
            }
        }
        if (id < 0) for (id = 0; Engines.ContainsKey(id); id++) { }
        var engine = new ClusterEngine(id, register) { IsLocal = _shared.Folder is not null && Sender.Path.Address.Host == UnixEndpoint.Host };
        Engines.Add(id, engine);
        // It was here before this controller: what it holds counts, once its client asks for it again.
        foreach (var held in register.Holds)
            if (!Ledger.ContainsKey(held.TaskId) && !_direct.ContainsKey(held.TaskId)) _held[held.TaskId] = (engine, held.Attempt);
        return engine;
    }

    /// <summary>It has answered the welcome: tasks may go to it.</summary>
    void BeReady(ClusterEngine engine)
    {
        engine.IsReady = true;
        var facts = engine.Facts;
        Log.Info("Engine {0} joined: process {1} on {2}, {3} worker(s).", engine.Id, facts.ProcessId, facts.Host, engine.Workers);
        TellPeers(engine);
        foreach (var client in _clients.Values)
        {
            WriteJoined(client, engine);
            client.Link.Flush();
        }
        // What its client has asked for again already.
        var running = engine.Holds.Where(h => !h.IsDirect && Ledger.ContainsKey(h.TaskId))
            .Select(h => (Task: Ledger[h.TaskId], h.Attempt))
            .Select(h => new TaskAdopted(h.Task.TaskId, h.Task.Function.Spec(h.Task.Options, _shared.Settings), engine.Id, h.Attempt, h.Task.Client)).ToArray();
        engine.Holds = [];
        foreach (var adopted in running) Ledger[adopted.TaskId].Runs = Math.Max(Ledger[adopted.TaskId].Runs, adopted.Attempt);
        Core.Handle(new EngineJoined(engine.Id, engine.Workers, facts.Tags, facts.Resources.ToDictionary(r => r.Name, r => r.Amount)), running, Now, Instructions);
        Obey();
    }

    /// <summary>A connection is cut: whose?</summary>
    void Cut(Address address)
    {
        foreach (var engine in Engines.Values.Where(e => e.IsRegistered && e.Actor.Path.Address == address).ToArray()) Suspend(engine);
        foreach (var client in _clients.Values)
            if (client.Actor.Path.Address == address) client.Link.Close();
    }

    void BeGone(PeerGone gone)
    {
        foreach (var engine in Engines.Values.Where(e => e.Actor.Path.Address == gone.Address).ToArray())
            Lose(engine, gone.Why, null, null, gone.Wanted || engine.IsStopping ? EngineLossReason.Stopped : EngineLossReason.Died);
    }

    void Suspend(ClusterEngine engine)
    {
        engine.Link.Close();
        if (engine.IsSuspended) return;
        (engine.IsSuspended, engine.SuspendedAt) = (true, Stopwatch.GetTimestamp());
        if (engine.IsReady)
        {
            Core.Handle(new EngineSuspended(engine.Id), Now, Instructions);
            Obey();
        }
        if (Nanny is null) LoseIfGone(engine);
        else Timers.StartSingleTimer(("look", engine.Generation), new LookAgain(engine.Id, engine.Generation), s_nannyTells);
    }

    /// <summary>Of a process on this machine it can be told at once.</summary>
    bool LoseIfGone(ClusterEngine engine)
    {
        if (!IsHere(engine) || ProcessIdentity.StartTime(engine.Facts.ProcessId) == engine.Facts.ProcessStarted) return false;
        TellLost(engine);
        Lose(engine, "its process is gone", null, null, EngineLossReason.Died);
        return true;
    }

    /// <summary>An engine in this very process is a guest here: it is told, and no process ends for it.</summary>
    static bool TryKill(ClusterEngine engine) =>
        IsHere(engine) && engine.Facts.ProcessId != Environment.ProcessId && ProcessIdentity.TryKill(engine.Facts.ProcessId, engine.Facts.ProcessStarted);

    static bool IsHere(ClusterEngine engine) => engine.Facts.Machine == MachineIdentity.Machine;

    protected override void OnBeat()
    {
        AppendEnded();
        Release();
        CleanUpAfterClients();
        RefuseWhatWaited();
        var slept = Stopwatch.GetElapsedTime(_beat) > EngineLife.Slept;
        _beat = Stopwatch.GetTimestamp();
        if (slept)
        {
            // It heard nobody because it was stopped itself.
            foreach (var engine in Engines.Values) engine.Heard = _beat;
            foreach (var client in _clients.Values) client.Heard = _beat;
        }
        foreach (var engine in Engines.Values.ToArray())
        {
            var silence = Stopwatch.GetElapsedTime(engine.Heard);
            if (engine.IsSuspended && (Nanny is null || Stopwatch.GetElapsedTime(engine.SuspendedAt) > s_nannyTells) && LoseIfGone(engine)) continue;
            if (silence > _shared.Settings.EngineTimeout)
                GiveUp(engine, $"nothing was heard of it for {silence.TotalSeconds:0.#} s (engine-timeout)");
            else if (silence > EngineLife.Silence) Suspend(engine);
        }
        if (_held.Count > 0 && Stopwatch.GetElapsedTime(_started) > _shared.Settings.ClientTimeout)
        {
            // Whoever wanted these has not come back.
            foreach (var (taskId, held) in _held)
                if (!_early.ContainsKey(taskId)) CancelAt(held.Engine, taskId, held.Attempt);
            foreach (var early in _early.Values)
                if (early.Outcome.Place.SegmentName is not null) Release(early.Engine, early.Outcome.Place.SegmentId);
            _held.Clear();
            _early.Clear();
        }
        foreach (var client in _clients.Values.ToArray())
        {
            client.Link.Beat();
            var silence = Stopwatch.GetElapsedTime(client.Heard);
            if (silence > _shared.Settings.ClientTimeout) Leave(client, $"has been silent for {silence.TotalSeconds:0.#} s (client-timeout)");
        }
    }

    /// <summary>It is of no more use: what started it ends it, where it can, and starts another.</summary>
    void GiveUp(ClusterEngine engine, string why)
    {
        TryKill(engine);
        TellLost(engine);
        Lose(engine, why, null, null, EngineLossReason.Died);
    }

    /// <summary>What started it may not see that it is gone: it is to start another. The process tells this one from its successor.</summary>
    void TellLost(ClusterEngine engine)
    {
        if (Nanny is { } nanny) TellNanny(nanny, NannyCommand.Kill, 0, [engine.Id, engine.Facts.ProcessId]);
    }

    void EngineExited(ClientHandle nanny, ref PayloadReader reader)
    {
        var id = reader.ReadInt32();
        var processId = reader.ReadInt32();
        var text = reader.ReadString() ?? "";
        int? code = reader.ReadBool() ? reader.ReadInt32() : null;
        long? peak = reader.ReadBool() ? reader.ReadInt64() : null;
        var stopped = reader.ReadBool();
        // A launcher that does not know the process tells of an id that was its own.
        if (!nanny.IsNanny || !Engines.TryGetValue(id, out var engine) || (processId != 0 && engine.Facts.ProcessId != processId)) return;
        // Nobody saw its process end: it is told, where it still is.
        if (processId == 0) WriteStop(engine);
        Lose(engine, text, code, peak, stopped || engine.IsStopping ? EngineLossReason.Stopped : EngineLossReason.Died);
    }

    void Lose(ClusterEngine engine, string text, int? code, long? peak, EngineLossReason reason)
    {
        Log.Info("Engine {0} is lost: {1}.", engine.Id, text);
        Engines.Remove(engine.Id);
        Unbind(engine);
        (_lossText, _lossCode, _lossPeak) = (text, code, peak);
        // Before the calls it had end: whoever looks then does not find it any more.
        if (engine.IsReady)
            TellClients(w =>
            {
                w.WriteByte((byte)ReplyEntry.EngineLeft);
                w.WriteInt32(engine.Id);
                w.WriteString(text);
            });
        var record = _shared.Folder is { } folder && engine.IsLocal ? RunningRecord.PathOf(folder, engine.Generation) : null;
        if (engine.IsReady)
        {
            Core.Handle(new EngineLost(engine.Id, reason, record is null ? null : RunningRecord.Read(record)), Now, Instructions);
            Obey();
        }
        foreach (var (taskId, task) in engine.Direct)
        {
            _direct.Remove(taskId);
            // What was to end anyway has.
            if (task.IsCancelled) EndWithout(task, TaskState.Cancelled, Reason.Cancelled, text);
            else EndWithout(task, TaskState.Lost, Reason.EngineLost, text);
        }
        (_lossText, _lossCode, _lossPeak) = (null, null, null);
        foreach (var (nanny, request) in engine.Draining) Reply(nanny, request, _ => { });
        engine.Draining.Clear();
        foreach (var taskId in _held.Where(h => h.Value.Engine == engine).Select(h => h.Key).ToArray())
        {
            _held.Remove(taskId);
            _early.Remove(taskId);
        }
        if (engine.IsReady)
            foreach (var peer in Engines.Values.Where(static e => e.IsReady)) WritePeer(peer, EngineEntry.PeerLeft, engine.Id);
        if (engine.IsLocal) CleanUpLater(engine);
    }

    void CleanUpLater(ClusterEngine engine) => DeleteLater($"e{engine.Generation}-*", $"e{engine.Generation}.running");

    /// <summary>Engines know each other before any client knows the new one: its first call finds all of them.</summary>
    void TellPeers(ClusterEngine engine)
    {
        foreach (var peer in Engines.Values.Where(static e => e.IsReady))
        {
            WritePeer(engine, EngineEntry.PeerJoined, peer.Id);
            if (peer != engine) WritePeer(peer, EngineEntry.PeerJoined, engine.Id);
        }
    }

    static void WritePeer(ClusterEngine engine, EngineEntry kind, int id)
    {
        lock (engine.Link.Gate)
        {
            engine.Link.Writer.WriteByte((byte)kind);
            engine.Link.Writer.WriteInt32(id);
            engine.Link.Written();
        }
        engine.Link.Flush();
    }

    /// <summary>A message of one engine for another. One that is gone gets none: whoever waits for its answer is told of its end.</summary>
    void PassOn(ClusterEngine engine, ref PayloadReader reader)
    {
        var to = reader.ReadInt32();
        var name = reader.ReadString();
        var value = reader.ReadBytes();
        if (!Engines.TryGetValue(to, out var peer) || !peer.IsReady) return;
        lock (peer.Link.Gate)
        {
            var writer = peer.Link.Writer;
            writer.WriteByte((byte)EngineEntry.Mail);
            writer.WriteInt32(engine.Id);
            writer.WriteString(name);
            writer.WriteBytes(value);
            peer.Link.Written();
        }
        peer.Link.Flush();
    }

    void DeleteLater(params string[] patterns)
    {
        var folder = _shared.Folder!;
        _ = Task.Delay(s_valuesStay).ContinueWith(
            _ =>
            {
                try
                {
                    foreach (var pattern in patterns)
                        foreach (var file in Directory.EnumerateFiles(folder, pattern)) File.Delete(file);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // The folder is gone with the cluster.
                }
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    protected override void EndEngine(ClusterEngine engine)
    {
        // On this machine a signal does it, whoever started the process.
        if (TryKill(engine)) return;
        if (Nanny is not null)
        {
            TellLost(engine);
            return;
        }
        // Whatever starts a member of a cluster of many machines starts it again.
        if (_shared.ExpectedEngines is not null) engine.Actor.Tell(new RefuseEngine("what it ran did not end when it was cancelled, so it is to start anew."), Self);
        Lose(engine, "it was ended", null, null, EngineLossReason.Stopped);
    }

    /// <summary>An engine is to go: it gets no new tasks, gives back what it has not begun, and ends what it runs.</summary>
    void Drain(ClientHandle nanny, long request, int id)
    {
        if (!nanny.IsNanny)
        {
            Refuse(nanny, request, "Only the process that starts and ends this cluster's engines can ask for that.");
            return;
        }
        if (!Engines.TryGetValue(id, out var engine) || !engine.IsReady)
        {
            Reply(nanny, request, _ => { });
            return;
        }
        engine.Draining.Add((nanny, request));
        Drain(engine);
    }

    /// <summary>The engine itself wants to go: once it has nothing left it is told to.</summary>
    void Leave(ClusterEngine engine)
    {
        if (engine.IsLeaving) return;
        Log.Info("Engine {0} leaves: it gets nothing new.", engine.Id);
        engine.IsLeaving = true;
        Drain(engine);
    }

    void Drain(ClusterEngine engine)
    {
        Core.Handle(new EngineDraining(engine.Id), Now, Instructions);
        Obey();
        TellIfDrained(engine);
    }

    protected override void Drained(ClusterEngine engine)
    {
        engine.IsDrained = true;
        TellIfDrained(engine);
    }

    static void TellIfDrained(ClusterEngine engine)
    {
        // Calls to it alone are not the scheduler's.
        if (!engine.IsDrained || engine.Direct.Count > 0) return;
        foreach (var (nanny, request) in engine.Draining) Reply(nanny, request, _ => { });
        engine.Draining.Clear();
        if (!engine.IsLeaving || engine.IsStopping) return;
        engine.IsStopping = true;
        WriteStop(engine);
    }
}
