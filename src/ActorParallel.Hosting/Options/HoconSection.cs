using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorParallel.Hosting.Options;

/// <summary>One section of a configuration, where it was, without all the others.</summary>
internal static class HoconSection
{
    /// <summary>An actor system's own settings are no settings for another.</summary>
    public static Config Only(Config config, string section) =>
        config.HasPath(section) && config.GetConfig(section) is { } found ? Below(section, found) : Config.Empty;

    static Config Below(string section, Config layer)
    {
        var parent = new HoconObject();
        parent.Items[section] = layer.Root;
        var value = new HoconValue();
        value.AppendValue(parent);
        var config = new Config(new HoconRoot(value));
        return layer.Fallback is { IsEmpty: false } fallback ? config.WithFallback(Below(section, fallback)) : config;
    }
}
