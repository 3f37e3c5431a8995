using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorParallel.Transport;

/// <summary>Certificates that live as long as a pool and are trusted by thumbprint.</summary>
internal static class EphemeralCertificate
{
    static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1), Life = TimeSpan.FromDays(3650);

    /// <summary>A self-signed ECDSA P-256 certificate with its private key, in memory only.</summary>
    public static X509Certificate2 Create(string name, TimeProvider? time = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={name}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var now = (time ?? TimeProvider.System).GetUtcNow();
        using var fresh = request.CreateSelfSigned(now - ClockSkew, now + Life);
        // Windows' TLS takes no key that never was in a store's format.
        return Import(Export(fresh));
    }

    /// <summary>Certificate and private key as PFX bytes: a secret.</summary>
    public static byte[] Export(X509Certificate2 certificate) => certificate.Export(X509ContentType.Pkcs12);

    public static X509Certificate2 Import(ReadOnlySpan<byte> pfx) => X509CertificateLoader.LoadPkcs12(pfx, password: null, X509KeyStorageFlags.Exportable);

    /// <summary>Hexadecimal SHA-256 of the certificate's raw data.</summary>
    public static string Thumbprint(X509Certificate certificate) => Convert.ToHexString(SHA256.HashData(certificate.GetRawCertData()));
}
