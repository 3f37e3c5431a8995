using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace ActorParallel.Transport;

/// <summary>The certificate extension that holds a role: a DER UTF8String, under an object identifier of our own (ITU-T X.667: 2.25 and a random UUID).</summary>
internal static class RoleExtension
{
    public const string ObjectIdentifier = "2.25.299632541207614393862817353927305481106";

    public static X509Extension For(PeerRole role)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, NameOf(role));
        return new X509Extension(ObjectIdentifier, writer.Encode(), critical: false);
    }

    /// <summary>None when the certificate has no such extension, or one that names no role.</summary>
    public static PeerRole Of(X509Certificate2 certificate)
    {
        PeerRole found = PeerRole.None;
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value == ObjectIdentifier)
            {
                // Two of them would be a matter of interpretation.
                if (found != PeerRole.None)
                {
                    return PeerRole.None;
                }

                found = Read(extension.RawData);
            }
        }

        return found;
    }

    public static string NameOf(PeerRole role) => role switch
    {
        PeerRole.Controller => "controller",
        PeerRole.Client => "client",
        PeerRole.Engine => "engine",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "A certificate has exactly one role."),
    };

    public static PeerRole Parse(string? name) => name switch
    {
        "controller" => PeerRole.Controller,
        "client" => PeerRole.Client,
        "engine" => PeerRole.Engine,
        _ => PeerRole.None,
    };

    static PeerRole Read(byte[] der)
    {
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var name = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
            reader.ThrowIfNotEmpty();
            return Parse(name);
        }
        catch (AsnContentException)
        {
            return PeerRole.None;
        }
    }
}
