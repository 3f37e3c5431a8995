using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using static ActorParallel.MembershipTests.Until;

namespace ActorParallel.MembershipTests;

/// <summary>A service whose work runs on a cluster of many machines, because its configuration says so.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task AServiceFindsWhicheverControllerIsActive()
    {
        await using var nodes = await new Nodes().StartAsync(1);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ActorParallel:RunOn"] = "Cluster";
        builder.Services.AddActorParallel(options => options.Hocon = ParallelConfig.Parse(
            $"actor-parallel.client.contacts = \"{nodes.Contacts}\"\nactor-parallel.tls.profile = {nodes.Profile}"));
        builder.Services.AddHealthChecks().AddActorParallel();
        using var host = builder.Build();
        await host.StartAsync(Cancel);
        var tasks = host.Services.GetRequiredService<IParallelExecutor>();
        Assert.Equal(6, await End(tasks.ApplyAsync(static (int x) => x * 2, 3)));

        nodes.Controllers[0].Signal("KILL");
        Assert.Equal(8, await End(tasks.ApplyAsync(static (int x) => x * 2, 4)));
        var health = host.Services.GetRequiredService<HealthCheckService>();
        var report = await health.CheckHealthAsync(Cancel);
        Assert.True(report.Status == HealthStatus.Healthy, string.Join("; ", report.Entries.Select(e => e.Value.Description)));
        await host.StopAsync(Cancel);
    }
}
