using Microsoft.Extensions.Logging;

namespace ActorParallel.Hosting.Tests;

public sealed class DrainTests
{
    [Theory]
    [InlineData("threads")]
    [InlineData("processes")]
    public async Task What_was_submitted_ends_before_the_host_does(string place)
    {
        using var gate = Signal.New();
        await using var host = await TestHost.StartAsync(s => s.AddActorParallel(), ("ActorParallel:RunOn", place), ("ActorParallel:Pool:Workers", "1"));
        var runs = host.Executor.ApplyAsync(gate.Wait);
        var waits = host.Executor.ApplyAsync(() => 2);
        await Soon.Until(() => gate.Entered == 1, "it runs");
        var stopping = host.StopAsync();
        await Soon.Until(() => host.Log.Has("Draining"), "the executor drains");
        Assert.False(stopping.IsCompleted);
        gate.Set();
        await stopping;
        Assert.True(runs.Successful);
        Assert.Equal(2, waits.Get());
        Assert.Contains("1 run and 1 wait", host.Log.Of("Draining"), StringComparison.Ordinal);
        Assert.True(host.Log.Has("Drained"));
        Assert.False(host.Log.Has("TasksLost"));
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("processes")]
    public async Task What_does_not_end_in_the_host_s_time_is_cancelled_and_told(string place)
    {
        using var gate = Signal.New();
        await using var host = await TestHost.StartAsync(s => s.AddActorParallel(), ("ActorParallel:RunOn", place), ("ActorParallel:Pool:Workers", "1"));
        var runs = host.Executor.ApplyAsync(gate.Wait);
        var waits = host.Executor.ApplyAsync(() => 2);
        await Soon.Until(() => gate.Entered == 1, "it runs");
        await host.StopAsync(TimeSpan.FromMilliseconds(100));
        await runs.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(Soon.Patience);
        Assert.Equal((TaskState.Cancelled, TaskState.Cancelled), (runs.State, waits.State));
        Assert.Contains("with 1 tasks running and 1 waiting: they are cancelled", host.Log.Of("TasksLost"), StringComparison.Ordinal);
        Assert.Equal(LogLevel.Warning, host.Log.Entries.First(e => e.Id.Name == "TasksLost").Level);
    }

    [Fact]
    public async Task The_drain_timeout_ends_the_wait_before_the_host_s_time_does()
    {
        using var gate = Signal.New();
        await using var host = await TestHost.StartAsync(s => s.AddActorParallel(o => o.DrainTimeout = TimeSpan.FromMilliseconds(50)));
        var runs = host.Executor.ApplyAsync(gate.Wait);
        await Soon.Until(() => gate.Entered == 1, "it runs");
        await host.StopAsync();
        Assert.True(host.Log.Has("TasksLost"));
        Assert.True(runs.Ready);
    }

    sealed class Producer(IParallelExecutor executor) : BackgroundService
    {
        readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int? Last { get; private set; }

        public Task Began => _began.Task;

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            _began.SetResult();
            await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Last = await executor.ApplyAsync(() => 42, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Services_that_stop_may_still_submit()
    {
        await using var host = await TestHost.StartAsync(s => s.AddActorParallel().AddSingleton<Producer>().AddHostedService(p => p.GetRequiredService<Producer>()));
        var producer = host.Services.GetRequiredService<Producer>();
        await producer.Began.WaitAsync(Soon.Patience);
        await host.StopAsync();
        Assert.Equal(42, producer.Last);
    }
}
