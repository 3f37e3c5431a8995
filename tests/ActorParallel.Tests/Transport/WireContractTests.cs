using System.Runtime.CompilerServices;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Tests.Transport;

/// <summary>What crosses process boundaries: a change here is a change of the wire, and has to be meant.</summary>
public sealed class WireContractTests : IDisposable
{
    readonly ActorSystem _system = ActorSystem.Create("wire");

    static readonly string[] s_contract =
    [
        "ba LinkBatch(Bytes: Byte[])",
        "be LinkBeat(Sent: Int64, Seen: Int64)",
        "ca ControllerIsAt(Path: String, Contacts: String[])",
        "co ConnectClient(Number: Int32, Nonce: Int64, Session: Int64, Seen: Int64, IsNanny: Boolean, ProcessId: Int32, Host: String, Machine: String, Version: String)",
        "cw ClientWelcome(Session: Int64, Seen: Int64, SharesFolder: Boolean)",
        "ga LinkGap(After: Int64)",
        "ma MergeAnswer(Address: String, Verdict: MergeVerdict)",
        "mq MergeQuestion(Address: String, Engines: Int32)",
        "pa LinkPart(Number: Int64, Length: Int32, At: Int32, Bytes: Byte[])",
        "rc RefuseClient(Why: String, NumberTaken: Boolean)",
        "re RegisterEngine(EngineId: Int32, Generation: Int32, Workers: Int32, InitializerError: Byte[], Session: Int64, Seen: Int64, Holds: HeldTask[], Facts: EngineFacts)",
        "rf RefuseEngine(Why: String)",
        "wc WhereIsController()",
        "we EngineActor.Welcome(Session: Int64, EngineId: Int32, Seen: Int64)",
    ];

    [Fact]
    public void EveryMessageHasItsManifestAndItsFields()
    {
        var serializer = new MessageSerializer((ExtendedActorSystem)_system);
        var messages = typeof(IWireMessage).Assembly.GetTypes().Where(t => t.IsClass && typeof(IWireMessage).IsAssignableFrom(t));
        var lines = messages.Select(type =>
        {
            var manifest = serializer.Manifest(RuntimeHelpers.GetUninitializedObject(type));
            var fields = type.GetProperties().Where(p => p.DeclaringType == type).Select(p => $"{p.Name}: {p.PropertyType.Name}");
            return $"{manifest} {(type.DeclaringType is { } outer ? outer.Name + "." : "")}{type.Name}({string.Join(", ", fields)})";
        }).Order(StringComparer.Ordinal);
        Assert.Equal(s_contract, lines);
    }

    [Fact]
    public void EveryMessageComesBackAsItWas()
    {
        var serializer = new MessageSerializer((ExtendedActorSystem)_system);
        object[] messages =
        [
            new LinkBeat(long.MaxValue, 3), new LinkGap(7), new RefuseEngine("why"), new EngineActor.Welcome(long.MinValue, 2, 5),
            new ConnectClient(1, 2, 3, 4, true, 5, "host", "machine", "version"), new ClientWelcome(1, 2, true), new RefuseClient("why", true),
            WhereIsController.Instance, new MergeQuestion("here:1", 3), new MergeAnswer("there:2", MergeVerdict.AskedGoes),
        ];
        foreach (var message in messages) Assert.Equal(message, Trip(message));
        Assert.Equivalent(new ControllerIsAt("path", ["a:1", "b:2"]), Trip(new ControllerIsAt("path", ["a:1", "b:2"])), strict: true);
        Assert.Equal([1], ((LinkBatch)Trip(new LinkBatch([1]))).Bytes);
        var register = new RegisterEngine(1, 2, 3, [4, 5])
        {
            Session = 6,
            Seen = 7,
            Holds = [new HeldTask(8, 9, true)],
            Facts = new EngineFacts(10, 11, "host", "machine", "version", ["gpu"], [("memory", 1.5)]),
        };
        Assert.Equivalent(register, Trip(register), strict: true);
        Assert.Null(((RegisterEngine)Trip(new RegisterEngine(1, 2, 3, null))).InitializerError);

        object Trip(object message) => serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message));
    }

    [Fact]
    public void TheNumbersOfEntriesAreMeant()
    {
        Assert.Equal(["Define=1", "Task=2", "DirectTask=3", "Cancel=4", "Recall=5", "Release=6", "Stop=7", "Forget=8", "Code=9", "Mail=10", "PeerJoined=11", "PeerLeft=12", "Trace=13"], Numbers<EngineEntry>());
        Assert.Equal(["Finished=1", "Overran=2", "Progressed=3", "NeedCode=4", "Started=5", "Mail=6", "Leaving=7", "Wrote=8"], Numbers<ControllerEntry>());

        static IEnumerable<string> Numbers<T>() where T : struct, Enum => Enum.GetValues<T>().Select(v => $"{v}={Convert.ToByte(v, null)}");
    }

    [Fact]
    public void NothingElseIsWritten() =>
        Assert.Throws<ArgumentException>(() => new MessageSerializer((ExtendedActorSystem)_system).Manifest("a string"));

    public void Dispose() => _system.Dispose();
}
