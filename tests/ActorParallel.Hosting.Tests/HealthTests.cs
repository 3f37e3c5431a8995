using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ActorParallel.Hosting.Tests;

public sealed class HealthTests
{
    static void Services(IServiceCollection services) => services.AddActorParallel().AddHealthChecks().AddActorParallel();

    [Fact]
    public async Task A_running_pool_is_live_and_ready()
    {
        await using var host = await TestHost.StartAsync(Services, ("ActorParallel:Pool:Workers", "2"));
        var report = await host.HealthAsync();
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal(["actor-parallel-live", "actor-parallel-ready"], report.Entries.Keys.Order());
        var data = report.Entries["actor-parallel-ready"].Data;
        Assert.Equal((2, 1, "Threads"), (data["default.workers"], data["default.engines"], data["default.runOn"]));
    }

    [Fact]
    public async Task Processes_are_ready_when_enough_have_started()
    {
        await using var host = await TestHost.StartAsync(Services, ("ActorParallel:RunOn", "processes"), ("ActorParallel:Pool:Workers", "2"), ("ActorParallel:MinEngines", "2"));
        await Soon.Until(async () => (await host.HealthAsync("ready")).Status == HealthStatus.Healthy, "both processes have started");
        Assert.Equal(2, (await host.HealthAsync("ready")).Entries["actor-parallel-ready"].Data["default.engines"]);
    }

    [Fact]
    public async Task Too_few_engines_are_not_ready_but_alive()
    {
        await using var host = await TestHost.StartAsync(Services, ("ActorParallel:MinEngines", "2"));
        var report = await host.HealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["actor-parallel-ready"].Status);
        Assert.Equal(HealthStatus.Healthy, report.Entries["actor-parallel-live"].Status);
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("processes")]
    public async Task A_task_that_waits_for_long_degrades_readiness(string place)
    {
        using var gate = Signal.New();
        await using var host = await TestHost.StartAsync(
            Services, ("ActorParallel:RunOn", place), ("ActorParallel:Pool:Workers", "1"), ("ActorParallel:MaxQueueAge", "00:00:00.050"));
        var runs = host.Executor.ApplyAsync(gate.Wait);
        await Soon.Until(() => gate.Entered == 1, "it runs");
        var waits = host.Executor.ApplyAsync(() => 1);
        await Soon.Until(async () => (await host.HealthAsync("ready")).Status == HealthStatus.Degraded, "its age is seen");
        Assert.Contains("The first task of the queue has waited", (await host.HealthAsync("ready")).Entries["actor-parallel-ready"].Description, StringComparison.Ordinal);
        gate.Set();
        await runs;
        await waits;
        Assert.Equal(HealthStatus.Healthy, (await host.HealthAsync("ready")).Status);
    }

    [Fact]
    public async Task A_pool_that_failed_is_not_alive()
    {
        await using var host = await TestHost.StartAsync(s =>
        {
            Services(s);
            s.Configure<ActorParallelOptions>(o => o.Pool = o.Pool with { InitializerTries = 1, Initializer = static () => throw new InvalidOperationException("no licence") });
        });
        await Soon.Until(async () => (await host.HealthAsync("live")).Status == HealthStatus.Unhealthy, "the failure is seen");
        Assert.Contains("no licence", (await host.HealthAsync("live")).Entries["actor-parallel-live"].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_stops_is_not_ready()
    {
        using var gate = Signal.New();
        await using var host = await TestHost.StartAsync(Services);
        var runs = host.Executor.ApplyAsync(gate.Wait);
        await Soon.Until(() => gate.Entered == 1, "it runs");
        var stopping = host.StopAsync();
        await Soon.Until(() => host.Log.Has("Draining"), "the executor drains");
        var report = await host.HealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["actor-parallel-ready"].Status);
        Assert.Equal(HealthStatus.Healthy, report.Entries["actor-parallel-live"].Status);
        gate.Set();
        await stopping;
        Assert.True(runs.Successful);
    }

    [Fact]
    public async Task A_web_program_has_its_pool_and_a_health_endpoint()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddActorParallel();
        builder.Services.AddHealthChecks().AddActorParallel();
        await using var app = builder.Build();
        app.MapHealthChecks("/health");
        app.MapGet("/squares", async (IParallelExecutor pool) => await pool.MapAsync(x => x * x, [1, 2, 3]));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal("[1,4,9]", await http.GetStringAsync(new Uri("/squares", UriKind.Relative), TestContext.Current.CancellationToken));
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
