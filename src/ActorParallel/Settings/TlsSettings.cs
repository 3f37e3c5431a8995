using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorParallel.Pools;
using ActorParallel.Profiles;
using ActorParallel.Transport;
using Akka.Configuration;

namespace ActorParallel.Settings;

/// <summary><c>actor-parallel.tls</c>: what a process shows to others, and whom it trusts.</summary>
internal sealed record TlsSettings
{
    public const string Section = "actor-parallel.tls";

    /// <summary>The profile whose certificates are used, where no files are named.</summary>
    public string Profile { get; init; } = ProfileName.Default;

    /// <summary>A PEM file with the authority's certificate; empty: the profile's.</summary>
    public string Authority { get; init; } = "";

    /// <summary>A PEM file with this process's certificate and its key; empty: the profile's for its role.</summary>
    public string Certificate { get; init; } = "";

    /// <exception cref="ConfigurationException">A value can't be used; the message names its key.</exception>
    public static TlsSettings From(Config config)
    {
        var reader = new SettingsReader(config.WithFallback(PoolConfig.Reference), Section);
        var read = new TlsSettings { Profile = reader.Text("profile"), Authority = reader.Text("authority"), Certificate = reader.Text("certificate") };
        if (read.Authority.Length > 0 != read.Certificate.Length > 0)
            throw new ConfigurationException($"{Section}.authority and {Section}.certificate belong together: name both files, or neither to use a profile's.");
        return ProfileName.IsValid(read.Profile) ? read : throw reader.Refuse("profile", "a profile's name");
    }

    /// <summary>What the transport shows and accepts.</summary>
    /// <param name="role">What this process is.</param>
    /// <param name="isMember">Whether it is a member of an Akka.Cluster.</param>
    /// <exception cref="ConfigurationException">The files can't be used.</exception>
    public SocketTransportSetup Setup(PeerRole role, bool isMember)
    {
        try
        {
            if (Certificate.Length == 0)
            {
                // Only where this user's profile is can another certificate be issued.
                var profile = Profiles.Profile.OpenOrCreate(Profile);
                return Setup(profile.Certificates.Certificate(role), profile.Certificates.Authority(), role, isMember);
            }
            var own = PemFile.Read(Certificate) ?? throw new ConfigurationException($"{Section}.certificate is {Certificate}: there is no such file.");
            if (RoleExtension.Of(own) is var shown && shown != role)
                throw new ConfigurationException($"{Section}.certificate is {Certificate}, a certificate for the role {shown}, and this is for the role {role}: issue one with 'apcluster profile certificate --role {RoleExtension.NameOf(role)}'.".Replace(shown.ToString(), shown.ToString().ToLowerInvariant(), StringComparison.Ordinal));
            return Setup(own, X509Certificate2.CreateFromPem(File.ReadAllText(Authority)), role, isMember);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConfigurationException($"The certificates of {Section} can't be used: {e.Message}", e);
        }
    }

    static SocketTransportSetup Setup(X509Certificate2 own, X509Certificate2 authority, PeerRole role, bool isMember) =>
        new(own, isMember ? PeerPolicy.ForMember(role, authority) : PeerPolicy.For(role, authority));
}
