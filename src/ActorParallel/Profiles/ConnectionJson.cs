using System.Text.Json.Serialization;

namespace ActorParallel.Profiles;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ConnectionInfo))]
[JsonSerializable(typeof(ConnectionBundle))]
internal sealed partial class ConnectionJson : JsonSerializerContext;
