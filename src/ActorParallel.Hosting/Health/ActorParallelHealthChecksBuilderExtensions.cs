using ActorParallel.Hosting.Health;
using ActorParallel.Hosting.Hosted;
using Microsoft.Extensions.Diagnostics.HealthChecks;

#pragma warning disable IDE0130 // Where those who configure services look for it.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Health checks of ActorParallel.</summary>
public static class ActorParallelHealthChecksBuilderExtensions
{
    /// <summary>The name, and a tag <c>live</c>, of the check that fails when only starting the process anew helps.</summary>
    public const string Liveness = "actor-parallel-live";

    /// <summary>The name, and a tag <c>ready</c>, of the check that fails when tasks can't be taken now.</summary>
    public const string Readiness = "actor-parallel-ready";

    /// <summary>
    /// Adds two checks over all executors of the service: <see cref="Liveness"/> (tagged <c>live</c>) fails when a pool has failed for good or answers nothing;
    /// <see cref="Readiness"/> (tagged <c>ready</c>) fails as long as there are fewer engines than <c>MinEngines</c>, the cluster's controller can't be reached, or the service stops,
    /// and is degraded while the first task of the queue has waited for longer than <c>MaxQueueAge</c>. Their data tells engines, workers and the queue.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="tags">More tags for both; null for none.</param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddActorParallel(this IHealthChecksBuilder builder, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ActorParallelServiceCollectionExtensions.AddCommon(builder.Services);
        string[] more = [.. tags ?? []];
        return builder.Add(Check(Liveness, isReadiness: false, [.. more, "live"])).Add(Check(Readiness, isReadiness: true, [.. more, "ready"]));
    }

    static HealthCheckRegistration Check(string name, bool isReadiness, string[] tags) => new(
        name, provider => new ParallelHealthCheck(provider.GetRequiredService<ParallelServices>(), isReadiness), null, tags);
}
