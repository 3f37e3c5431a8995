using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ActorParallel.Transport;

/// <summary>Which certificates a peer may present: some by name, or all that an authority issued. Names of hosts play no part.</summary>
internal sealed class PeerPolicy
{
    readonly FrozenSet<string> _thumbprints;
    readonly X509Certificate2? _authority;

    PeerPolicy(FrozenSet<string> thumbprints, X509Certificate2? authority) => (_thumbprints, _authority) = (thumbprints, authority);

    /// <summary>Exactly these: hexadecimal SHA-256 of the certificate's raw data.</summary>
    public static PeerPolicy Pinned(params IEnumerable<string> thumbprints)
    {
        var set = thumbprints.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        return set.Count > 0 ? new(set, null) : throw new ArgumentException("No thumbprint given: nobody could connect.", nameof(thumbprints));
    }

    /// <summary>Every certificate this authority issued that is valid today.</summary>
    public static PeerPolicy IssuedBy(X509Certificate2 authority) => new(FrozenSet<string>.Empty, authority);

    /// <summary>Null when the peer is welcome, else the reason why not.</summary>
    public string? Refusal(X509Certificate? presented, SslPolicyErrors errors)
    {
        if (presented is null)
        {
            return "it presented no certificate";
        }

        var thumbprint = EphemeralCertificate.Thumbprint(presented);
        if (_thumbprints.Contains(thumbprint) || (_authority is not null && (errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0))
        {
            return null;
        }

        return _authority is null
            ? $"its certificate ({thumbprint}) is not among those accepted"
            : $"its certificate ({thumbprint}) was not issued by {_authority.Subject}, or is not valid today";
    }

    /// <summary>Nothing is fetched from a network to judge a peer, and the machine's own authorities count for nothing.</summary>
    public X509ChainPolicy Chain()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (_authority is not null)
        {
            policy.CustomTrustStore.Add(_authority);
        }

        return policy;
    }
}
