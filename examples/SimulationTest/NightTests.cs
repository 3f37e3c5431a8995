using ActorParallel;
using ActorParallel.TestKit;

namespace Examples.Invoicing;

/// <summary>Is the cluster large enough for a night, whatever happens? In virtual time a night takes milliseconds.</summary>
public sealed class NightTests
{
    /// <summary>The cluster as it is bought: sixteen machines, not all as fast, each of which dies every two days or so and is back after five minutes.</summary>
    static SimulatedClusterOptions Night(long seed) => new()
    {
        Engines = 16,
        EngineSpeed = Draw.Normal(mean: 1, deviation: 0.1),
        EngineFailures = Draw.Exponential(mean: TimeSpan.FromDays(2).TotalSeconds),
        EngineReturns = TimeSpan.FromMinutes(5),
        Tasks = 50_000,
        Work = Draw.Empirical(Invoices.MeasuredSeconds),
        TaskOptions = new() { FailureRate = 0.001, Retries = 3 },
        Seed = seed,
    };

    // Thirty nights, each other ones, and the same each time: a failure names its seed, which plays it again.
    public static TheoryData<int> Nights => [.. Enumerable.Range(1, 30)];

    [Theory]
    [MemberData(nameof(Nights))]
    public void All_invoices_are_done_by_the_morning(int seed)
    {
        var report = SimulatedCluster.Run(Night(seed));

        report.ShouldSucceed().ShouldEndWithin(TimeSpan.FromHours(4)).ShouldBeBusy(0.9);
    }

    [Fact]
    public void Half_the_machines_are_enough_when_the_others_burn()
    {
        var cluster = new SimulatedCluster(Night(seed: 7) with { EngineReturns = null });
        cluster.RunFor(TimeSpan.FromHours(1));

        foreach (var engine in cluster.EngineIds.Take(8).ToArray())
            cluster.KillEngine(engine);

        cluster.RunToEnd().ShouldLoseNothing().ShouldEndWithin(TimeSpan.FromHours(6));
    }

    [Fact]
    public void A_customer_at_the_desk_does_not_wait_for_the_night()
    {
        var report = SimulatedCluster.Run(Night(seed: 1) with
        {
            Workloads = [new() { Client = 1, Tasks = 200, Start = TimeSpan.FromHours(1), Arrivals = Draw.Exponential(mean: 15), Work = 0.5 }],
        });

        report.ShouldSucceed();
        var desk = report.Clients.Single(c => c.Client == 1);
        Assert.True(desk.MeanWaiting < TimeSpan.FromSeconds(2), $"at the desk they wait {desk.MeanWaiting.TotalSeconds:0.0} s");
    }

    [Fact]
    public void An_invoice_that_kills_its_machine_does_not_take_the_others_with_it()
    {
        var cluster = new SimulatedCluster(Night(seed: 3) with { Tasks = 5_000 });
        var broken = cluster.Submit(TimeSpan.FromSeconds(1), new() { KillerRate = 1 });

        var report = cluster.RunToEnd();

        broken.ShouldEndExactlyOnce(TaskState.Quarantined);
        Assert.Equal(5_000, report.Succeeded);
    }
}
