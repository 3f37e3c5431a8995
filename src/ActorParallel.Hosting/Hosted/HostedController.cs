using ActorParallel.Controllers;
using ActorParallel.History;
using ActorParallel.Profiles;
using Akka.Configuration;
using Akka.Event;
using Microsoft.Extensions.Logging;

namespace ActorParallel.Hosting.Hosted;

/// <summary>A cluster's controller in a service's process.</summary>
internal sealed class HostedController : IAsyncDisposable
{
    readonly ClusterController _controller;
    readonly CancellationTokenSource _stopping = new();

    HostedController(ClusterController controller, string profile, ILogger logger)
    {
        _controller = controller;
        HostingLog.ControllerStarted(logger, profile, controller.Connection.ToString());
        _ = TellEndAsync(profile, logger);
    }

    /// <param name="name">The profile; it is made if it isn't there.</param>
    /// <param name="above">HOCON above the profile's.</param>
    /// <param name="logger">Where its log goes.</param>
    /// <param name="home">The folder that holds profiles; null for the user's.</param>
    public static HostedController Start(string name, Config above, ILogger logger, string? home)
    {
        var profile = Profile.OpenOrCreate(name, home);
        var config = ProfileConfig.Load(profile);
        if (!above.IsEmpty) config = above.WithFallback(config);
        var controller = ClusterController.Start(
            profile, config, static (path, records) => new SqliteHistory(new SqliteHistoryOptions { Path = path, MaxRecords = records }), said => Forward(logger, name, said));
        return new HostedController(controller, name, logger);
    }

    static void Forward(ILogger logger, string profile, LogEvent said)
    {
        var level = said.LogLevel() switch
        {
            Akka.Event.LogLevel.ErrorLevel => Microsoft.Extensions.Logging.LogLevel.Error,
            Akka.Event.LogLevel.WarningLevel => Microsoft.Extensions.Logging.LogLevel.Warning,
            _ => Microsoft.Extensions.Logging.LogLevel.Information,
        };
        HostingLog.ControllerSaid(logger, level, profile, said.Message?.ToString() ?? "", said.Cause);
    }

    /// <summary>Somebody may stop the cluster from elsewhere.</summary>
    async Task TellEndAsync(string profile, ILogger logger)
    {
        await _controller.Ended.WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_stopping.IsCancellationRequested) return;
        HostingLog.ControllerEnded(logger, profile);
        await _controller.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _controller.DisposeAsync().ConfigureAwait(false);
    }
}
