using System.Text.Json.Serialization;

namespace ActorParallel.Profiles;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ConnectionInfo))]
[JsonSerializable(typeof(ConnectionBundle))]
[JsonSerializable(typeof(Launching.ClusterEngineHandOver))]
internal sealed partial class ConnectionJson : JsonSerializerContext;
