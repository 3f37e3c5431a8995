namespace ActorParallel.Transport;

/// <summary>What a peer has proved.</summary>
/// <param name="Role">What it may be.</param>
/// <param name="Credential">Tells it from others of the same role: its certificate's thumbprint.</param>
/// <param name="IsBound">Whether it may only speak for itself and as its role allows. Not so for those the operating system vouches for:
/// they are this user's processes, which could do anything anyway.</param>
internal sealed record PeerIdentity(PeerRole Role, string Credential, bool IsBound)
{
    /// <summary>Whether it may say what members of an Akka.Cluster say to each other.</summary>
    public bool IsMember { get; init; }

    public static PeerIdentity SameUser { get; } = new(PeerRole.All, "", IsBound: false);
}

/// <summary>A peer's stream, once it has proved who it is.</summary>
internal readonly record struct SecuredPeer(Stream Stream, PeerIdentity Identity);
