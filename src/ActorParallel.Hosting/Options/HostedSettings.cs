using ActorParallel.Pools;
using ActorParallel.Profiles;
using ActorParallel.Settings;
using Akka.Configuration;

namespace ActorParallel.Hosting.Options;

/// <summary>A service's options after code, <c>IConfiguration</c>, HOCON and the defaults have been put together.</summary>
internal sealed record HostedSettings
{
    const string Section = "actor-parallel.hosting";

    public required ParallelPlace RunOn { get; init; }
    public required string Profile { get; init; }

    /// <summary>Where controllers may be, as "host:port"; none: the cluster is the profile's.</summary>
    public required IReadOnlyList<string> Contacts { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }
    public required TimeSpan DrainTimeout { get; init; }
    public required int MinEngines { get; init; }
    public required TimeSpan MaxQueueAge { get; init; }
    public required ParallelPoolOptions Pool { get; init; }

    /// <summary>The application's HOCON.</summary>
    public required Config Config { get; init; }

    /// <param name="options">What code and <c>IConfiguration</c> say.</param>
    /// <param name="folder">Where a relative path of a HOCON file counts from.</param>
    /// <param name="system">The HOCON of the actor system it lives in, below that.</param>
    /// <exception cref="ConfigurationException">The HOCON file can't be read, or a value of the HOCON can't be used.</exception>
    /// <exception cref="ArgumentException">A value of the options can't be used.</exception>
    public static HostedSettings From(ActorParallelOptions options, string? folder, Config? system = null)
    {
        var application = Merge(Merge(options.Hocon, ReadFile(options.HoconFile, folder)), system) ?? Config.Empty;
        var config = application.WithFallback(PoolConfig.Reference).GetConfig(Section);
        return new HostedSettings
        {
            RunOn = options.RunOn ?? Place(config),
            Profile = ProfileName.Check(options.Profile ?? config.GetString("profile")),
            // Whoever names a profile means that one.
            Contacts = options.Profile is null ? ClientSettings.From(application).Contacts : [],
            ConnectTimeout = Time(config, "connect-timeout", nameof(options.ConnectTimeout), options.ConnectTimeout, mayBeZero: false),
            DrainTimeout = Time(config, "drain-timeout", nameof(options.DrainTimeout), options.DrainTimeout, mayBeZero: true),
            MinEngines = Number(config, "min-engines", nameof(options.MinEngines), options.MinEngines),
            MaxQueueAge = Time(config, "max-queue-age", nameof(options.MaxQueueAge), options.MaxQueueAge, mayBeZero: true),
            Pool = options.Pool,
            Config = application,
        };
    }

    /// <summary>Checks the pool's options, too, which it reads itself when it is made.</summary>
    public void Check()
    {
        if (RunOn != ParallelPlace.Cluster) _ = PoolConfig.Settings(Config, Pool);
    }

    // Akka refuses the empty configuration below itself.
    static Config? Merge(Config? above, Config? below) =>
        above is null || above.IsEmpty ? below : below is null || below.IsEmpty ? above : above.WithFallback(below);

    static Config? ReadFile(string? path, string? folder) =>
        path is null ? null : ParallelConfig.Load(Path.GetFullPath(path, folder ?? Directory.GetCurrentDirectory()));

    static ParallelPlace Place(Config config) =>
        config.GetString("run-on") is var text && Enum.TryParse<ParallelPlace>(text, ignoreCase: true, out var place) && Enum.IsDefined(place)
            ? place
            : throw new ConfigurationException($"{Section}.run-on must be one of threads, processes, cluster, not \"{text}\".");

    static TimeSpan Time(Config config, string key, string property, TimeSpan? code, bool mayBeZero)
    {
        var value = code ?? Read(config, key, "a time such as 10 s", static (c, k) => c.GetTimeSpan(k, allowInfinite: false));
        if (value >= TimeSpan.Zero && (mayBeZero || value > TimeSpan.Zero) && value <= TimeSpan.FromDays(24)) return value;
        throw Refuse(key, property, code is not null, value, mayBeZero ? "must be from zero to 24 days" : "must be more than zero and at most 24 days");
    }

    static int Number(Config config, string key, string property, int? code)
    {
        var value = code ?? Read(config, key, "a whole number", static (c, k) => c.GetInt(k));
        return value >= 0 ? value : throw Refuse(key, property, code is not null, value, "must be at least 0");
    }

    static T Read<T>(Config config, string key, string what, Func<Config, string, T> read)
    {
        try
        {
            return read(config, key);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or ConfigurationException)
        {
            throw new ConfigurationException($"{Section}.{key} is \"{config.GetString(key)}\": it must be {what}.", e);
        }
    }

    static Exception Refuse(string key, string property, bool fromCode, object value, string must) => fromCode
        ? new ArgumentException($"{nameof(ActorParallelOptions)}.{property} {must}, not {value}.")
        : new ConfigurationException($"{Section}.{key} {must}, not {value}.");
}
