using System.Buffers.Binary;
using System.Collections.Concurrent;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.History;
using ActorParallel.Payloads;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Tests.Clusters;

/// <summary>A controller actor alone, whose peers are played by the test.</summary>
internal sealed class PeersOfController : IAsyncDisposable
{
    readonly ActorSystem _system = ActorSystem.Create("peers", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    int _made;

    public PeersOfController(ControllerSettings? settings = null)
    {
        Shared = new ClusterShared(settings ?? new(), null, new MemoryHistory(10));
        var shared = Shared;
        Controller = _system.ActorOf(Props.Create(() => new ClusterControllerActor(shared)), ClusterControllerActor.Name);
    }

    public ClusterShared Shared { get; }

    public IActorRef Controller { get; }

    public Peer Make() => new(this, _system, ++_made);

    public async ValueTask DisposeAsync() => await _system.Terminate();

    /// <summary>What one peer gets, and what it says.</summary>
    public sealed class Peer
    {
        readonly PeersOfController _owner;
        readonly IActorRef _self;
        long _sent;

        public Peer(PeersOfController owner, ActorSystem system, int number)
        {
            _owner = owner;
            Number = number;
            var seen = Seen;
            _self = system.ActorOf(Props.Create(() => new Recorder(seen)));
        }

        public int Number { get; }

        public ConcurrentQueue<object> Seen { get; } = new();

        public void Tell(object message) => _owner.Controller.Tell(message, _self);

        public async Task<T> SomeAsync<T>() => (T)await Transport.Until.Some(() => Seen.LastOrDefault(m => m is T), typeof(T).Name);

        public async Task<ClientWelcome> ConnectAsync(bool isNanny = false, long session = 0)
        {
            Seen.Clear();
            _sent = 0;
            Tell(new ConnectClient(Number, Number, session, 0, isNanny, 1, "elsewhere", "elsewhere", ClusterShared.Version));
            return await SomeAsync<ClientWelcome>();
        }

        public void Register(long session = 0, int id = -1, params HeldTask[] holds) => Tell(new RegisterEngine(id, 1000 + Number, 1, null)
        {
            Session = session,
            Holds = holds,
            Facts = new EngineFacts(1, 1, "elsewhere", "elsewhere", ClusterShared.Version, [], []),
        });

        public void Batch(Action<PayloadWriter> write)
        {
            using var writer = PayloadWriter.Rent();
            writer.WriteFixed(0L);
            writer.WriteFixed(0L);
            write(writer);
            var bytes = writer.ToArray();
            BinaryPrimitives.WriteInt64LittleEndian(bytes, ++_sent);
            Tell(new LinkBatch(bytes));
        }

        /// <summary>Whether the controller still answers.</summary>
        public async Task AskAsync(long request)
        {
            Seen.Clear();
            Batch(w =>
            {
                w.WriteByte((byte)ClientEntry.Request);
                w.WriteInt64(request);
                w.WriteByte((byte)ClientRequest.QueueStatus);
            });
            await SomeAsync<LinkBatch>();
        }

        sealed class Recorder(ConcurrentQueue<object> seen) : UntypedActor
        {
            protected override void OnReceive(object message) => seen.Enqueue(message);
        }
    }
}
