using ActorParallel.Engines;
using ActorParallel.Settings;
using Akka.Configuration;

namespace ActorParallel.Pools;

/// <summary>Reads <c>actor-parallel.pool</c>, puts the code's options over it and checks every value.</summary>
internal static class PoolConfig
{
    const string Section = "actor-parallel.pool";
    public static readonly string[] Transports = ["auto", "unix", "tls"];

    public static readonly Config Reference = Load();

    static Config Load()
    {
        using var stream = typeof(PoolConfig).Assembly.GetManifestResourceStream("ActorParallel.reference.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    public static PoolSettings Settings(Config application, ParallelPoolOptions? code)
    {
        ConfigKeys.Check(application, "the configuration");
        var options = code ?? new ParallelPoolOptions();
        var config = application.WithFallback(Reference).GetConfig(Section);
        return new PoolSettings
        {
            Workers = Workers(config, options.Workers),
            Router = Choice(config, "router", options.Router, RouterNames.All),
            Initializer = options.Initializer,
            InitializerTries = Number(config, "initializer-tries", options.InitializerTries, 1),
            MaxTasksPerWorker = Number(config, "max-tasks-per-worker", options.MaxTasksPerWorker, 0),
            MaxInFlight = Number(config, "max-in-flight", options.MaxInFlight, 1),
            CancelGracePeriod = Time(config, "cancel-grace-period", options.CancelGracePeriod),
            RetryBackoff = Time(config, "retry-backoff", options.RetryBackoff),
            MaxRetryBackoff = Time(config, "max-retry-backoff", options.MaxRetryBackoff),
            DisposeTimeout = Time(config, "dispose-timeout", options.DisposeTimeout),
            EngineLossRetries = Number(config, "engine-loss-retries", options.EngineLossRetries, 0),
            StartTimeout = Time(config, "start-timeout", options.StartTimeout),
            StartTries = Number(config, "start-tries", options.StartTries, 1),
            RestartBackoff = Time(config, "restart-backoff", options.RestartBackoff),
            MaxRestartBackoff = Time(config, "max-restart-backoff", options.MaxRestartBackoff),
            MaxMemoryGrowth = Bytes(config, "max-memory-growth", options.MaxMemoryGrowth, long.MaxValue),
            ForwardOutput = options.ForwardOutput ?? Read(config, "forward-output", "on or off", static (c, k) => c.GetBoolean(k)),
            MaxOutput = (int)Bytes(config, "max-output", options.MaxOutput, 1 << 20),
            HighWaterMark = Number(config, "high-water-mark", options.HighWaterMark, 0),
            Transport = Choice(config, "transport", options.Transport, Transports),
            InlineLimit = (int)Bytes(config, "inline-limit", options.InlineLimit, 512 << 10),
        };
    }

    static int Workers(Config config, int? code)
    {
        if (code is null && config.GetString("workers") is "auto") return Environment.ProcessorCount;
        return Number(config, "workers", code, 1);
    }

    static int Number(Config config, string key, int? code, int least)
    {
        var value = code ?? Read(config, key, "a whole number", static (c, k) => c.GetInt(k));
        return value >= least ? value : throw Refuse(key, code is not null, value, $"must be at least {least}");
    }

    static long Bytes(Config config, string key, long? code, long most)
    {
        var value = code ?? Read(config, key, "a size such as 64KiB", static (c, k) => c.GetByteSize(k) ?? throw new FormatException());
        if (value < 0) throw Refuse(key, code is not null, value, "must be at least 0");
        return value <= most ? value : throw Refuse(key, code is not null, value, $"must be at most {most} bytes");
    }

    static TimeSpan Time(Config config, string key, TimeSpan? code)
    {
        var value = code ?? Read(config, key, "a time such as 500 ms", static (c, k) => c.GetTimeSpan(k, allowInfinite: false));
        if (value <= TimeSpan.Zero) throw Refuse(key, code is not null, value, "must be more than zero");
        return value <= TimeSpan.FromDays(24) ? value : throw Refuse(key, code is not null, value, "must be at most 24 days");
    }

    static string Choice(Config config, string key, string? code, string[] choices)
    {
        var value = code ?? config.GetString(key);
        return Array.IndexOf(choices, value) >= 0 ? value : throw Refuse(key, code is not null, $"\"{value}\"", $"must be one of {string.Join(", ", choices)}");
    }

    static T Read<T>(Config config, string key, string what, Func<Config, string, T> read)
    {
        try
        {
            return read(config, key);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or ConfigurationException or NotSupportedException)
        {
            throw new ConfigurationException($"{Section}.{key} is \"{config.GetString(key)}\": it must be {what}.", e);
        }
    }

    static Exception Refuse(string key, bool fromCode, object value, string must)
    {
        if (!fromCode) return new ConfigurationException($"{Section}.{key} {must}, not {value}.");
        var name = string.Concat(key.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return value is string
            ? new ArgumentException($"{nameof(ParallelPoolOptions)}.{name} {must}, not {value}.", name)
            : new ArgumentOutOfRangeException(name, value, $"{nameof(ParallelPoolOptions)}.{name} {must}, not {value}.");
    }
}
