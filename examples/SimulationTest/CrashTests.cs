using ActorParallel;
using ActorParallel.TestKit;

namespace Examples.Invoicing;

/// <summary>The program's own code on real engines, in this process, with a crash at the worst of moments.</summary>
public sealed class CrashTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    static readonly Invoice[] All = [.. Enumerable.Range(1, 500).Select(n => new Invoice(n, [new Line(9.50m, n), new Line(1, 2)]))];

    [Theory]
    [InlineData(FaultPoint.BeforeStart)]
    [InlineData(FaultPoint.AfterResultBeforeAck)]
    [InlineData(FaultPoint.BeforeDelivery)]
    public async Task Every_invoice_is_counted_once_though_an_engine_dies(FaultPoint point)
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 3);
        var killed = cluster.Faults.KillEngineAt(point);

        var totals = await cluster.Client.LoadBalancedView().MapAsync(Invoices.Total, All).ShouldSucceedWithin(Limit);

        Assert.Equal(9.50m * 500 * 501 / 2 + 2 * 500, totals.Get().Sum());
        await killed.WaitAsync(Limit);
        cluster.ShouldEndEveryTaskExactlyOnce();
    }

    [Fact]
    public async Task Every_invoice_is_counted_once_though_the_controller_dies()
    {
        await using var cluster = await InProcessCluster.StartAsync(engines: 3);
        var replaced = cluster.Faults.KillControllerAt(FaultPoint.AfterResultBeforeAck);

        var totals = await cluster.Client.LoadBalancedView().MapAsync(Invoices.Total, All).ShouldSucceedWithin(Limit);

        Assert.Equal(9.50m * 500 * 501 / 2 + 2 * 500, totals.Get().Sum());
        await replaced.WaitAsync(Limit);
        cluster.ShouldEndEveryTaskExactlyOnce();
    }
}
