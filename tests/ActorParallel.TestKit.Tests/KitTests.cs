using Akka.Actor;

namespace ActorParallel.TestKit.Tests;

public sealed class KitTests() : ParallelTestKit("actor-parallel.pool.workers = 2")
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_actor_works_with_a_pool()
    {
        var pool = CreatePool();
        Assert.Equal(2, pool.Workers);
        var squarer = Sys.ActorOf(Props.Create(() => new Squarer(pool)));
        squarer.Tell(7, TestActor);
        await ExpectMsgAsync(49, TimeSpan.FromSeconds(30), cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_cluster_and_a_probe_meet()
    {
        var cluster = await StartClusterAsync(engines: 1, cancellationToken: Cancel);
        var probe = CreateTestProbe();
        var result = cluster.Client.LoadBalancedView().ApplyAsync(() => 42);
        _ = result.OnCompleted(_ => probe.Ref.Tell("ended", ActorRefs.NoSender));
        await probe.ExpectMsgAsync("ended", TimeSpan.FromSeconds(30), cancellationToken: Cancel);
        cluster.ShouldEndEveryTaskExactlyOnce();
    }

    [Fact]
    public async Task What_is_not_so_fails_with_an_exception_of_ours()
    {
        var missing = await Assert.ThrowsAnyAsync<ParallelAssertionException>(async () => await ExpectMsgAsync("never", TimeSpan.FromMilliseconds(20), cancellationToken: Cancel));
        Assert.NotEmpty(missing.Message);
        TestActor.Tell("other", ActorRefs.NoSender);
        var other = await Assert.ThrowsAnyAsync<ParallelAssertionException>(async () => await ExpectMsgAsync("this", TimeSpan.FromSeconds(30), cancellationToken: Cancel));
        Assert.Contains("other", other.Message);
    }

    [Fact]
    public void Kits_assertions_read_well()
    {
        var kit = TestKitAssertions.Instance;
        kit.AssertEqual(1, 1);
        kit.AssertTrue(true);
        Assert.Equal("sizes Expected 1, and got 2.", Assert.Throws<ParallelAssertionException>(() => kit.AssertEqual(1, 2, "sizes")).Message);
        Assert.Equal("{ not a format }", Assert.Throws<ParallelAssertionException>(() => kit.Fail("{ not a format }")).Message);
        Assert.Equal("a 1 b", Assert.Throws<ParallelAssertionException>(() => kit.AssertFalse(true, "a {0} b", 1)).Message);
        Assert.IsType<InvalidOperationException>(kit.AssertThrows<InvalidOperationException>(() => throw new InvalidOperationException()));
        Assert.Contains("nothing was", Assert.Throws<ParallelAssertionException>(() => kit.AssertThrows(() => { })).Message);
    }

    sealed class Squarer : ReceiveActor
    {
        public Squarer(ParallelPool pool) => Receive<int>(n => pool.ApplyAsync(x => x * x, n).AsTask().PipeTo(Sender));
    }
}
