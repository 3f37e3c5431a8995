using Akka.Configuration;

namespace ActorParallel.Profiles;

/// <summary>Reads a section's values; one that can't be used is refused with its key, what it is and what it must be.</summary>
internal sealed class SettingsReader(Config all, string section)
{
    readonly Config _config = all.GetConfig(section);

    public string Text(string key) => _config.GetString(key) ?? "";

    public string Choice(string key, params string[] choices) => Array.IndexOf(choices, Text(key)) >= 0
        ? Text(key)
        : throw Refuse(key, $"one of {string.Join(", ", choices)}");

    public int Number(string key, int least, int most = int.MaxValue)
    {
        var value = Read(key, "a whole number", static (c, k) => c.GetInt(k));
        return value >= least && value <= most
            ? value
            : throw Refuse(key, most == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}");
    }

    public TimeSpan Time(string key)
    {
        var value = Read(key, "a time such as 500 ms", static (c, k) => c.GetTimeSpan(k, allowInfinite: false));
        return value > TimeSpan.Zero && value <= TimeSpan.FromDays(24) ? value : throw Refuse(key, "a time of more than zero and at most 24 days");
    }

    public long Bytes(string key) => Read(key, "a size such as 64 MiB", static (c, k) => c.GetByteSize(k) ?? -1) is >= 0 and var bytes
        ? bytes
        : throw Refuse(key, "a size from 0, such as 64 MiB");

    public IReadOnlyList<string> Texts(string key) => [.. Read(key, "a list such as [a, b]", static (c, k) => c.GetStringList(k, []))];

    /// <summary>A list, or its items in one text with commas between: what a variable of the environment can say.</summary>
    public IReadOnlyList<string> List(string key) => _config.GetValue(key) is { } value && value.IsString()
        ? value.GetString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : Texts(key);

    public IReadOnlyDictionary<string, string> Pairs(string key)
    {
        const string What = "pairs such as { a = 1 }";
        return Read(key, What, static (c, k) => c.GetConfig(k)) is { IsEmpty: false } pairs
            ? pairs.AsEnumerable().ToDictionary(pair => pair.Key.Trim('"'), pair => pair.Value.IsObject() || pair.Value.IsArray() ? throw Refuse(key, What) : pair.Value.GetString(), StringComparer.Ordinal)
            : new Dictionary<string, string>();
    }

    public ConfigurationException Refuse(string key, string must) => new($"{section}.{key} is \"{_config.GetString(key)}\": it must be {must}.");

    T Read<T>(string key, string must, Func<Config, string, T> read)
    {
        try
        {
            return read(_config, key);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or ConfigurationException or NotSupportedException or InvalidCastException)
        {
            throw Refuse(key, must);
        }
    }
}
