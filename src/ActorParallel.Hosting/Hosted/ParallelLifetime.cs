using Microsoft.Extensions.Hosting;

namespace ActorParallel.Hosting.Hosted;

/// <summary>
/// Starts the executors before all other services start, and drains them after all others have stopped: until then those may submit,
/// as a web server does for the requests it still answers. What was submitted gets what is left of the host's shutdown timeout.
/// </summary>
internal sealed class ParallelLifetime(ParallelServices services) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(services.Own.Select(executor => executor.StartAsync(cancellationToken)));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        foreach (var executor in services.All) executor.IsStopping = true;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(services.Own.Select(executor => executor.DrainAsync(cancellationToken)));
}
