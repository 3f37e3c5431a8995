using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorParallel.Transport;

namespace ActorParallel.Profiles;

/// <summary>A certificate and its private key in one text: a secret.</summary>
internal static class PemFile
{
    public static string Text(X509Certificate2 certificate) => Certificate(certificate) + Key(certificate);

    public static string Certificate(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";

    public static string Key(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("The certificate has no private key of kind ECDSA.");
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <summary>Null when there is no such file.</summary>
    /// <exception cref="IOException">It holds something else, is open to others, or somebody else's.</exception>
    public static X509Certificate2? Read(string path)
    {
        if (PrivateFile.Read(path) is not { } text)
        {
            return null;
        }

        try
        {
            return Parse(text, text);
        }
        catch (CryptographicException e)
        {
            throw new IOException($"{path} holds no certificate with its key: delete it, and a new one is made.", e);
        }
    }

    /// <exception cref="CryptographicException">They are none, or don't belong together.</exception>
    public static X509Certificate2 Parse(string certificate, string key)
    {
        try
        {
            using var whole = X509Certificate2.CreateFromPem(certificate, key);
            return EphemeralCertificate.Import(EphemeralCertificate.Export(whole));
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("The key is not the certificate's.", e);
        }
    }
}
