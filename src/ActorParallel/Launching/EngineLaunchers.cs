using ActorParallel.Profiles;
using Akka.Configuration;

namespace ActorParallel.Launching;

/// <summary>The launchers a profile can name.</summary>
internal static class EngineLaunchers
{
    /// <exception cref="ConfigurationException">The launcher's own section can't be used; the message names the key.</exception>
    public static IEngineLauncher Create(Profile profile, Config config, ClusterSettings settings) => settings.Launcher switch
    {
        "ssh" => new SshLauncher(SshOptions.From(config)),
        "command" => new CommandLauncher(CommandOptions.From(config), profile),
        _ => new LocalLauncher(),
    };
}
