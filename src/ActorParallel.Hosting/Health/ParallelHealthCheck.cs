using ActorParallel.Hosting.Hosted;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorParallel.Hosting.Health;

/// <summary>How a service's executors are. Liveness: starting the process anew would not help. Readiness: tasks can be taken now.</summary>
internal sealed class ParallelHealthCheck(ParallelServices services, bool isReadiness) : IHealthCheck
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        var worst = HealthStatus.Healthy;
        var texts = new List<string>();
        var data = new Dictionary<string, object>();
        foreach (var executor in services.All)
        {
            var health = await CheckAsync(executor, limit.Token, cancellationToken).ConfigureAwait(false);
            var (status, text) = Judge(executor, health, context.Registration.FailureStatus);
            if (status < worst) worst = status;
            texts.Add($"{executor.Name}: {text}");
            Tell(data, executor, health);
        }
        return texts.Count > 0
            ? new HealthCheckResult(worst, string.Join(" ", texts), data: data)
            : new HealthCheckResult(isReadiness ? context.Registration.FailureStatus : HealthStatus.Healthy, "No executor has started.");
    }

    static async Task<HostedHealth> CheckAsync(HostedExecutor executor, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            return await executor.CheckAsync(limit).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HostedHealth(false, false, $"It has not answered for {s_patience.TotalSeconds:0} s.", default);
        }
    }

    (HealthStatus Status, string Text) Judge(HostedExecutor executor, HostedHealth health, HealthStatus failure)
    {
        if (!isReadiness) return (health.IsAlive ? HealthStatus.Healthy : failure, health.Text);
        if (executor.IsStopping) return (failure, "The service stops.");
        if (!health.IsReady) return (failure, health.Text);
        var most = executor.Settings.MaxQueueAge;
        return most > TimeSpan.Zero && health.Load.QueueAge > most
            ? (HealthStatus.Degraded, $"The first task of the queue has waited for {health.Load.QueueAge.TotalSeconds:0.#} s, more than {most.TotalSeconds:0.#} s. {health.Text}")
            : (HealthStatus.Healthy, health.Text);
    }

    static void Tell(Dictionary<string, object> data, HostedExecutor executor, HostedHealth health)
    {
        data[$"{executor.Name}.runOn"] = executor.Settings.RunOn.ToString();
        data[$"{executor.Name}.engines"] = health.Load.Engines;
        data[$"{executor.Name}.workers"] = health.Load.Workers;
        data[$"{executor.Name}.running"] = health.Load.Running;
        data[$"{executor.Name}.waiting"] = health.Load.Waiting;
        data[$"{executor.Name}.queueAgeSeconds"] = health.Load.QueueAge.TotalSeconds;
    }
}
