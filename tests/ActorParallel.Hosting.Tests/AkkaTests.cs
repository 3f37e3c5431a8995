using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorParallel.Hosting.Tests;

/// <summary>In an actor system of Akka.Hosting.</summary>
public sealed class AkkaTests
{
    sealed class Images;

    sealed class Mail;

    sealed class Painter([FromKeyedServices(typeof(Images))] IParallelExecutor images, [FromKeyedServices(typeof(Mail))] IParallelExecutor mail, IParallelExecutor first)
    {
        public IParallelExecutor Images => images;

        public (int Images, int Mail, int First) Workers => (images.Workers, mail.Workers, first.Workers);
    }

    static void Quiet(AkkaConfigurationBuilder akka) => akka.ConfigureLoggers(l => l.ClearLoggers());

    [Fact]
    public async Task Pools_live_in_the_actor_system_and_are_injected_by_their_type()
    {
        await using var host = await TestHost.StartAsync(
            s =>
            {
                s.AddAkka("shop", akka =>
                {
                    Quiet(akka);
                    akka.AddHocon("actor-parallel.pool { workers = 2, max-in-flight = 77 }", HoconAddMode.Prepend)
                        .WithParallelPool<Images>()
                        .WithParallelPool<Mail>(o => o.Pool = o.Pool with { Workers = 4 });
                });
                s.AddActorParallelInjection().AddSingleton<Painter>().AddHealthChecks().AddActorParallel();
            },
            ("ActorParallel:Executors:Images:Pool:Workers", "3"), ("ActorParallel:Executors:Mail:Pool:Workers", "9"));
        // Asked for before the system had started, it would have been the same.
        var painter = host.Services.GetRequiredService<Painter>();
        Assert.Equal((3, 4, 3), painter.Workers);
        Assert.Equal(5, await painter.Images.ApplyAsync(() => 5));
        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal(77, system.GetParallelExecutor<Mail>().Executor.MaxInFlight);
        Assert.Same(system.GetParallelExecutor<Images>(), host.Services.GetRequiredKeyedService<ParallelPool>(typeof(Images)));
        var report = await host.HealthAsync();
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal(4, report.Entries["actor-parallel-ready"].Data["Mail.workers"]);
        var missing = Assert.Throws<InvalidOperationException>(() => system.GetParallelExecutor<AkkaTests>());
        Assert.Contains("no executor with the key AkkaTests", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_are_drained_by_the_coordinated_shutdown()
    {
        using var gate = Signal.New();
        await using var host = await TestHost.StartAsync(s => s.AddAkka("shop", akka =>
        {
            Quiet(akka);
            akka.WithParallelPool<Images>(o => o.Pool = o.Pool with { Workers = 1 });
        }));
        var pool = host.Services.GetRequiredService<ActorSystem>().GetParallelExecutor<Images>();
        var runs = pool.ApplyAsync(gate.Wait);
        var waits = pool.ApplyAsync(() => 2);
        await Soon.Until(() => gate.Entered == 1, "it runs");
        var stopping = host.StopAsync();
        await Soon.Until(() => host.Log.Has("Draining"), "the executor drains");
        Assert.False(stopping.IsCompleted);
        gate.Set();
        await stopping;
        Assert.True(runs.Successful);
        Assert.Equal(2, waits.Get());
        Assert.True(host.Log.Has("Drained"));
    }

    [Fact]
    public async Task The_phase_s_timeout_bounds_that()
    {
        using var gate = Signal.New();
        await using var host = await TestHost.StartAsync(s => s.AddAkka("shop", akka =>
        {
            Quiet(akka);
            akka.AddHocon("akka.coordinated-shutdown.phases.service-requests-done.timeout = 500 ms", HoconAddMode.Prepend).WithParallelPool<Images>();
        }));
        var runs = host.Services.GetRequiredService<ActorSystem>().GetParallelExecutor<Images>().ApplyAsync(gate.Wait);
        await Soon.Until(() => gate.Entered == 1, "it runs");
        await host.StopAsync();
        Assert.True(host.Log.Has("TasksLost"));
        await runs.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(Soon.Patience);
        Assert.Equal(TaskState.Cancelled, runs.State);
    }

    [Fact]
    public async Task A_pool_of_processes_goes_with_the_system_too()
    {
        await using var host = await TestHost.StartAsync(
            s => s.AddAkka("shop", akka =>
            {
                Quiet(akka);
                akka.WithParallelPool<Images>();
            }),
            ("ActorParallel:Executors:Images:RunOn", "processes"), ("ActorParallel:Executors:Images:Pool:Workers", "1"));
        var pool = host.Services.GetRequiredService<ActorSystem>().GetParallelExecutor<Images>();
        Assert.NotEqual(Environment.ProcessId, await pool.ApplyAsync(() => Environment.ProcessId).AsTask().WaitAsync(Soon.Patience));
        await host.StopAsync();
        Assert.Throws<ObjectDisposedException>(() => pool.ApplyAsync(() => 1));
    }

    [Fact]
    public async Task A_controller_and_engines_make_a_cluster_that_clients_use()
    {
        var home = Directory.CreateTempSubdirectory("ap-home-").FullName;
        await using var node = await TestHost.StartAsync(s => s.AddAkka("node", akka =>
        {
            Quiet(akka);
            akka.AddHocon("actor-parallel.cluster.workers = 3", HoconAddMode.Prepend).WithParallelController("shared", home).WithParallelEngine("shared", 1, null, home);
        }));
        await using var shop = await TestHost.StartAsync(s =>
        {
            s.AddAkka("shop", akka =>
            {
                Quiet(akka);
                akka.WithParallelClient<Mail>("shared", o => o.Home = home);
            });
            s.AddActorParallelInjection().AddHealthChecks().AddActorParallel();
        });
        await Soon.Until(async () => (await shop.HealthAsync("ready")).Status == HealthStatus.Healthy, "the engine has come");
        var mail = shop.Services.GetRequiredKeyedService<IParallelExecutor>(typeof(Mail));
        Assert.NotEqual(Environment.ProcessId, await mail.ApplyAsync(() => Environment.ProcessId).AsTask().WaitAsync(Soon.Patience));
        Assert.Equal(3, mail.Workers);
        Assert.True(node.Log.Has("ControllerStarted"));
        Assert.True(node.Log.Has("EngineStarted"));
        Assert.Contains(node.Log.Entries, e => e.Id.Name == "ControllerSaid" && e.Text.StartsWith("The controller of profile shared: Engine 0 joined", StringComparison.Ordinal));
        await shop.StopAsync();
        await node.StopAsync();
        Assert.False(File.Exists(Path.Combine(home, "profiles", "shared", "connection.json")));
        Directory.Delete(home, recursive: true);
    }
}
