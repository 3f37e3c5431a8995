using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorParallel.Profiles;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace ActorParallel.Tests.Transport;

/// <summary>Certificates with roles: who gets in, as what, and what they may then say.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    readonly TestFolder _folder = new(), _profile = new();
    readonly List<TestSystem> _systems = [];
    readonly List<BareTransport> _bare = [];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    ProfileCertificates Certificates => new(Path.Combine(_profile.FullPath, "certificates"));

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        foreach (var bare in _bare)
            await bare.Transport.Shutdown().WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        foreach (var system in _systems)
            await system.DisposeAsync();
        _folder.Dispose();
        _profile.Dispose();
    }

    SocketTransportSetup Setup(PeerRole role) => new(Certificates.IssueOne(role), PeerPolicy.For(role, Certificates.Authority()));

    TestSystem System(string name, Config config, SocketTransportSetup? setup = null)
    {
        _systems.Add(new TestSystem(name, config, setup));
        return _systems[^1];
    }

    TestSystem Peer(string name, PeerRole role) => System(name, SocketTransportConfig.ForTls(), Setup(role));

    TestSystem Hub()
    {
        var hub = System("hub", SocketTransportConfig.ForBoth(_folder.FullPath, 1), Setup(PeerRole.Controller));
        hub.System.ActorOf(Props.Create(() => new WhoAreYou()), "who");
        return hub;
    }

    static Address TlsAddress(TestSystem both) =>
        ((Akka.Remote.RemoteActorRefProvider)((ExtendedActorSystem)both.System).Provider).Transport.Addresses.Single(a => a.Host != UnixEndpoint.Host);

    static async Task<IActorRef> Find(TestSystem from, Address to, string name) =>
        await from.System.ActorSelection(new RootActorPath(to) / "user" / name).ResolveOne(Patience, Cancel);

    async Task<BareTransport> Bare(string name, PeerRole role, X509Certificate2? own = null)
    {
        var setup = Setup(role);
        var system = System(name, ConfigurationFactory.Empty, own is null ? setup : new SocketTransportSetup(own, setup.Peers));
        _bare.Add(await BareTransport.Listen(system, "kind = tls\nhandshake-timeout = 5 s"));
        return _bare[^1];
    }

    [Fact]
    public async Task NeighboursAndRemotePeersTalkToTheSameActor()
    {
        var hub = Hub();
        var near = System("near", SocketTransportConfig.ForUnix(_folder.FullPath, 2));
        var engine = Peer("engine", PeerRole.Engine);
        var client = Peer("client", PeerRole.Client);
        Assert.Equal(UnixEndpoint.Host, hub.Address.Host);
        Assert.Equal("All", await (await Find(near, hub.Address, "who")).Ask<string>("?", Patience, Cancel));
        Assert.Equal("Engine", await (await Find(engine, TlsAddress(hub), "who")).Ask<string>("?", Patience, Cancel));
        Assert.Equal("Client", await (await Find(client, TlsAddress(hub), "who")).Ask<string>("?", Patience, Cancel));
        var roles = PeerRoles.Of(hub.System);
        Assert.Equal((PeerRole.Engine, PeerRole.Client, PeerRole.All), (roles.RolesOf(engine.Address), roles.RolesOf(client.Address), roles.RolesOf(near.Address)));
        Assert.Equal(PeerRole.Controller, PeerRoles.Of(engine.System).RolesOf(TlsAddress(hub)));
        Assert.Equal(PeerRole.None, roles.RolesOf(Address.Parse("akka.ap://engine@127.0.0.1:1")));
        await engine.System.Terminate();
        await Until.True(() => roles.RolesOf(engine.Address) == PeerRole.None, "the engine's address given back");
    }

    [Fact]
    public async Task TheControllerMayBeTheOneWhoDials()
    {
        var hub = Hub();
        var engine = Peer("engine", PeerRole.Engine);
        engine.System.ActorOf<Echo>("echo");
        Assert.Equal("x", await (await Find(hub, engine.Address, "echo")).Ask<string>("x", Patience, Cancel));
        Assert.Equal(PeerRole.Engine, PeerRoles.Of(hub.System).RolesOf(engine.Address));
        hub.System.ActorOf<Echo>("echo");
        Assert.Equal("y", await (await Find(engine, TlsAddress(hub), "echo")).Ask<string>("y", Patience, Cancel));
    }

    [Fact]
    public async Task DeathWatchWorksForAPeerWithARole()
    {
        var hub = Hub();
        var engine = Peer("engine", PeerRole.Engine);
        var mortal = engine.System.ActorOf<Echo>("mortal");
        var (seen, watching) = (new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var watched = await Find(hub, engine.Address, "mortal");
        hub.System.ActorOf(Props.Create(() => new Watcher(watched, seen, watching)));
        await watching.Task.WaitAsync(Patience, Cancel);
        await watched.Ask<string>("so the watch has arrived", Patience, Cancel);
        engine.System.Stop(mortal);
        Assert.Equal("mortal", await seen.Task.WaitAsync(Patience, Cancel));
        Assert.Empty(hub.Log.Warnings);
    }

    [Fact]
    public async Task AWrongRoleIsTurnedAwayOnEitherSide()
    {
        var controller = await Bare("controller", PeerRole.Controller);
        var engine = await Bare("engine", PeerRole.Engine);
        var other = await Bare("other", PeerRole.Engine);
        var e = await Assert.ThrowsAsync<InvalidAssociationException>(() => other.Connect(engine.Address));
        Assert.Contains("is for the role engine and not for controller", e.Message, StringComparison.Ordinal);
        var second = await Bare("second", PeerRole.Controller);
        await Assert.ThrowsAsync<InvalidAssociationException>(() => second.Connect(controller.Address));
        await engine.Connect(controller.Address);
        Assert.NotNull(controller.Accepted(Cancel));
        Assert.Equal(0, controller.AcceptedCount);
    }

    [Fact]
    public async Task ThoseWithoutTheRightCertificateAreTurnedAwayAndOthersServed()
    {
        var controller = await Bare("controller", PeerRole.Controller);
        var log = _systems[^1].Log;
        using var otherFolder = new TestFolder();
        var stale = new ProfileCertificates(Path.Combine(otherFolder.FullPath, "certificates"));
        foreach (var (own, reason) in new[]
        {
            (stale.IssueOne(PeerRole.Engine), "was not issued by"),
            (EphemeralCertificate.Create("ActorParallel engine"), "was not issued by"),
            (Plain(Certificates), "is for the role none"),
        })
        {
            var peer = await Bare("peer", PeerRole.Engine, own);
            await Assert.ThrowsAsync<InvalidAssociationException>(() => peer.Connect(controller.Address));
            await log.Warning(reason);
        }

        Assert.Equal(0, controller.AcceptedCount);
        await (await Bare("good", PeerRole.Engine)).Connect(controller.Address);
        Assert.NotNull(controller.Accepted(Cancel));
    }

    [Fact]
    public async Task ACertificateWhoseTimeIsOverIsTurnedAwayAndOthersServed()
    {
        using var expired = new ProfileCertificates(Path.Combine(_profile.FullPath, "certificates"), new Earlier(TimeSpan.FromDays(500))).IssueOne(PeerRole.Engine);
        Assert.True(expired.NotAfter < TimeProvider.System.GetLocalNow());
        var controller = await Bare("controller", PeerRole.Controller);
        var log = _systems[^1].Log;
        var late = await Bare("late", PeerRole.Engine, expired);
        await Assert.ThrowsAsync<InvalidAssociationException>(() => late.Connect(controller.Address));
        await log.Warning("is not valid today");
        await (await Bare("good", PeerRole.Engine)).Connect(controller.Address);
        Assert.NotNull(controller.Accepted(Cancel));
    }

    sealed class Earlier(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
    }

    // Of the right authority, but for no role: as an older version or a user's own tool might issue it.
    X509Certificate2 Plain(ProfileCertificates certificates)
    {
        certificates.Authority().Dispose();
        using var authority = PemFile.Read(Path.Combine(_profile.FullPath, "certificates", "authority.pem"))!;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=plain", key, HashAlgorithmName.SHA256);
        using var signed = request.Create(authority, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(1), [1, 2, 3]);
        using var whole = signed.CopyWithPrivateKey(key);
        return EphemeralCertificate.Import(EphemeralCertificate.Export(whole));
    }

    [Fact]
    public async Task GarbageAndHalfOpenConnectionsLeaveTheListenerServing()
    {
        var controller = await Bare("controller", PeerRole.Controller);
        var log = _systems[^1].Log;
        var port = controller.Address.Port!.Value;
        List<TcpClient> held = [];
        for (var i = 0; i < 20; i++)
            held.Add(new TcpClient("127.0.0.1", port)); // say nothing
        foreach (var length in (int[])[1, 5, 100, 20_000])
        {
            var client = new TcpClient("127.0.0.1", port);
            held.Add(client);
            await client.GetStream().WriteAsync(RandomNumberGenerator.GetBytes(length), Cancel);
        }

        // A hello of TLS that stops in the middle.
        var half = new TcpClient("127.0.0.1", port);
        held.Add(half);
        await half.GetStream().WriteAsync(new byte[] { 0x16, 3, 1, 2, 0, 1, 0, 1 }, Cancel);
        await (await Bare("good", PeerRole.Engine)).Connect(controller.Address);
        Assert.NotNull(controller.Accepted(Cancel));
        await log.Warning("it did not say who it is within 5 s");
        await (await Bare("late", PeerRole.Client)).Connect(controller.Address);
        Assert.NotNull(controller.Accepted(Cancel));
        Assert.Equal(0, controller.AcceptedCount);
        held.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("a message first", "before it said who it is")]
    [InlineData("local", "an address of this machine's own processes")]
    [InlineData("own", "which is this side's own address")]
    [InlineData("taken", "a peer with another certificate is connected")]
    [InlineData("crooked host", "no address that can be one")]
    [InlineData("two origins", "is no message of Akka.Remote")]
    [InlineData("another later", "and now akka.ap://engine@127.0.0.1:99")]
    [InlineData("sender", "spoke for akka.ap://other@127.0.0.1:42/user/a, an actor that is not its own")]
    [InlineData("sender twice", "is no message of Akka.Remote")]
    [InlineData("hidden sender", "spoke for akka.ap://other")]
    [InlineData("prefix", "spoke for akka.ap://engine@127.0.0.1:421/user/a")]
    [InlineData("poison", "a kind that no Engine may send (serializer 16, 'PP')")]
    [InlineData("selected kill", "a kind that no Engine may send (serializer 16, 'K')")]
    [InlineData("create", "a kind that no Engine may send (serializer 3,")]
    [InlineData("stop", "a kind that no Engine may send (serializer 22,")]
    [InlineData("gossip", "a kind that no Engine may send (serializer 5,")]
    [InlineData("selected gossip", "a kind that no Engine may send (serializer 5,")]
    [InlineData("obituary", "spoke for akka.ap://other@127.0.0.1:42/user/a")]
    [InlineData("garbage", "is no message of Akka.Remote")]
    public async Task AnEngineCanNotPassForAnother(string trick, string reason)
    {
        var hub = Hub();
        var received = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.System.ActorOf(Props.Create(() => new Sink(received)), "sink");
        var other = await Bare("other", PeerRole.Engine);
        var first = await other.Connect(TlsAddress(hub));
        Frames.On(first);
        first.Write(Pdu.Associate("other", "127.0.0.1", 42));
        await Until.True(() => PeerRoles.Of(hub.System).RolesOf(Address.Parse("akka.ap://other@127.0.0.1:42")) == PeerRole.Engine, "the other engine");

        var bare = await Bare("engine", PeerRole.Engine);
        var link = await bare.Connect(TlsAddress(hub));
        var frames = Frames.On(link);
        var to = $"{TlsAddress(hub).WithProtocol("akka.ap")}/user/sink";
        const string Me = "akka.ap://engine@127.0.0.1:42/user/a", Victim = "akka.ap://other@127.0.0.1:42/user/a";
        var hello = Pdu.Associate("engine", "127.0.0.1", 42);
        ByteString[] said = trick switch
        {
            "a message first" => [Pdu.Text(to, Me, "x")],
            "local" => [Pdu.Associate("engine", "local", 42)],
            "own" => [Pdu.Associate("hub", "127.0.0.1", TlsAddress(hub).Port!.Value)],
            "taken" => [Pdu.Associate("other", "127.0.0.1", 42)],
            "crooked host" => [Pdu.Associate("other", "127.0.0.1:42/user/a?", 42)],
            "two origins" => [Pdu.Associate("engine", "127.0.0.1", 42, twice: true)],
            "another later" => [hello, Pdu.Associate("engine", "127.0.0.1", 99)],
            "sender" => [hello, Pdu.Text(to, Victim, "x")],
            "sender twice" => [hello, Pdu.Text(to, Me, "x", second: Victim)],
            "hidden sender" => [hello, Pdu.Text(to, Victim, "x", senderFirst: true)],
            "prefix" => [hello, Pdu.Text(to, "akka.ap://engine@127.0.0.1:421/user/a", "x")],
            "poison" => [hello, Pdu.Message(to, Me, 16, "PP", [])],
            "selected kill" => [hello, Pdu.Message(to, Me, 6, "", Pdu.Selected(16, "K"))],
            "create" => [hello, Pdu.Message(to, Me, 3, "", [1])],
            "stop" => [hello, Pdu.Message(to, Me, 22, "Akka.Dispatch.SysMsg.Terminate, Akka", [])],
            "gossip" => [hello, Pdu.Message(to, Me, 5, "GE", [])],
            "selected gossip" => [hello, Pdu.Message(to, Me, 6, "", Pdu.Selected(5, "HB"))],
            "obituary" => [hello, Pdu.Message(to, Me, 22, "Akka.Dispatch.SysMsg.DeathWatchNotification, Akka", Pdu.Field(1, Pdu.Field(1, Victim)))],
            _ => [hello, ByteString.CopyFrom(0xFF, 0xFF, 0xFF)],
        };
        foreach (var frame in said)
            link.Write(frame);
        await hub.Log.Warning(reason);
        await frames.Ended.WaitAsync(Patience, Cancel);
        Assert.False(received.Task.IsCompleted);

        // The honest one is served on, and an honest message gets through the same way.
        first.Write(Pdu.Text(to, Victim, "honest"));
        Assert.Equal("honest", await received.Task.WaitAsync(Patience, Cancel));
    }

    [Theory]
    [InlineData("Engine", 5, "HB", true)]
    // The hand-over of a singleton is among controllers.
    [InlineData("Engine", 14, "A", false)]
    [InlineData("Client", 5, "HB", false)]
    public void AMemberMaySayWhatMembersSayAndNoMore(string name, int serializer, string manifest, bool may)
    {
        var role = Enum.Parse<PeerRole>(name);
        var policy = PeerPolicy.ForMember(PeerRole.Controller, Certificates.Authority());
        var guard = new PeerGuard(new PeerIdentity(role, "thumbprint", IsBound: true) { IsMember = (policy.Members & role) != 0 }, new PeerRoles(), dialed: null);
        guard.Check(Pdu.Associate("engine", "127.0.0.1", 42).Span);
        foreach (var content in (ByteString[])[Said(serializer, manifest, []), Said(6, "", Pdu.Selected(serializer, manifest))])
        {
            if (may) guard.Check(content.Span);
            else Assert.Contains($"a kind that no {role} may send (serializer {serializer},", Assert.Throws<InvalidFrameException>(() => guard.Check(content.Span)).Message, StringComparison.Ordinal);
        }

        static ByteString Said(int serializer, string manifest, byte[] content) =>
            Pdu.Message("akka.ap://hub@127.0.0.1:1/user/sink", "akka.ap://engine@127.0.0.1:42/user/a", serializer, manifest, content);
    }

    [Fact]
    public void APortInUseIsOneSentence()
    {
        using var taken = new TcpListener(global::System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((global::System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var e = Assert.ThrowsAny<Exception>(() => new TestSystem("x", SocketTransportConfig.ForTls(port: port), Setup(PeerRole.Controller)));
        Assert.Equal($"Can't listen on 127.0.0.1: port {port} is in use by another program; set port to another one, or to 0 for any that is free.", SocketTransportConfig.StartFailure(e));
        var second = Assert.ThrowsAny<Exception>(() => new TestSystem("x", SocketTransportConfig.ForBoth(_folder.FullPath, 5, tlsPort: port), Setup(PeerRole.Controller)));
        Assert.Contains($"port {port} is in use", SocketTransportConfig.StartFailure(second), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0", "", true, "set public-hostname")]
    [InlineData("::", "", true, "set public-hostname")]
    [InlineData("0.0.0.0", "here", false, "needs certificates")]
    [InlineData("127.0.0.1", "", false, "needs certificates")]
    [InlineData("203.0.113.7", "", true, "it is no address of this machine")]
    public void ABindThatCanNotBeIsRefusedAtStart(string host, string publicHost, bool certificates, string reason)
    {
        var setup = certificates ? Setup(PeerRole.Controller) : null;
        var e = Assert.ThrowsAny<Exception>(() => new TestSystem("x", SocketTransportConfig.ForTls(host, 0, publicHost), setup));
        Assert.Contains(reason, SocketTransportConfig.StartFailure(e), StringComparison.Ordinal);
    }

    sealed class WhoAreYou : ReceiveActor
    {
        public WhoAreYou() => ReceiveAny(_ => Sender.Tell(PeerRoles.Of(Context.System).RolesOf(Sender).ToString()));
    }

    sealed class Sink : ReceiveActor
    {
        public Sink(TaskCompletionSource<object> received) => ReceiveAny(message => received.TrySetResult(message));
    }

    sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef watched, TaskCompletionSource<string> seen, TaskCompletionSource watching)
        {
            Context.Watch(watched);
            watching.SetResult();
            Receive<Terminated>(t => seen.SetResult(t.ActorRef.Path.Name));
        }
    }
}
