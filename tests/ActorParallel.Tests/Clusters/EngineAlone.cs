using System.Buffers.Binary;
using System.Collections.Concurrent;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Functions;
using ActorParallel.Payloads;
using ActorParallel.Pools;
using ActorParallel.Scheduling;
using ActorParallel.Tests.Functions;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;

namespace ActorParallel.Tests.Clusters;

/// <summary>An engine's actor with its workers in this process, whose controller is played by the test.</summary>
internal sealed class EngineAlone : IAsyncDisposable
{
    public const int Client = 5;

    readonly ActorSystem _system = ActorSystem.Create("engine-alone", ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }").WithFallback(PoolConfig.Reference));
    readonly FunctionTable _functions = new();
    readonly HashSet<int> _defined = [];

    // Of its own: what other tests have loaded is no part of this one's programs.
    readonly CodeSource _source = new();
    readonly IActorRef _controller;
    readonly IActorRef _engine;
    long _sent;

    public EngineAlone(int workers = 1)
    {
        var hear = Hear;
        _controller = _system.ActorOf(Props.Create(() => new Recorder(hear)), ClusterControllerActor.Name);
        var runtime = new EngineRuntime(new EngineSettings(1, workers, null, "", TimeSpan.FromSeconds(5).Ticks, 1000, int.MaxValue, 0), 0, _system);
        runtime.Code = new EngineCode(new CodeSets(new CodeStore(Shipment.NewFolder())), runtime.Outbox.Tell);
        var life = new EngineLife(true, TimeSpan.FromMinutes(1), (why, _) => Ended = why);
        _engine = _system.ActorOf(Props.Create(() => new EngineActor(runtime, new FixedController(_system, "/user/" + ClusterControllerActor.Name), new RegisterEngine(0, 1, workers, null), life)));
    }

    public ConcurrentQueue<(long Task, TaskOutcome Outcome, byte[] Value)> Outcomes { get; } = new();

    public ConcurrentQueue<(long Number, byte[] Question)> Questions { get; } = new();

    public ConcurrentQueue<long> Started { get; } = new();

    public ConcurrentQueue<RegisterEngine> Knocks { get; } = new();

    public string? Ended { get; private set; }

    void Hear(object message)
    {
        if (message is RegisterEngine knock) Knocks.Enqueue(knock);
        if (message is not LinkBatch batch) return;
        Seen = BinaryPrimitives.ReadInt64LittleEndian(batch.Bytes);
        var reader = new PayloadReader(batch.Bytes);
        reader.ReadRaw(Link.HeaderBytes);
        while (reader.Remaining > 0)
        {
            switch ((ControllerEntry)reader.ReadByte())
            {
                case ControllerEntry.NeedCode:
                    Assert.Equal(Client, reader.ReadInt32());
                    Questions.Enqueue((reader.ReadInt64(), reader.ReadBytes().ToArray()));
                    break;
                case ControllerEntry.Started:
                    Started.Enqueue(reader.ReadInt64());
                    reader.ReadInt32();
                    break;
                case ControllerEntry.Finished:
                    var task = reader.ReadInt64();
                    reader.ReadInt32();
                    var outcome = (TaskOutcome)reader.ReadByte();
                    reader.ReadInt64();
                    reader.ReadInt64();
                    reader.ReadInt32();
                    reader.ReadString();
                    var place = TaskWire.ReadPlace(ref reader, batch.Bytes);
                    if (outcome is TaskOutcome.Failed or TaskOutcome.Unsuitable) (_, _) = (reader.ReadString(), reader.ReadString());
                    Outcomes.Enqueue((task, outcome, place.Bytes.ToArray()));
                    break;
                case var other:
                    throw new InvalidDataException($"An engine alone said {other}.");
            }
        }
    }

    /// <summary>The controller, the first one or another, takes the engine in.</summary>
    public async Task WelcomeAsync(long session)
    {
        await Transport.Until.True(() => !Knocks.IsEmpty, "the engine knocks");
        _sent = 0;
        _defined.Clear();
        _engine.Tell(new EngineActor.Welcome(session, 0, 0), _controller);
    }

    /// <summary>The same controller is there again.</summary>
    public async Task BackAsync(long session)
    {
        await Transport.Until.True(() => !Knocks.IsEmpty, "the engine knocks");
        _engine.Tell(new EngineActor.Welcome(session, 0, Seen), _controller);
    }

    /// <summary>The number of the last batch that came.</summary>
    public long Seen { get; private set; }

    /// <summary>The connection is cut.</summary>
    public void Cut()
    {
        Knocks.Clear();
        var address = ((ExtendedActorSystem)_system).Provider.DefaultAddress;
        _system.EventStream.Publish(new DisassociatedEvent(address, address, false));
    }

    public void Send(Action<PayloadWriter> write)
    {
        using var writer = PayloadWriter.Rent();
        writer.WriteFixed(0L);
        writer.WriteFixed(long.MaxValue);
        write(writer);
        var bytes = writer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, ++_sent);
        _engine.Tell(new LinkBatch(bytes), _controller);
    }

    /// <summary>Makes a program of its own for what is loaded twice: only the first build of a name joins this process's program, which the engine has.</summary>
    public void Know(Func<int, int> former) => _source.ProgramOf(FunctionDefinition.Of(former));

    public void Run(long task, Func<int, int> function, int argument, bool isDirect = false) => Send(w =>
    {
        var shipped = _functions.Find(function, TaskShape.Apply1);
        if (_defined.Add(shipped.Id)) TaskWire.WriteDefinition(w, shipped.Id, Client, _source.ProgramOf(shipped.Definition), shipped.Bytes);
        TaskWire.WriteTask(w, isDirect ? EngineEntry.DirectTask : EngineEntry.Task, task, 1, 1, shipped.Id, 0);
        using var payload = PayloadWriter.Rent();
        shipped.Definition.WriteCaptures(payload, function);
        payload.Write(argument);
        TaskWire.WriteInline(w, payload.ToArray());
    });

    public void Tell(EngineEntry kind, long task) => Send(w => TaskWire.WriteAttempt(w, (byte)kind, task, 1));

    /// <summary>The client's program answers what was asked, until nothing more is.</summary>
    public void Answer()
    {
        while (Questions.TryDequeue(out var asked))
        {
            Send(w =>
            {
                w.WriteByte((byte)EngineEntry.Code);
                w.WriteInt64(asked.Number);
                w.WriteBytes(CodeQuestion.Answer(_source, asked.Question));
            });
        }
    }

    public async Task<(TaskOutcome Outcome, int Value)> EndOf(long task, bool answering = false)
    {
        await Transport.Until.True(() =>
        {
            if (answering) Answer();
            return Outcomes.Any(o => o.Task == task);
        }, $"task {task} ends");
        var (_, outcome, bytes) = Assert.Single(Outcomes, o => o.Task == task);
        return (outcome, outcome == TaskOutcome.Succeeded ? Read(bytes) : 0);

        static int Read(byte[] bytes)
        {
            var reader = new PayloadReader(bytes);
            return reader.Read<int>();
        }
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    sealed class Recorder(Action<object> hear) : UntypedActor
    {
        protected override void OnReceive(object message) => hear(message);
    }
}
