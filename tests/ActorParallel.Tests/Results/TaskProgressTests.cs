namespace ActorParallel.Tests.Results;

public sealed class TaskProgressTests
{
    static readonly TimeSpan s_ten = TimeSpan.FromSeconds(10);

    [Fact]
    public void AQuarterInTenSecondsLeavesThirty()
    {
        var p = TaskProgress.Of(25, 100, null, s_ten);
        Assert.Equal((25L, 100L, 0.25, 2.5), (p.Completed, p.Total!.Value, p.Fraction!.Value, p.Rate));
        Assert.Equal(TimeSpan.FromSeconds(30), p.Remaining);
        Assert.Equal(s_ten, p.Elapsed);
    }

    [Fact]
    public void WithoutATotalThereIsARateAndNothingMore()
    {
        var p = TaskProgress.Of(50, null, null, s_ten);
        Assert.Equal((null, null, 5.0), (p.Fraction, p.Remaining, p.Rate));
    }

    [Fact]
    public void NothingDoneTellsNoTimeLeft()
    {
        Assert.Null(TaskProgress.Of(0, 10, null, s_ten).Remaining);
        Assert.Equal(0, TaskProgress.Of(0, 10, null, s_ten).Fraction);
        Assert.Equal(0, TaskProgress.Of(0, 10, null, TimeSpan.Zero).Rate);
    }

    [Fact]
    public void TheEndLeavesNothing()
    {
        Assert.Equal(TimeSpan.Zero, TaskProgress.Of(10, 10, null, s_ten).Remaining);
        Assert.Equal((1.0, TimeSpan.Zero), (TaskProgress.Of(0, 0, null, s_ten).Fraction!.Value, TaskProgress.Of(0, 0, null, s_ten).Remaining!.Value));
    }

    [Fact]
    public void WhatATaskReportedCounts()
    {
        var p = TaskProgress.Of(0, 1, 0.5, s_ten);
        Assert.Equal((0.5, s_ten), (p.Fraction!.Value, p.Remaining!.Value));
        Assert.Equal(0.2, TaskProgress.Of(0, null, 0.2, s_ten).Fraction);
    }
}
