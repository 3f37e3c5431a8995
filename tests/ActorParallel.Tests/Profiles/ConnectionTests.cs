using System.Text;
using ActorParallel.Profiles;
using ActorParallel.Transport;

namespace ActorParallel.Tests.Profiles;

public sealed class ConnectionTests : IDisposable
{
    readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    ClusterConnectionException Refused() => Assert.Throws<ClusterConnectionException>(() => ConnectionFile.Find("default", _home.Path));

    void WriteRaw(string text)
    {
        var path = _home.Profile().ConnectionPath;
        File.WriteAllText(path, text);
        Home.SetMode(path, PrivateFile.Mode);
    }

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        var profile = _home.Profile();
        var info = Home.Info() with { TlsHost = "node7", TlsPort = 4711 };
        ConnectionFile.Write(profile, info);
        var (found, read) = ConnectionFile.Find("default", _home.Path);
        Assert.Equal(info, read);
        Assert.Equal(profile.FullPath, found.FullPath);
        Assert.Equal(Environment.ProcessId, read.ControllerPid);
        Assert.Equal(16, read.ClusterId.Length);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(PrivateFile.Mode, Home.ModeOf(profile.ConnectionPath));
        Assert.Equal(["actor-parallel.conf", "connection.json"], Directory.GetFiles(profile.FullPath).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task AReaderNeverMeetsHalfAFile()
    {
        var profile = _home.Profile();
        ConnectionFile.Write(profile, Home.Info());
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                ConnectionFile.Write(profile, Home.Info());
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 300; i++)
            Assert.Equal("default", ConnectionFile.Read(profile).Profile);
        await stop.CancelAsync();
        await writer.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void NoProfileAndNoClusterAreToldApart()
    {
        Assert.Contains("There is no profile 'default'", Refused().Message, StringComparison.Ordinal);
        _home.Profile();
        Assert.Equal("No cluster runs in profile 'default': start one with 'apcluster start --profile default'.", Refused().Message);
    }

    [Fact]
    public void AProcessThatIsGoneIsStale()
    {
        var gone = System.Diagnostics.Process.Start("dotnet", "--version");
        gone.WaitForExit();
        ConnectionFile.Write(_home.Profile(), Home.Info() with { ControllerPid = gone.Id });
        var message = Refused().Message;
        Assert.Contains("ended without cleaning up", message, StringComparison.Ordinal);
        Assert.Contains("apcluster clean --profile default", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AProcessIdUsedAgainIsStale()
    {
        ConnectionFile.Write(_home.Profile(), Home.Info() with { ControllerStarted = 12 });
        Assert.Contains("its process id belongs to another process now", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMachineStartedAgainIsStale()
    {
        ConnectionFile.Write(_home.Profile(), Home.Info() with { BootId = "another" });
        Assert.Contains("this machine was started again since", Refused().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"format\":1}")]
    [InlineData("{\"format\":\"one\"}")]
    [InlineData("{\"format\":1,\"cluster-id\":null,\"profile\":\"p\",\"host\":\"h\",\"controller-pid\":1,\"controller-started\":1,\"started\":\"2026-01-01T00:00:00Z\",\"version\":\"1\"}")]
    [InlineData("{\"format\":1,\"cluster-id\":\"c\",\"profile\":\"p\",\"host\":\"h\",\"controller-pid\":1,\"controller-started\":1,\"tls-port\":70000,\"started\":\"2026-01-01T00:00:00Z\",\"version\":\"1\"}")]
    [InlineData("{\"format\":1,\"connection\":{},\"role\":\"client\"}")]
    public void GarbageIsNamed(string text)
    {
        WriteRaw(text);
        var message = Refused().Message;
        Assert.Contains("connection.json is no connection file", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void ANewerFormatAsksForAnUpdate()
    {
        WriteRaw("{\"format\":2,\"something\":[]}");
        Assert.Contains("has format 2 and this program knows up to 1: update ActorParallel here", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileOthersCanWriteIsRefused()
    {
        Home.UnixOnly();
        var profile = _home.Profile();
        ConnectionFile.Write(profile, Home.Info());
        Home.SetMode(profile.ConnectionPath, (UnixFileMode)0b110_110_000);
        Assert.Contains("must have mode 0600: run chmod 600", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherUsersFileIsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "only root can give a file away");
        var profile = _home.Profile();
        ConnectionFile.Write(profile, Home.Info());
        using (var chown = System.Diagnostics.Process.Start("chown", ["12345", profile.ConnectionPath]))
            chown.WaitForExit();
        Assert.Contains("was written by user 12345, not by this one (0)", Refused().Message, StringComparison.Ordinal);
        using (var chown = System.Diagnostics.Process.Start("chown", ["12345", profile.FullPath]))
            chown.WaitForExit();
        Assert.Contains("belongs to user 12345", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyItsOwnFileIsRemoved()
    {
        var profile = _home.Profile();
        var (first, second) = (Home.Info(), Home.Info());
        ConnectionFile.Write(profile, second);
        Assert.False(ConnectionFile.TryRemove(profile, first.ClusterId));
        Assert.True(File.Exists(profile.ConnectionPath));
        Assert.True(ConnectionFile.TryRemove(profile, second.ClusterId));
        Assert.False(ConnectionFile.TryRemove(profile, second.ClusterId));
    }

    [Fact]
    public void AStaleFileIsCleanedUnlessTheControllerLives()
    {
        var profile = _home.Profile();
        Assert.False(ConnectionFile.RemoveStale(profile));
        WriteRaw("garbage");
        using (profile.Hold())
            Assert.Throws<ClusterConnectionException>(() => ConnectionFile.RemoveStale(profile));
        Assert.True(ConnectionFile.RemoveStale(profile));
        Assert.False(File.Exists(profile.ConnectionPath));
    }

    [Fact]
    public void TheWayIsTheSocketFileHereAndTcpElsewhere()
    {
        var info = Home.Info() with { UnixFolder = _home.Path, TlsHost = "node7", TlsPort = 4711 };
        Assert.Equal("akka.ap://actor-parallel-cluster@local:7", info.Route().Address);
        Assert.Equal("akka.ap://actor-parallel-cluster@node7:4711", (info with { Host = "node7" }).Check().Route().Address);
        Assert.Equal(SocketKind.Tls, (info with { UnixFolder = null }).Route().Kind);
        var lonely = Assert.Throws<ClusterConnectionException>(() => (info with { Host = "node7", TlsHost = null }).Route());
        Assert.Contains("runs on node7 and listens to that machine alone", lonely.Message, StringComparison.Ordinal);
        Assert.Contains("lost its socket folder", Assert.Throws<ClusterConnectionException>(() => Home.Info().Route()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABundleIsOneFileThatGetsIn()
    {
        var profile = _home.Profile();
        var info = Home.Info() with { Host = "node7", TlsHost = "node7", TlsPort = 4711 };
        var bundle = ConnectionBundle.Create(profile, info, PeerRole.Engine);
        var path = Path.Combine(_home.Path, "engine.json");
        bundle.WriteTo(path);
        var found = ConnectionFile.ReadAt(path);
        Assert.Equal(info, found.Info);
        Assert.Equal(bundle, found.Bundle);
        var setup = found.Bundle!.ToSetup();
        Assert.Equal(PeerRole.Engine, RoleExtension.Of(setup.Own));
        using var controller = profile.Certificates.Certificate(PeerRole.Controller);
        using var client = profile.Certificates.Certificate(PeerRole.Client);
        Assert.Null(setup.Peers.Refusal(controller, 0));
        Assert.Contains("is for the role client and not for controller", setup.Peers.Refusal(client, 0), StringComparison.Ordinal);
        var authority = File.ReadAllText(Path.Combine(profile.FullPath, "certificates", "authority.pem"));
        var secret = authority.Split("-----BEGIN PRIVATE KEY-----\n")[1][..60];
        Assert.DoesNotContain(secret, Encoding.UTF8.GetString(bundle.ToBytes()).Replace("\\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", bundle.ToString(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(PrivateFile.Mode, Home.ModeOf(path));
    }

    [Fact]
    public void ABundleOnAnotherMachineOfTheSameNameIsNotCalledStale()
    {
        var bundle = ConnectionBundle.Create(_home.Profile(), Home.Info() with { BootId = "elsewhere", TlsHost = "n", TlsPort = 1 }, PeerRole.Client);
        var found = new ConnectionFound(bundle.Connection, bundle);
        Assert.Equal("n", found.Check().Route().Host);
    }

    [Fact]
    public void ABundleWithAnotherRoleOrKeyIsRefused()
    {
        var bundle = ConnectionBundle.Create(_home.Profile(), Home.Info(), PeerRole.Engine);
        var other = ConnectionBundle.Create(_home.Profile(), Home.Info(), PeerRole.Engine);
        Assert.Contains("says 'client'", Assert.Throws<ClusterConnectionException>(() => (bundle with { Role = "client" }).ToSetup()).Message, StringComparison.Ordinal);
        Assert.Contains("can't be read", Assert.Throws<ClusterConnectionException>(() => (bundle with { KeyPem = other.KeyPem }).ToSetup()).Message, StringComparison.Ordinal);
        Assert.Contains("can't be read", Assert.Throws<ClusterConnectionException>(() => (bundle with { AuthorityPem = "x" }).ToSetup()).Message, StringComparison.Ordinal);
        Assert.Contains("There is no connection file", Assert.Throws<ClusterConnectionException>(() => ConnectionFile.ReadAt("/nowhere/x.json")).Message, StringComparison.Ordinal);
    }
}
