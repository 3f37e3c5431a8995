namespace ActorParallel.Functions;

/// <summary>What is being read needs an assembly of the client's program that this engine hasn't asked for yet. Ask, and read again.</summary>
internal sealed class MissingCodeException(string assembly, Guid? build)
    : Exception(build is { } id ? $"The client's assembly {assembly} (build {id}) is not here yet." : $"The client's assembly {assembly} is not here yet.")
{
    /// <summary>The simple name.</summary>
    public string Assembly { get; } = assembly;

    /// <summary>The build, where the payload names it: it does for functions, not for types.</summary>
    public Guid? Build { get; } = build;
}
