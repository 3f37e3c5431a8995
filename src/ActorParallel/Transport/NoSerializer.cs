using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ActorParallel.Transport;

/// <summary>Stands where Akka has a serializer for any type: nothing of ours is left to that, and nothing foreign gets in.</summary>
internal sealed class NoSerializer : Serializer
{
    // As Akka calls it.
    public NoSerializer(ExtendedActorSystem system, Config config) : base(system) => _ = config;

    public override int Identifier => 4711;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw Refusal(obj.GetType());

    public override object FromBinary(byte[] bytes, Type type) => throw Refusal(type);

    static NotSupportedException Refusal(Type type) => new($"{type} does not travel between a pool and its processes: only ActorParallel's own messages do.");
}
