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
        "as EngineActor.Assign(Batch: Byte[])",
        "cn EngineActor.CancelTask(TaskId: Int64, Attempt: Int32)",
        "fi ControllerActor.TasksFinished(Batch: Byte[])",
        "ov ControllerActor.TaskOverran(TaskId: Int64, Attempt: Int32)",
        "pr ControllerActor.TaskProgressed(TaskId: Int64, Fraction: Double)",
        "rc EngineActor.RecallTask(TaskId: Int64, Attempt: Int32)",
        "re ControllerActor.RegisterEngine(EngineId: Int32, Generation: Int32, Workers: Int32, InitializerError: Byte[])",
        "rs EngineActor.ReleaseSegments(Ids: Int32[])",
        "st EngineActor.StopEngine()",
        "we EngineActor.Welcome()",
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
            return $"{manifest} {type.DeclaringType!.Name}.{type.Name}({string.Join(", ", fields)})";
        }).Order(StringComparer.Ordinal);
        Assert.Equal(s_contract, lines);
    }

    [Fact]
    public void EveryMessageComesBackAsItWas()
    {
        var serializer = new MessageSerializer((ExtendedActorSystem)_system);
        object[] messages =
        [
            new EngineActor.CancelTask(long.MaxValue, 3), new EngineActor.RecallTask(7, int.MaxValue), EngineActor.StopEngine.Instance, EngineActor.Welcome.Instance,
            new ControllerActor.TaskOverran(1, 2), new ControllerActor.TaskProgressed(5, 0.25), new ControllerActor.RegisterEngine(1, 2, 3, null),
        ];
        foreach (var message in messages) Assert.Equal(message, serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message)));
        var failed = (ControllerActor.RegisterEngine)Trip(new ControllerActor.RegisterEngine(1, 2, 3, [4, 5]));
        Assert.Equal([4, 5], failed.InitializerError!);
        Assert.Equal([8, 9], ((EngineActor.ReleaseSegments)Trip(new EngineActor.ReleaseSegments([8, 9]))).Ids);
        Assert.Equal([1], ((EngineActor.Assign)Trip(new EngineActor.Assign([1]))).Batch);
        Assert.Equal([2], ((ControllerActor.TasksFinished)Trip(new ControllerActor.TasksFinished([2]))).Batch);

        object Trip(object message) => serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message));
    }

    [Fact]
    public void NothingElseIsWritten() =>
        Assert.Throws<ArgumentException>(() => new MessageSerializer((ExtendedActorSystem)_system).Manifest("a string"));

    public void Dispose() => _system.Dispose();
}
