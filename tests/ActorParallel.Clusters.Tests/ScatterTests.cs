namespace ActorParallel.ClusterTests;

/// <summary>G4, G5, G7, G10: sequences over engines, and one message for all.</summary>
[Collection(nameof(CalmCluster))]
public sealed class ScatterTests(CalmCluster shared) : ClusterTest(shared)
{
    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(11)]
    public async Task BlocksAreAsEvenAsCanBeTheFirstOnesLonger(int count)
    {
        var items = Enumerable.Range(0, count).ToArray();
        await All.ScatterAsync("blocks", items);
        var parts = await Soon(All.PullAsync<int[]>("blocks"));
        Assert.Equal(Enumerable.Range(0, 4).Select(i => count / 4 + (i < count % 4 ? 1 : 0)), parts.Select(p => p.Length));
        Assert.Equal(items, parts.SelectMany(p => p));
        Assert.Equal(items, await Soon(All.GatherAsync<int>("blocks")));
    }

    [Fact]
    public async Task RoundRobinGivesOneItemEachInTurn()
    {
        var items = Enumerable.Range(0, 10).ToArray();
        All.Scatter("turns", items, Distribution.RoundRobin, Cancelled);
        Assert.Equal(new int[][] { [0, 4, 8], [1, 5, 9], [2, 6], [3, 7] }, await Soon(All.PullAsync<int[]>("turns")));
        Assert.Equal(items, All.Gather<int>("turns", Distribution.RoundRobin, Cancelled));
    }

    [Fact]
    public void FewerItemsThanEnginesAreRefusedAtOnce()
    {
        var error = Assert.Throws<ArgumentException>(() => All.ScatterAsync("few", [1, 2, 3]));
        Assert.Contains("3 item(s)", error.Message, StringComparison.Ordinal);
        Assert.Contains("4 engines", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => All.ScatterAsync("none", Array.Empty<int>()));
    }

    [Fact]
    public async Task SingleValuesAreGatheredAndMissingOnesNamed()
    {
        await Ended(All.ExecuteAsync("int single = ActorParallel.TaskContext.Current.EngineId;"));
        Assert.Equal(new[] { 0, 1, 2, 3 }, await Soon(All.GatherAsync<int>("single")));
        Assert.Equal([0, 1, 2, 3], (await Fails<EnginesException>(All.GatherAsync<int>("nothing"))).Errors.Keys);
    }

    [Fact]
    public async Task LargeSequencesGoAndComeBack()
    {
        var items = Enumerable.Range(0, 1_000_001).Select(i => i * 0.5).ToArray();
        await All.ScatterAsync("large", items);
        await Ended(All.ExecuteAsync("for (var i = 0; i < large.Length; i++) large[i] *= 2;"));
        Assert.Equal(items.Select(x => x * 2), await Soon(All.GatherAsync<double>("large")));
    }

    [Fact]
    public async Task MapGivesEachEngineOneBlock()
    {
        var places = await Soon(All.MapAsync(x => (x, TaskContext.Current!.EngineId), Enumerable.Range(0, 10)));
        Assert.Equal(Enumerable.Range(0, 10), places.Select(p => p.x));
        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2, 3, 3], places.Select(p => p.EngineId));
        Assert.Equal(new[] { 2, 4 }, await Soon(All.MapAsync(x => 2 * x, [1, 2])));
        Assert.Empty(await Soon(All.MapAsync(x => 2 * x, Array.Empty<int>())));
    }

    [Fact]
    public async Task AMapThatFailsKeepsTheOtherValues()
    {
        var error = await Fails<ParallelMapException<int>>(All.MapAsync(x => x % 5 == 3 ? throw new InvalidOperationException($"no {x}") : x, Enumerable.Range(0, 10)));
        Assert.Equal([3, 8], error.Errors.Keys);
        Assert.Equal((7, 0), (error.Values[7], error.Values[8]));
    }

    [Fact]
    public async Task RemoteAndParallelWrapFunctions()
    {
        var where = All.Remote((int x) => x + TaskContext.Current!.EngineId);
        Assert.Equal(new[] { 5, 6, 7, 8 }, await Soon(where(5)));
        var sums = All.Parallel((int[] block) => new[] { block.Sum(), block.Length });
        Assert.Equal(new[] { 3, 3, 12, 3, 13, 2, 17, 2 }, await Soon(sums(Enumerable.Range(0, 10))));
    }

    [Fact]
    public async Task ABroadcastReachesAllEnginesWithOneMessage()
    {
        var all = Client.BroadcastView();
        await all.PushAsync(new { told = new byte[1 << 20] });
        Assert.Equal(new[] { 1 << 20, 1 << 20, 1 << 20, 1 << 20 }, await Soon(all.EvaluateAsync<int>("told.Length")));
        Assert.Equal(new[] { 0, 1, 2, 3 }, await Soon(all.ApplyAsync(() => TaskContext.Current!.EngineId)));
        var error = await Fails<EnginesException>(all.ExecuteAsync("throw new System.InvalidOperationException(\"all\");"));
        Assert.Equal([0, 1, 2, 3], error.Errors.Keys);
    }

    [Fact]
    public async Task ASequenceThatThrowsThrowsAtTheCall()
    {
        static IEnumerable<int> Broken()
        {
            yield return 1;
            throw new InvalidOperationException("input");
        }

        Assert.Equal("input", Assert.Throws<InvalidOperationException>(() => All.ScatterAsync("broken", Broken())).Message);
        Assert.Equal("input", Assert.Throws<InvalidOperationException>(() => All.MapAsync(x => x, Broken())).Message);
        Assert.Equal(4, (await Soon(All.ApplyAsync(() => 1))).Length);
    }
}
