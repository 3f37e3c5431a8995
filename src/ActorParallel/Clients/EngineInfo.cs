namespace ActorParallel;

/// <summary>An engine of a cluster, as it said of itself when it joined. Immutable.</summary>
/// <param name="Id">Its small number.</param>
/// <param name="Host">The name of its machine.</param>
/// <param name="ProcessId">Its process there.</param>
/// <param name="Workers">How many tasks it runs at a time.</param>
/// <param name="Tags">What tasks may ask for with <c>tags</c>.</param>
/// <param name="Resources">What tasks may hold with <c>resources</c>, by name.</param>
public sealed record EngineInfo(int Id, string Host, int ProcessId, int Workers, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, double> Resources);

/// <summary>An engine came to a cluster, or left it.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Joined">Whether it came; otherwise it left.</param>
/// <param name="Reason">Why it left; empty when it came.</param>
public sealed record EnginesChange(EngineInfo Engine, bool Joined, string Reason);
