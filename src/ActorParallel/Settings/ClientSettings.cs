using ActorParallel.Controllers;
using ActorParallel.Pools;
using ActorParallel.Profiles;
using Akka.Configuration;

namespace ActorParallel.Settings;

/// <summary><c>actor-parallel.client</c>: how a program finds its cluster.</summary>
internal sealed record ClientSettings
{
    public const string Section = "actor-parallel.client";

    /// <summary>Where controllers may be, as "host:port"; none: the cluster that runs in the profile.</summary>
    public IReadOnlyList<string> Contacts { get; init; } = [];

    /// <summary>The profile of a cluster of this user, where there are no contacts.</summary>
    public string Profile { get; init; } = ProfileName.Default;

    /// <summary>The longest to wait for the controller's answer.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="ConfigurationException">A value can't be used; the message names its key.</exception>
    public static ClientSettings From(Config config)
    {
        var reader = new SettingsReader(config.WithFallback(PoolConfig.Reference), Section);
        var read = new ClientSettings { Contacts = reader.List("contacts"), Profile = reader.Text("profile"), ConnectTimeout = reader.Time("connect-timeout") };
        foreach (var contact in read.Contacts)
            if (!ClusterNames.IsContact(contact)) throw new ConfigurationException($"{Section}.contacts has \"{contact}\": each must be a host and a port, such as \"node1:4710\".");
        return ProfileName.IsValid(read.Profile) ? read : throw reader.Refuse("profile", "a profile's name");
    }
}
