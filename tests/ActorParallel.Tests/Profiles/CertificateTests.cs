using System.Security.Cryptography.X509Certificates;
using ActorParallel.Profiles;
using ActorParallel.Transport;
using Microsoft.Extensions.Time.Testing;

namespace ActorParallel.Tests.Profiles;

public sealed class CertificateTests : IDisposable
{
    readonly Home _home = new();
    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    public void Dispose() => _home.Dispose();

    string Folder => Path.Combine(_home.Path, "certificates");

    ProfileCertificates Certificates() => new(Folder, _time);

    [Theory]
    [InlineData((int)PeerRole.Controller)]
    [InlineData((int)PeerRole.Client)]
    [InlineData((int)PeerRole.Engine)]
    public void ACertificateIsMadeOnFirstUseAndKept(int which)
    {
        var role = (PeerRole)which;
        using var certificate = Certificates().Certificate(role);
        Assert.Equal(role, RoleExtension.Of(certificate));
        Assert.True(certificate.HasPrivateKey);
        Assert.Equal("1.2.840.10045.3.1.7", certificate.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value); // P-256
        Assert.InRange((certificate.NotAfter - _time.GetUtcNow().LocalDateTime).TotalDays, 364, 366);
        using var again = Certificates().Certificate(role);
        Assert.Equal(certificate.Thumbprint, again.Thumbprint);
        using var authority = Certificates().Authority();
        Assert.False(authority.HasPrivateKey);
        Assert.Null(PeerPolicy.IssuedBy(authority, role).Refusal(certificate, Errors(authority, certificate)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(Home.Private, Home.ModeOf(Folder));
            Assert.All(Directory.GetFiles(Folder), file => Assert.Equal(PrivateFile.Mode, Home.ModeOf(file)));
        }
    }

    static System.Net.Security.SslPolicyErrors Errors(X509Certificate2 authority, X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = PeerPolicy.ChainTo(authority) };
        return chain.Build(certificate) ? 0 : System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors;
    }

    [Fact]
    public void ACertificateIsRenewedAMonthBeforeItsEnd()
    {
        using var first = Certificates().Certificate(PeerRole.Client);
        _time.Advance(TimeSpan.FromDays(365 - 31));
        using var same = Certificates().Certificate(PeerRole.Client);
        Assert.Equal(first.Thumbprint, same.Thumbprint);
        _time.Advance(TimeSpan.FromDays(2));
        using var renewed = Certificates().Certificate(PeerRole.Client);
        Assert.NotEqual(first.Thumbprint, renewed.Thumbprint);
        Assert.Equal(first.Issuer, renewed.Issuer);
    }

    [Fact]
    public void AnAuthorityNearItsEndIsReplacedWithAllItIssued()
    {
        using var first = Certificates().Certificate(PeerRole.Engine);
        _time.Advance(TimeSpan.FromDays(3650 - 29));
        using var next = Certificates().Certificate(PeerRole.Engine);
        Assert.NotEqual(first.Issuer, next.Issuer);
    }

    [Fact]
    public void ACertificateNeverOutlivesItsAuthority()
    {
        using var authority = Certificates().Authority();
        _time.Advance(TimeSpan.FromDays(3650 - 100));
        using var late = Certificates().Certificate(PeerRole.Engine);
        Assert.Equal(authority.NotAfter, late.NotAfter);
    }

    [Fact]
    public void AnotherAuthoritysCertificateIsNotKept()
    {
        using var old = Certificates().Certificate(PeerRole.Engine);
        File.Delete(Path.Combine(Folder, "authority.pem"));
        using var fresh = Certificates().Certificate(PeerRole.Engine);
        Assert.NotEqual(old.Issuer, fresh.Issuer);
    }

    [Fact]
    public async Task ManyAtOnceAgreeOnOneAuthority()
    {
        var issuers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using var certificate = Certificates().IssueOne(PeerRole.Engine);
            return certificate.Issuer;
        }, TestContext.Current.CancellationToken)));
        Assert.Single(issuers.Distinct());
        Assert.Equal(["authority.pem"], Directory.GetFiles(Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void AFolderOrFileOpenToOthersIsRefused()
    {
        Home.UnixOnly();
        _ = Certificates().Authority();
        var file = Path.Combine(Folder, "authority.pem");
        Home.SetMode(file, Home.Readable);
        var e = Assert.Throws<IOException>(() => Certificates().Authority());
        Assert.Equal($"{file} can be read or written by others and must have mode 0600: run chmod 600 on it.", e.Message);
        Home.SetMode(file, PrivateFile.Mode);
        Home.SetMode(Folder, (UnixFileMode)0b111_101_000);
        e = Assert.Throws<IOException>(() => Certificates().Certificate(PeerRole.Client));
        Assert.Contains("has mode 0750 and must have 0700", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AGarbledFileIsNamed()
    {
        _ = Certificates().Authority();
        var file = Path.Combine(Folder, "authority.pem");
        File.WriteAllText(file, "-----BEGIN CERTIFICATE-----\nno\n");
        var e = Assert.Throws<IOException>(() => Certificates().Authority());
        Assert.StartsWith($"{file} holds no certificate", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALeafCanNotIssue()
    {
        // An engine's key must not be good for making a controller's certificate.
        using var engine = Certificates().IssueOne(PeerRole.Engine);
        var basic = engine.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.False(basic.CertificateAuthority);
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, engine.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
    }
}
