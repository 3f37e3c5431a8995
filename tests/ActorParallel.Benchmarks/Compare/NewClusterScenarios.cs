namespace ActorParallel.Benchmarks.Compare;

/// <summary>Clusters that start: how long until they answer.</summary>
internal sealed class NewClusterScenarios(int engines, Sizes sizes, ClusterPeers peers) : IScenarios
{
    static readonly Func<int> One = () => 1;

    public IEnumerable<Scenario> All() => [FirstResult(), ManyEngines()];

    public void Dispose()
    {
    }

    Scenario FirstResult() => new("clusters: from start to the first result of each engine", [new Metric("ms", Target.AtMost(1_500))],
        [new Contender("new cluster", () => [Answer(engines).TotalMilliseconds]), .. peers.Run("first_result")]) { Once = sizes.NewOnce };

    Scenario ManyEngines() => new(
        $"clusters: {sizes.ManyEngines} engines start and answer", [new Metric("s")], new Contender("new cluster", () => [Answer(sizes.ManyEngines).TotalSeconds])) { Once = true };

    static TimeSpan Answer(int engines)
    {
        OwnCluster? cluster = null;
        try
        {
            return Measure.Time(() =>
            {
                cluster = new OwnCluster(engines);
                if (cluster.Client.DirectView().Apply(One).Sum() != engines) throw new InvalidOperationException("Not every engine answered.");
            });
        }
        finally
        {
            cluster?.Dispose();
        }
    }
}
