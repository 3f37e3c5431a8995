using System.Net;
using ActorParallel.Controllers;
using ActorParallel.Profiles;
using Akka.Configuration;

namespace ActorParallel.Membership;

/// <summary><c>actor-parallel.node</c>, read and checked once. See <c>reference.conf</c> for what each is.</summary>
internal sealed record NodeSettings
{
    public const string Section = "actor-parallel.node";

    public string Hostname { get; init; } = "127.0.0.1";

    public string PublicHostname { get; init; } = "";

    public int Port { get; init; }

    public IReadOnlyList<string> Seeds { get; init; } = [];

    public TimeSpan FormAfter { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(1.5);

    public TimeSpan EngineStableAfter { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan TakeOverDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MergeInterval { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ConfigurationException">A value can't be used; the message names its key.</exception>
    public static NodeSettings From(Config config)
    {
        var reader = new SettingsReader(config.WithFallback(NodeConfig.Reference), Section);
        var read = new NodeSettings
        {
            Hostname = reader.Text("hostname"),
            PublicHostname = reader.Text("public-hostname"),
            Port = reader.Number("port", 0, 65535),
            Seeds = reader.List("seeds"),
            FormAfter = reader.Time("form-after"),
            JoinTimeout = reader.Time("join-timeout"),
            StableAfter = reader.Time("stable-after"),
            EngineStableAfter = reader.Time("engine-stable-after"),
            TakeOverDelay = reader.Time("take-over-delay"),
            MergeInterval = reader.Time("merge-interval"),
            DrainTimeout = reader.Time("drain-timeout"),
        };
        foreach (var seed in read.Seeds)
            if (!ClusterNames.IsContact(WithoutScheme(seed)))
                throw new ConfigurationException($"{Section}.seeds has \"{seed}\": each must be a host and a port, such as \"node1:4710\", or \"dns:name:4710\" for every address of a name.");
        return read;
    }

    const string Dns = "dns:";

    static string WithoutScheme(string seed) => seed.StartsWith(Dns, StringComparison.Ordinal) ? seed[Dns.Length..] : seed;

    /// <summary>Where controllers may be, as "host:port", in an order that is the same everywhere.</summary>
    public IReadOnlyList<string> Contacts() => [.. Seeds.SelectMany(Resolve).Distinct(StringComparer.Ordinal)];

    static IEnumerable<string> Resolve(string seed)
    {
        if (!seed.StartsWith(Dns, StringComparison.Ordinal)) return [seed];
        var contact = WithoutScheme(seed);
        var colon = contact.LastIndexOf(':');
        try
        {
            return System.Net.Dns.GetHostAddresses(contact[..colon]).Select(a => a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{a}]" : a.ToString())
                .Order(StringComparer.Ordinal).Select(a => a + contact[colon..]);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // It has none yet: it is asked again.
            return [];
        }
    }
}
