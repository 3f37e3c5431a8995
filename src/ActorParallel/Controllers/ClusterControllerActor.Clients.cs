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
        if (_clients.TryGetValue(connect.Number, out var client) && client.Nonce != connect.Nonce)
        {
            Refuse("The number is taken.", true);
            return;
        }
        var isNew = client is null;
        if (client is null)
        {
            client = new ClientHandle(connect, isLocal: _shared.Folder is not null && Sender.Path.Address.Host == UnixEndpoint.Host);
            _clients.Add(client.Number, client);
            Log.Info("{0} connected.", client);
        }
        _clientOf.Remove(client.Actor);
        client.Actor = Sender;
        _clientOf[Sender] = client;
        client.Heard = Stopwatch.GetTimestamp();
        Sender.Tell(new ClientWelcome(_shared.Session, client.Link.Seen, client.IsLocal), Self);
        if (isNew)
            foreach (var engine in Engines.Values)
                if (engine.IsReady) WriteJoined(client, engine);
        client.Link.Open(Sender, Self, connect.Session == _shared.Session ? connect.Seen : 0);
    }

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
        RefuseCode(client);
        ForgetLater(client);
    }

    /// <summary>To every client.</summary>
    void TellClients(Action<PayloadWriter> write)
    {
        foreach (var client in _clients.Values) Tell(client, write);
    }

    static void Tell(ClientHandle client, Action<PayloadWriter> write)
    {
        lock (client.Link.Gate)
        {
            write(client.Link.Writer);
            client.Link.Written();
        }
        client.Link.Flush();
    }

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
