using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;
using Akka.Remote.Transport;
using ActorParallel.Transport;
using Google.Protobuf;

namespace ActorParallel.Tests.Transport;

/// <summary>Who gets in over TCP, and who doesn't.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    readonly X509Certificate2 _good = EphemeralCertificate.Create("good");
    readonly List<(TestSystem System, BareTransport Bare)> _sides = [];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        foreach (var (system, bare) in _sides)
        {
            await bare.Transport.Shutdown().WaitAsync(TimeSpan.FromSeconds(10));
            await system.DisposeAsync();
        }
    }

    async Task<(TestSystem System, BareTransport Bare)> Listen(X509Certificate2? own = null, PeerPolicy? peers = null)
    {
        var setup = new SocketTransportSetup(own ?? _good, peers ?? PeerPolicy.Pinned(EphemeralCertificate.Thumbprint(_good)));
        var system = new TestSystem("s", ConfigurationFactory.Empty, setup);
        _sides.Add((system, await BareTransport.Listen(system, "kind = tls\nhandshake-timeout = 5 s")));
        return _sides[^1];
    }

    async Task StillServes((TestSystem System, BareTransport Bare) server)
    {
        var client = await Listen();
        var from = await client.Bare.Connect(server.Bare.Address);
        var frames = Frames.On(server.Bare.Accepted(Cancel));
        Assert.True(from.Write(ByteString.CopyFromUtf8("good")));
        await Until.True(() => !frames.Seen.IsEmpty, "a frame");
        Assert.Single(server.System.Log.Warnings);
        Assert.Equal(0, server.Bare.AcceptedCount);
    }

    [Fact]
    public async Task AClientWithoutACertificateIsTurnedAway()
    {
        var server = await Listen();
        using var tcp = new TcpClient("127.0.0.1", server.Bare.Address.Port!.Value);
        await using var ssl = new SslStream(tcp.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await ssl.AuthenticateAsClientAsync("x");
            await ssl.WriteAsync("APT1\0\0\x40\0"u8.ToArray(), Cancel);
            await ssl.ReadExactlyAsync(new byte[8], Cancel);
        });
        await server.System.Log.Warning("it presented no certificate");
        await StillServes(server);
    }

    [Fact]
    public async Task ACertificateNotPinnedIsTurnedAway()
    {
        var server = await Listen();
        var stranger = await Listen(EphemeralCertificate.Create("stranger"));
        var e = await Assert.ThrowsAsync<InvalidAssociationException>(() => stranger.Bare.Connect(server.Bare.Address));
        Assert.Contains("Can't connect to", e.Message, StringComparison.Ordinal);
        await server.System.Log.Warning("is not among those accepted");
        await StillServes(server);
    }

    [Fact]
    public async Task AServerWhoseCertificateIsNotPinnedIsNotTalkedTo()
    {
        var server = await Listen(EphemeralCertificate.Create("impostor"));
        var client = await Listen();
        var e = await Assert.ThrowsAsync<InvalidAssociationException>(() => client.Bare.Connect(server.Bare.Address));
        Assert.Contains("is not among those accepted", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlainTextIsTurnedAway()
    {
        var server = await Listen();
        using var tcp = new TcpClient("127.0.0.1", server.Bare.Address.Port!.Value);
        tcp.Client.Send("APT1 this is no TLS at all, and not a frame either"u8);
        await server.System.Log.Warning("127.0.0.1");
        await StillServes(server);
    }

    [Fact]
    public async Task AnAuthoritysCertificatesAreAccepted()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        var policy = PeerPolicy.IssuedBy(authority);
        X509Certificate2 Leaf(string name, int days)
        {
            using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var leaf = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256);
            using var signed = leaf.Create(authority, now.AddHours(-1), now.AddDays(days), RandomNumberGenerator.GetBytes(8));
            using var whole = signed.CopyWithPrivateKey(own);
            return EphemeralCertificate.Import(EphemeralCertificate.Export(whole));
        }

        var server = await Listen(Leaf("server", 10), policy);
        var client = await Listen(Leaf("client", 10), policy);
        await client.Bare.Connect(server.Bare.Address);

        var selfSigned = await Listen(EphemeralCertificate.Create("self-signed"), policy);
        await Assert.ThrowsAsync<InvalidAssociationException>(() => selfSigned.Bare.Connect(server.Bare.Address));
        await server.System.Log.Warning("was not issued by CN=authority");
    }

    [Fact]
    public void ACertificateSurvivesExport()
    {
        using var again = EphemeralCertificate.Import(EphemeralCertificate.Export(_good));
        Assert.True(again.HasPrivateKey);
        Assert.Equal(EphemeralCertificate.Thumbprint(_good), EphemeralCertificate.Thumbprint(again));
        Assert.Equal(64, EphemeralCertificate.Thumbprint(again).Length);
        using var publicHalf = X509CertificateLoader.LoadCertificate(_good.RawData);
        Assert.Throws<ArgumentException>(() => new SocketTransportSetup(publicHalf, PeerPolicy.Pinned("00")));
    }
}
