using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ActorParallel.Transport;

/// <summary>Which certificates a peer may present: some by name, or those an authority issued for some role. Names of hosts play no part.</summary>
internal sealed class PeerPolicy
{
    readonly FrozenSet<string> _thumbprints;
    readonly X509Certificate2? _authority;
    readonly PeerRole _roles;

    PeerPolicy(FrozenSet<string> thumbprints, X509Certificate2? authority, PeerRole roles, PeerRole members = PeerRole.None) =>
        (_thumbprints, _authority, _roles, Members) = (thumbprints, authority, roles, members);

    /// <summary>The roles of those that form an Akka.Cluster with this side: they may say what its members say to each other.</summary>
    public PeerRole Members { get; }

    /// <summary>Whether certificates have roles, and peers may do only what theirs allows.</summary>
    public bool HasRoles => _roles != PeerRole.None;

    /// <summary>Exactly these: hexadecimal SHA-256 of the certificate's raw data.</summary>
    public static PeerPolicy Pinned(params IEnumerable<string> thumbprints)
    {
        var set = thumbprints.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        return set.Count > 0 ? new(set, null, PeerRole.None) : throw new ArgumentException("No thumbprint given: nobody could connect.", nameof(thumbprints));
    }

    /// <summary>Every certificate this authority issued that is valid today.</summary>
    public static PeerPolicy IssuedBy(X509Certificate2 authority) => new(FrozenSet<string>.Empty, authority, PeerRole.None);

    /// <summary>Every certificate this authority issued for one of the roles that is valid today.</summary>
    public static PeerPolicy IssuedBy(X509Certificate2 authority, PeerRole roles) => roles == PeerRole.None
        ? throw new ArgumentException("No role given: nobody could connect.", nameof(roles))
        : new(FrozenSet<string>.Empty, authority, roles);

    /// <summary>Whom a peer of this role talks to, in either direction: a controller to clients and engines, these to controllers.</summary>
    public static PeerPolicy For(PeerRole own, X509Certificate2 authority) =>
        IssuedBy(authority, own == PeerRole.Controller ? PeerRole.Client | PeerRole.Engine : PeerRole.Controller);

    /// <summary>Whom a member of an Akka.Cluster talks to: controllers and engines to each other, and controllers to clients.</summary>
    public static PeerPolicy ForMember(PeerRole own, X509Certificate2 authority) => new(
        FrozenSet<string>.Empty, authority, own == PeerRole.Controller ? PeerRole.All : PeerRole.Controller | PeerRole.Engine, PeerRole.Controller | PeerRole.Engine);

    /// <summary>Null when the peer is welcome, else the reason why not.</summary>
    public string? Refusal(X509Certificate? presented, SslPolicyErrors errors)
    {
        if (presented is null)
        {
            return "it presented no certificate";
        }

        var thumbprint = EphemeralCertificate.Thumbprint(presented);
        if (_authority is null)
        {
            return _thumbprints.Contains(thumbprint) ? null : $"its certificate ({thumbprint}) is not among those accepted";
        }

        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return $"its certificate ({thumbprint}) was not issued by {_authority.Subject}, or is not valid today";
        }

        var role = RoleOf(presented);
        return !HasRoles || (role & _roles) != 0
            ? null
            : $"its certificate ({thumbprint}) is for the role {role} and not for {_roles}".ToLowerInvariant();
    }

    /// <summary>What a welcome peer may be: all, where certificates have no roles.</summary>
    public PeerRole RoleOf(X509Certificate presented)
    {
        if (!HasRoles)
        {
            return PeerRole.All;
        }

        if (presented is X509Certificate2 full)
        {
            return RoleExtension.Of(full);
        }

        using var loaded = X509CertificateLoader.LoadCertificate(presented.GetRawCertData());
        return RoleExtension.Of(loaded);
    }

    /// <summary>Nothing is fetched from a network to judge a peer, and the machine's own authorities count for nothing.</summary>
    public X509ChainPolicy Chain() => ChainTo(_authority);

    /// <inheritdoc cref="Chain" />
    public static X509ChainPolicy ChainTo(X509Certificate2? authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (authority is not null)
        {
            policy.CustomTrustStore.Add(authority);
        }

        return policy;
    }
}
