namespace ActorParallel.Transport;

/// <summary>What a peer may be. A certificate carries one; a peer the operating system vouches for has all.</summary>
[Flags]
internal enum PeerRole
{
    None = 0,
    Controller = 1,
    Client = 2,
    Engine = 4,
    All = Controller | Client | Engine,
}
