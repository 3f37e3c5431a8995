using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ActorParallel.Transport;

namespace ActorParallel.Profiles;

/// <summary>
/// All that one engine or client elsewhere needs to connect, in one text: where the controller is, the authority's certificate without its
/// key, and a certificate with its key for one role. A secret.
/// </summary>
internal sealed record ConnectionBundle
{
    public int Format { get; init; } = ConnectionInfo.CurrentFormat;

    public required ConnectionInfo Connection { get; init; }

    public required string Role { get; init; }

    public required string AuthorityPem { get; init; }

    public required string CertificatePem { get; init; }

    public required string KeyPem { get; init; }

    /// <summary>A bundle with a certificate of its own.</summary>
    public static ConnectionBundle Create(Profile profile, ConnectionInfo connection, PeerRole role)
    {
        using var authority = profile.Certificates.Authority();
        using var own = profile.Certificates.IssueOne(role);
        return new ConnectionBundle
        {
            Connection = connection,
            Role = RoleExtension.NameOf(role),
            AuthorityPem = PemFile.Certificate(authority),
            CertificatePem = PemFile.Certificate(own),
            KeyPem = PemFile.Key(own),
        };
    }

    /// <summary>UTF-8 JSON; also what a bundle's file holds.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, ConnectionJson.Default.ConnectionBundle);

    /// <exception cref="ClusterConnectionException">They are no bundle, or one of a newer version.</exception>
    public static ConnectionBundle Read(ReadOnlyMemory<byte> utf8, string source = "the connection bundle") =>
        ConnectionFile.Parse(utf8, source).Bundle ?? throw new ClusterConnectionException($"{source} holds no certificate: export one with 'apcluster profile export'.");

    /// <summary>Writes it, readable by this user alone.</summary>
    public void WriteTo(string path) => PrivateFile.Write(path, Encoding.UTF8.GetString(ToBytes()));

    /// <summary>What the TLS transport shows and accepts.</summary>
    /// <exception cref="ClusterConnectionException">The certificates in it can't be read, or not for its role.</exception>
    public SocketTransportSetup ToSetup()
    {
        try
        {
            var own = PemFile.Parse(CertificatePem, KeyPem);
            var role = RoleExtension.Of(own);
            return role != PeerRole.None && role == RoleExtension.Parse(Role)
                ? new SocketTransportSetup(own, PeerPolicy.For(role, X509Certificate2.CreateFromPem(AuthorityPem)))
                : throw new ClusterConnectionException($"The connection bundle says '{Role}' and its certificate says {role}: export a new one with 'apcluster profile export'.", Connection.Profile);
        }
        catch (CryptographicException e)
        {
            throw new ClusterConnectionException($"The certificates in the connection bundle can't be read ({e.Message.TrimEnd('.')}): export a new one with 'apcluster profile export'.", Connection.Profile, e);
        }
    }

    // A record prints its members, and one is a key.
    public override string ToString() => $"bundle for role {Role} of {Connection}";
}
