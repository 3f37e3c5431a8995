using System.Diagnostics;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Scheduling;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Event;

namespace ActorParallel.Controllers;

internal sealed partial class ClusterControllerActor
{
    readonly Dictionary<int, ClientHandle> _clients = [];
    readonly Dictionary<IActorRef, ClientHandle> _clientOf = [];
    readonly List<long> _released = [];
    readonly List<ClientHandle> _gone = [];
    long _returns;

    ClientHandle? FindClient(IActorRef actor) => _clientOf.GetValueOrDefault(actor);

    void Connect(ConnectClient connect)
    {
        if (connect.Version != ClusterShared.Version)
        {
            Refuse($"This program has another build of ActorParallel ({connect.Version}) than the controller ({ClusterShared.Version}): run both on the same.", false);
            return;
        }
        if (!_shared.MayBe(Sender.Path.Address, PeerRole.Client))
        {
            Log.Warning("{0} asked to be a client, and its certificate is not for that.", Sender.Path.Address);
            Refuse("The certificate is not for a client of this cluster: use the profile's client certificate.", false);
            return;
        }
        if (connect.Number is <= 0 or >= TaskIds.Clients)
        {
            Log.Warning("{0} asked to be client {1}, which is no client's number.", Sender.Path.Address, connect.Number);
            Refuse($"{connect.Number} can't be a client's number.", false);
            return;
        }
        // Engines first: what they run for a client of the former controller is known then, and not run twice.
        if (!connect.IsNanny && connect.Session != 0 && connect.Session != _shared.Session && !EnginesAreHere) return;
        if (_clients.TryGetValue(connect.Number, out var client) && client.Nonce != connect.Nonce)
        {
            Refuse("The number is taken.", true);
            return;
        }
        var isNew = client is null;
        if (client is null)
        {
            // One that was given up while it was silent begins anew, and tells again what it waits for.
            var isBack = connect.Session != 0 && connect.Session - _shared.Session is >= 0 and <= int.MaxValue;
            client = new ClientHandle(
                connect, isLocal: _shared.Folder is not null && Sender.Path.Address.Host == UnixEndpoint.Host, isBack ? _shared.Session + ++_returns : _shared.Session, isBack);
            _gone.RemoveAll(g => g.Number == connect.Number);
            _clients.Add(client.Number, client);
            Log.Info("{0} connected.", client);
        }
        _clientOf.Remove(client.Actor);
        client.Actor = Sender;
        _clientOf[Sender] = client;
        client.Heard = Stopwatch.GetTimestamp();
        Sender.Tell(new ClientWelcome(client.Session, client.Link.Seen, client.IsLocal), Self);
        if (isNew)
            foreach (var engine in Engines.Values)
                if (engine.IsReady) WriteJoined(client, engine);
        client.Link.Open(Sender, Self, connect.Session == client.Session ? connect.Seen : 0);
        AskWhatWaited(client);
    }

    /// <summary>Those that are known to be there have come, or have had their time.</summary>
    bool EnginesAreHere => Stopwatch.GetElapsedTime(_started) is var since && (_shared.ExpectedEngines is { } expected
        ? since > s_enginesAtMost || expected().All(address => Engines.Values.Any(e => e.IsReady && e.Actor.Path.Address == address))
        : since > s_enginesFirst);

    void Refuse(string why, bool numberTaken) => Sender.Tell(new RefuseClient(why, numberTaken), Self);

    void Heard(ClientHandle client)
    {
        client.Heard = Stopwatch.GetTimestamp();
        // What the client knows has ended, it will not ask to come after.
        var arrived = client.Link.Arrived;
        while (client.Untold.TryPeek(out var told) && told.Batch <= arrived)
        {
            client.Untold.Dequeue();
            _released.Add(told.TaskId);
        }
        Release();
    }

    void Release()
    {
        if (_released.Count == 0) return;
        Core.Handle(new TasksReleased(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_released)), Now, Instructions);
        _released.Clear();
        Obey();
    }

    /// <summary>The client is gone. Its tasks go on: another may ask for their results.</summary>
    void Leave(ClientHandle client, string why)
    {
        Log.Info("{0} {1}.", client, why);
        _clients.Remove(client.Number);
        _clientOf.Remove(client.Actor);
        client.Link.Dispose();
        foreach (var (_, taskId) in client.Untold) _released.Add(taskId);
        Release();
        foreach (var task in Ledger.Values) task.Watchers?.RemoveAll(w => w.Client == client);
        foreach (var engine in Engines.Values)
            foreach (var task in engine.Direct.Values) task.Watchers?.RemoveAll(w => w.Client == client);
        foreach (var (id, asked) in _commands.Where(c => client.IsNanny || c.Value.Client == client).ToArray())
        {
            _commands.Remove(id);
            if (asked.Client != client) Refuse(asked.Client, asked.Request, "The process that starts and ends this cluster's engines is gone.");
        }
        RefuseCode(client);
        _gone.Add(client);
        CleanUpAfterClients();
    }

    /// <summary>
    /// Once no task of a client that is gone is left, engines forget its functions and code; and once its process is gone too, what it left in
    /// this machine's memory goes.
    /// </summary>
    void CleanUpAfterClients()
    {
        for (var i = _gone.Count - 1; i >= 0; i--)
        {
            var gone = _gone[i];
            if (Core.TasksOf(gone.Number).Any() || Engines.Values.Any(e => e.Direct.Values.Any(t => t.Client == gone.Number))) continue;
            if (!gone.IsForgotten)
                foreach (var engine in Engines.Values) Forget(engine, gone);
            gone.IsForgotten = true;
            if (gone.IsLocal && ProcessIdentity.StartTime(gone.ProcessId) is not null) continue;
            _gone.RemoveAt(i);
            if (gone.IsLocal) DeleteLater($"c{gone.Number}-*");
        }
    }

    /// <summary>It submits again what ended while it was given up: it has not heard of it.</summary>
    bool TellAgain(ClientHandle client, long taskId)
    {
        if (!_kept.TryGet(taskId, out var kept)) return false;
        if (kept.Outcome is not { } outcome) WriteEndedWithout(client, ReplyEntry.EndedWithout, TaskIds.Sequence(taskId), kept);
        else if (outcome.Place.SegmentName is null) WriteEnded(client, ReplyEntry.Ended, TaskIds.Sequence(taskId), kept.Task, kept.State, null, ref outcome);
        else return false;
        return true;
    }

    /// <summary>To every client.</summary>
    void TellClients(Action<PayloadWriter> write)
    {
        foreach (var client in _clients.Values) Tell(client, write);
    }

    static void Tell(ClientHandle client, Action<PayloadWriter> write) => client.Link.Tell(write);

    static void WriteJoined(ClientHandle client, ClusterEngine engine)
    {
        lock (client.Link.Gate)
        {
            var writer = client.Link.Writer;
            writer.WriteByte((byte)ReplyEntry.EngineJoined);
            writer.WriteInt32(engine.Id);
            writer.WriteInt32(engine.Generation);
            writer.WriteInt32(engine.Workers);
            engine.Facts.Write(writer);
            client.Link.Written();
        }
    }

    ClientHandle? Nanny => _clients.Values.FirstOrDefault(c => c.IsNanny);
}
