using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit;
using static ActorParallel.Tests.Pools.Waiting;

namespace ActorParallel.Tests.Pools;

public sealed class CallersSystemTests() : TestKit("actor-parallel.pool.workers = 3")
{
    [Fact]
    public async Task APoolLivesInTheCallersActorSystemAndReadsItsHocon()
    {
        using var pool = ParallelPool.Create(Sys);
        Assert.Equal(3, pool.Workers);
        Assert.Equal(9, await Soon(pool.ApplyAsync(x => x * x, 3)));
        using var other = ParallelPool.Create(Sys, new ParallelPoolOptions { Workers = 1 });
        Assert.Equal(1, other.Workers);
        Assert.Equal(new[] { 1, 4 }, await Soon(other.MapAsync(x => x * x, [1, 2])));
    }

    [Fact]
    public async Task DisposingThePoolLeavesTheSystemAlone()
    {
        await using (var pool = ParallelPool.Create(Sys)) Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
        Assert.False(Sys.WhenTerminated.IsCompleted);
        TestActor.Tell("alive", ActorRefs.NoSender);
        ExpectMsg("alive", cancellationToken: TestContext.Current.CancellationToken);
        var left = ((ActorRefWithCell)((ExtendedActorSystem)Sys).Guardian).Children.Where(c => c.Path.Name.StartsWith("actor-parallel", StringComparison.Ordinal));
        Assert.Empty(left);
    }

    [Fact]
    public async Task EndingTheSystemOverThePoolsHeadEndsItsTasks()
    {
        using var system = ActorSystem.Create("callers", ConfigurationFactory.ParseString("akka.loglevel = OFF"));
        using var pool = ParallelPool.Create(system, new ParallelPoolOptions { Workers = 1 });
        using var gate = new ManualResetEventSlim();
        var running = pool.ApplyAsync(() => gate.Wait(-1, TaskContext.Current!.CancellationToken));
        await Until(() => running.State == TaskState.Running, "the task runs");
        var waiting = Enumerable.Range(0, 20).Select(i => pool.With(priority: -1).ApplyAsync(x => x, i)).ToArray();
        var ended = system.Terminate();
        gate.Set();
        await ended.WaitAsync(Patience, TestContext.Current.CancellationToken);
        foreach (var result in waiting) await Ended(result);
        await Ended(running);
        Assert.Throws<InvalidOperationException>(() => pool.ApplyAsync(() => 1));
    }
}
