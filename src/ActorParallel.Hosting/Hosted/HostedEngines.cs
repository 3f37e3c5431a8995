using System.Globalization;
using ActorParallel.Launching;
using ActorParallel.Profiles;
using Akka.Configuration;
using Microsoft.Extensions.Logging;

namespace ActorParallel.Hosting.Hosted;

/// <summary>
/// Engines that a service keeps running for a cluster, whoever's controller that has. They are processes of their own: the controller ends the process of an engine
/// whose task can't be stopped otherwise, and that must not be the service's.
/// </summary>
internal sealed class HostedEngines : IAsyncDisposable
{
    readonly EngineSupervisor _supervisor;

    /// <param name="name">The cluster's profile.</param>
    /// <param name="engines">How many.</param>
    /// <param name="workers">How many tasks each runs at a time; null: as the configuration says.</param>
    /// <param name="above">HOCON above the profile's.</param>
    /// <param name="logger">Where it is told what becomes of them.</param>
    /// <param name="home">The folder that holds profiles; null for the user's.</param>
    public HostedEngines(string name, int engines, int? workers, Config above, ILogger logger, string? home)
    {
        // They look for their controller for as long as it takes.
        var options = new SupervisorOptions { MaxRestarts = int.MaxValue };
        _supervisor = new EngineSupervisor(new LocalLauncher(), _ => Launch(name, workers, above, home), options);
        _supervisor.EngineStarted += (_, engine) => HostingLog.EngineStarted(logger, engine.ProcessId ?? 0, name);
        _supervisor.EngineExited += (_, exit) => HostingLog.EngineEnded(logger, name, exit.ToString());
        _supervisor.GaveUp += (_, reason) => HostingLog.EngineEnded(logger, name, reason);
        _ = _supervisor.ScaleAsync(engines, CancellationToken.None);
    }

    static EngineLaunch Launch(string name, int? workers, Config above, string? home)
    {
        try
        {
            var (profile, info) = ConnectionFile.Find(name, home);
            var config = ProfileConfig.Load(profile);
            var settings = ClusterSettings.From(above.IsEmpty ? config : above.WithFallback(config));
            // Whichever id is free: there may be engines elsewhere.
            return EngineLaunch.For(profile, info, workers is { } given ? settings with { Workers = given } : settings, null);
        }
        catch (ClusterConnectionException e)
        {
            throw new EngineLaunchException(e.Message, e);
        }
    }

    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();
}
