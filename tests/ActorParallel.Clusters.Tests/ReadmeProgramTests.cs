namespace ActorParallel.ClusterTests;

/// <summary>The program of the design, line by line, and what its lines give.</summary>
public sealed class ReadmeProgramTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

#pragma warning disable xUnit1031 // The program also has blocking calls: that they block is what it shows.
    [Fact]
    public async Task TheClusterProgramRunsLineByLine()
    {
        double[] data = [.. Enumerable.Range(0, 10).Select(i => (double)i)];
        var day = new DateOnly(2020, 2, 29);

        await using var cluster = await ParallelCluster.StartAsync(engines: 4, cancellationToken: Cancelled);
        await using var client = await cluster.ConnectAsync(Cancelled);
        await client.WaitForEnginesAsync(4, TimeSpan.FromSeconds(30), Cancelled);
        IReadOnlyList<int> ids = client.Ids;
        Assert.Equal([0, 1, 2, 3], ids);

        EngineView first = client[0];
        first["a"] = 5;
        int its = await first.PullAsync<int>("a", Cancelled);
        Assert.Equal(5, its);
        DirectView some = client[0, 2, 3];
        Assert.Equal([0, 2, 3], some.Targets);
        DirectView even = client[..].Every(2);
        Assert.Equal([0, 2], even.Targets);
        DirectView all = client.DirectView();
        await all.ExecuteAsync("int a = 1;", Cancelled);
        int[] a = await all.PullAsync<int>("a", Cancelled);
        Assert.Equal([1, 1, 1, 1], a);
        await all.PushAsync(new { a = 2 }, Cancelled);
        Assert.Equal([2, 2, 2, 2], all.Pull<int>("a", Cancelled));
        all["a"] = 3;
        Assert.Equal([3, 3, 3, 3], Assert.IsType<object?[]>(all["a"]));
        await all.ScatterAsync("x", data, cancellationToken: Cancelled);
        double[] back = await all.GatherAsync<double>("x", cancellationToken: Cancelled);
        Assert.Equal(data, back);
        int[] pids = await all.ApplyAsync(() => Environment.ProcessId, Cancelled);
        Assert.Equal(4, pids.Distinct().Count());

        LoadBalancedView tasks = client.LoadBalancedView();
        int[] squares = await tasks.MapAsync(x => x * x, Enumerable.Range(0, 1_000_000), Cancelled);
        Assert.Equal((1_000_000, 81), (squares.Length, squares[9]));
        AsyncResult<int> one = tasks.ApplyAsync(Square, 3, Cancelled);
        AsyncResult<string> r = tasks.With(retries: 3, timeout: TimeSpan.FromMinutes(1), label: "report", after: [one]).ApplyAsync(() => Build(day), Cancelled);
        Assert.Equal("report of 2020-02-29", await r);
        Assert.True(one.Ready);
        Assert.Equal("report", r.Label);
    }
#pragma warning restore xUnit1031

    static int Square(int x) => x * x;

    static string Build(DateOnly day) => $"report of {day:yyyy-MM-dd}";
}
