using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorParallel.Transport;

namespace ActorParallel.Profiles;

/// <summary>
/// A profile's own authority and the certificates it issues, made on first use: ECDSA P-256, one role each. The authority's key never
/// leaves the folder. All members are safe for all threads and processes: files are replaced whole, and the first to make one wins.
/// </summary>
/// <param name="folder">Of mode 0700; made on first use. <c>authority.pem</c>, <c>controller.pem</c>, … hold a certificate and its key.</param>
/// <param name="time">What is valid when.</param>
internal sealed class ProfileCertificates(string folder, TimeProvider? time = null)
{
    static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1), Life = TimeSpan.FromDays(365), AuthorityLife = TimeSpan.FromDays(3650);

    /// <summary>Less than this before its end, a certificate is replaced.</summary>
    public static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    readonly TimeProvider _time = time ?? TimeProvider.System;

    string AuthorityPath => Path.Combine(folder, "authority.pem");

    /// <summary>What peers are checked against; without its key.</summary>
    /// <exception cref="IOException">The folder or a file in it is open to others, or somebody else's.</exception>
    public X509Certificate2 Authority()
    {
        using var authority = LoadAuthority();
        return X509CertificateLoader.LoadCertificate(authority.RawData);
    }

    /// <summary>This profile's certificate for a role, with its key; renewed when it is about to end.</summary>
    /// <inheritdoc cref="Authority" path="/exception" />
    public X509Certificate2 Certificate(PeerRole role)
    {
        using var authority = LoadAuthority();
        var path = Path.Combine(folder, RoleExtension.NameOf(role) + ".pem");
        if (PemFile.Read(path) is { } there)
        {
            if (IsGood(there, authority, role))
            {
                return there;
            }

            there.Dispose();
        }

        var fresh = Issue(authority, role);
        PrivateFile.Write(path, PemFile.Text(fresh));
        return fresh;
    }

    /// <summary>A certificate of its own for one engine or client elsewhere: no other peer can pass for it. Kept nowhere.</summary>
    /// <inheritdoc cref="Authority" path="/exception" />
    public X509Certificate2 IssueOne(PeerRole role)
    {
        using var authority = LoadAuthority();
        return Issue(authority, role);
    }

    X509Certificate2 LoadAuthority()
    {
        PrivateFolder.Ensure(folder);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (PemFile.Read(AuthorityPath) is { } there)
            {
                if (there.NotAfter - _time.GetUtcNow() > RenewBefore)
                {
                    return there;
                }

                there.Dispose();
                using var next = MakeAuthority();
                PrivateFile.Write(AuthorityPath, PemFile.Text(next));
            }
            else
            {
                // Of two that make one at the same time both must go on with the same.
                using var first = MakeAuthority();
                PrivateFile.TryCreate(AuthorityPath, PemFile.Text(first));
            }
        }

        throw new IOException($"{AuthorityPath} can't be kept valid: check this machine's clock.");
    }

    bool IsGood(X509Certificate2 certificate, X509Certificate2 authority, PeerRole role)
    {
        using var chain = new X509Chain { ChainPolicy = PeerPolicy.ChainTo(authority) };
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().LocalDateTime;
        return RoleExtension.Of(certificate) == role && certificate.NotAfter - _time.GetUtcNow() > RenewBefore && chain.Build(certificate);
    }

    X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=ActorParallel authority {RandomNumberGenerator.GetHexString(16, lowercase: true)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = _time.GetUtcNow();
        return request.CreateSelfSigned(now - ClockSkew, now + AuthorityLife);
    }

    X509Certificate2 Issue(X509Certificate2 authority, PeerRole role)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = $"CN=ActorParallel {RoleExtension.NameOf(role)}";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(RoleExtension.For(role));
        var now = _time.GetUtcNow();
        var (from, to) = (now - ClockSkew, now + Life);
        from = from < authority.NotBefore ? authority.NotBefore : from;
        to = to > authority.NotAfter ? authority.NotAfter : to;
        using var signed = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(16));
        using var whole = signed.CopyWithPrivateKey(key);

        // Windows' TLS takes no key that never was in a store's format.
        return EphemeralCertificate.Import(EphemeralCertificate.Export(whole));
    }
}
