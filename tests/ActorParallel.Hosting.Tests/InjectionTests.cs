using Microsoft.Extensions.Options;

namespace ActorParallel.Hosting.Tests;

public sealed class InjectionTests
{
    sealed class Painter([FromKeyedServices("images")] IParallelExecutor images, IParallelExecutor others)
    {
        public (int Images, int Others) Workers => (images.Workers, others.Workers);
    }

    [Fact]
    public async Task The_pool_is_injected_and_runs()
    {
        await using var host = await TestHost.StartAsync(s => s.AddActorParallel(), ("ActorParallel:Pool:Workers", "3"));
        var pool = host.Services.GetRequiredService<ParallelPool>();
        Assert.Same(pool, host.Executor);
        Assert.Equal(3, pool.Workers);
        var squares = await pool.MapAsync(x => x * x, [0, 1, 2]);
        Assert.Equal([0, 1, 4], squares);
        Assert.Contains("Threads with 3 workers", host.Log.Of("Started"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_line_of_configuration_moves_the_work_into_processes()
    {
        await using var host = await TestHost.StartAsync(s => s.AddActorParallel(), ("ActorParallel:RunOn", "processes"), ("ActorParallel:Pool:Workers", "1"));
        Assert.NotEqual(Environment.ProcessId, await host.Executor.ApplyAsync(() => Environment.ProcessId).AsTask().WaitAsync(Soon.Patience));
    }

    [Fact]
    public async Task Named_executors_have_their_own_options_and_keys()
    {
        await using var host = await TestHost.StartAsync(
            s => s.AddActorParallel().AddActorParallel("images").AddActorParallel("mail", o => o.Pool = o.Pool with { Workers = 4 }).AddTransient<Painter>(),
            ("ActorParallel:Pool:Workers", "2"), ("ActorParallel:Executors:images:Pool:Workers", "3"), ("ActorParallel:Executors:mail:Pool:Workers", "9"));
        Assert.Equal((3, 2), host.Services.GetRequiredService<Painter>().Workers);
        Assert.Equal(4, host.Services.GetRequiredKeyedService<ParallelPool>("mail").Workers);
        Assert.Equal(7, await host.Services.GetRequiredKeyedService<IParallelExecutor>("mail").ApplyAsync(() => 7));
    }

    [Fact]
    public async Task A_client_is_injected_only_where_there_is_a_cluster()
    {
        await using var host = await TestHost.StartAsync(s => s.AddActorParallel());
        var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<ParallelClient>());
        Assert.Contains("runs on Threads", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_host_the_pool_starts_when_it_is_asked_for_and_goes_with_the_services()
    {
        ParallelPool pool;
        await using (var services = new ServiceCollection().AddActorParallel(o => o.Pool = new ParallelPoolOptions { Workers = 1 }).BuildServiceProvider())
        {
            pool = services.GetRequiredService<ParallelPool>();
            Assert.Equal(3, await pool.ApplyAsync(() => 3));
        }
        Assert.Throws<ObjectDisposedException>(() => pool.ApplyAsync(() => 3));
    }

    [Theory]
    [InlineData(null, null, 2)]
    [InlineData("3", null, 3)]
    [InlineData("3", 4, 4)]
    [InlineData(null, 4, 4)]
    public async Task Code_comes_before_configuration_and_that_before_Hocon(string? configured, int? coded, int expected)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"precedence-{Guid.NewGuid():N}.conf");
        await File.WriteAllTextAsync(file, "actor-parallel.pool { workers = 2, max-in-flight = 77 }\nactor-parallel.hosting.min-engines = 5");
        try
        {
            await using var host = await TestHost.StartAsync(
                s => s.AddActorParallel(o =>
                {
                    if (coded is not null) o.Pool = o.Pool with { Workers = coded };
                }),
                ("ActorParallel:HoconFile", Path.GetFileName(file)), ("ActorParallel:Pool:Workers", configured));
            Assert.Equal(expected, host.Executor.Workers);
            Assert.Equal(77, host.Executor.Executor.MaxInFlight);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("ActorParallel:RunOm", "threads", "ActorParallel:RunOm is unknown: is ActorParallel:RunOn meant?")]
    [InlineData("ActorParallel:Pool:Wokers", "3", "ActorParallel:Pool:Wokers is unknown: is ActorParallel:Pool:Workers meant?")]
    [InlineData("ActorParallel:Pool:Workers", "0", "Workers must be at least 1, not 0")]
    [InlineData("ActorParallel:Pool:Workers", "many", "ActorParallel:Pool:Workers")]
    [InlineData("ActorParallel:RunOn", "moon", "ActorParallel:RunOn")]
    [InlineData("ActorParallel:Profile", "a/b", "'a/b' can't be a profile's name")]
    [InlineData("ActorParallel:ConnectTimeout", "00:00:00", "ConnectTimeout must be more than zero")]
    [InlineData("ActorParallel:HoconFile", "missing.conf", "missing.conf")]
    public async Task What_can_not_work_is_said_in_a_sentence_at_the_start(string key, string value, string expected)
    {
        await using var host = TestHost.Build(s => s.AddActorParallel(), (key, value));
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.Host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("ActorParallel can't start: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("actor-parallel.hosting.run-on = moon", "actor-parallel.hosting.run-on must be one of threads, processes, cluster, not \"moon\"")]
    [InlineData("actor-parallel.hosting.min-engines = -1", "actor-parallel.hosting.min-engines must be at least 0, not -1")]
    [InlineData("actor-parallel.hosting.drain-timeout = soon", "actor-parallel.hosting.drain-timeout is \"soon\": it must be a time such as 10 s")]
    [InlineData("actor-parallel.pool.workers = 0", "actor-parallel.pool.workers must be at least 1, not 0")]
    public async Task The_same_for_Hocon(string hocon, string expected)
    {
        await using var host = TestHost.Build(s => s.AddActorParallel(o => o.Hocon = Akka.Configuration.ConfigurationFactory.ParseString(hocon)));
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.Host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
