using System.Globalization;
using Akka.Configuration;

namespace ActorParallel.Profiles;

/// <summary>A profile's <c>actor-parallel.cluster</c>, read and checked once. See <c>profile.conf</c> for what each is.</summary>
internal sealed record ClusterSettings
{
    public required int Engines { get; init; }
    public required int Workers { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyDictionary<string, double> Resources { get; init; }
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
    public required string Launcher { get; init; }

    /// <summary>Whether engines take assemblies from clients.</summary>
    public required bool AllowCodeShipping { get; init; }

    /// <summary>Whether socket files are listened on.</summary>
    public required bool Unix { get; init; }

    /// <summary>Whether TCP is listened on.</summary>
    public required bool Tls { get; init; }
    public required string HostName { get; init; }
    public required string PublicHostName { get; init; }
    public required int Port { get; init; }
    public required TimeSpan StartTimeout { get; init; }
    public required int StartTogether { get; init; }
    public required TimeSpan StopGracePeriod { get; init; }
    public required TimeSpan StopTimeout { get; init; }
    public required TimeSpan ControllerTimeout { get; init; }
    public TimeSpan CancelGracePeriod { get; init; } = new Controllers.ControllerSettings().CancelGracePeriod;
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);
    public required int MaxRestarts { get; init; }
    public required TimeSpan RestartWindow { get; init; }
    public required TimeSpan RestartBackoff { get; init; }
    public required TimeSpan MaxRestartBackoff { get; init; }

    /// <exception cref="ConfigurationException">A value can't be used; the message names its key.</exception>
    public static ClusterSettings From(Config config)
    {
        Settings.ConfigKeys.Check(config, "the configuration");
        var all = config.WithFallback(ProfileConfig.Reference);
        var reader = new SettingsReader(all, ProfileConfig.Section);
        var transport = reader.Choice("transport", "auto", "unix", "tls", "both");
        var unixWorks = System.Net.Sockets.Socket.OSSupportsUnixDomainSockets && !OperatingSystem.IsWindows();
        return new ClusterSettings
        {
            Engines = reader.Text("engines") is "auto" ? System.Environment.ProcessorCount : reader.Number("engines", 0),
            Workers = reader.Number("workers", 1),
            Tags = reader.List("tags"),
            Resources = Amounts(reader),
            Environment = reader.Pairs("environment"),
            AllowCodeShipping = reader.Choice("allow-code-shipping", "on", "off") is "on",
            Launcher = reader.Choice("launcher", "local", "ssh", "command"),
            Unix = transport is "unix" or "both" || (transport is "auto" && unixWorks),
            Tls = transport is "tls" or "both" || (transport is "auto" && !unixWorks),
            HostName = reader.Text("hostname"),
            PublicHostName = reader.Text("public-hostname"),
            Port = reader.Number("port", 0, 65535),
            StartTimeout = reader.Time("start-timeout"),
            StartTogether = reader.Number("start-together", 1),
            StopGracePeriod = reader.Time("stop-grace-period"),
            StopTimeout = reader.Time("stop-timeout"),
            ControllerTimeout = reader.Time("controller-timeout"),
            CancelGracePeriod = reader.Time("cancel-grace-period"),
            DrainTimeout = reader.Time("drain-timeout"),
            MaxRestarts = reader.Number("max-restarts", 0),
            RestartWindow = reader.Time("restart-window"),
            RestartBackoff = reader.Time("restart-backoff"),
            MaxRestartBackoff = reader.Time("max-restart-backoff"),
        };
    }

    static Dictionary<string, double> Amounts(SettingsReader reader)
    {
        const string Key = "resources";
        return reader.Pairs(Key).ToDictionary(pair => pair.Key, pair =>
            double.TryParse(pair.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) && amount >= 0 && double.IsFinite(amount)
                ? amount
                : throw reader.Refuse($"{Key}.{pair.Key}", "an amount from 0"), StringComparer.Ordinal);
    }
}
