namespace ActorParallel.Benchmarks.Compare;

/// <summary>A cluster of engine processes, against those of <c>ipyparallel</c> and <c>distributed</c>: one each, alive during all of these.</summary>
internal sealed class ClusterScenarios : IScenarios
{
    static readonly Func<int> One = () => 1;
    static readonly Func<int, int> Square = x => x * x;
    static readonly Func<double> Resident = () => Environment.WorkingSet / (1024.0 * 1024);

    readonly Sizes _sizes;
    readonly ClusterPeers _peers;
    readonly OwnCluster _own;

    public ClusterScenarios(int engines, Sizes sizes, ClusterPeers peers)
    {
        (_sizes, _peers) = (sizes, peers);
        _own = new OwnCluster(engines);
    }

    // The idle engine first: it has done nothing yet.
    public IEnumerable<Scenario> All() => [Idle(), TinyTasks(), Map(), RoundTrip(), ScatterGather(), Memory()];

    public void Dispose() => _own.Dispose();

    Scenario Idle() => new("clusters: an idle engine's resident memory, the most of any", [new Metric("MB", Target.AtMost(90))],
        [
            new Contender("engine", () => [_own.Client.DirectView().Apply(Resident).Max()]),
            .. _peers.Run("idle"),
        ]) { Once = true };

    Scenario TinyTasks() => new($"clusters: {_sizes.ClusterTiny:#,0} tiny ApplyAsync + WhenAll, load-balanced", [new Metric("tasks/s", Target.NoLess(250_000))],
        [
            new Contender("ApplyAsync", () =>
            {
                var took = Measure.Time(() => Check(Run(_sizes.ClusterTiny) == _sizes.ClusterTiny));
                return [_sizes.ClusterTiny / took.TotalSeconds];
            }),
            .. _peers.RunTasks("tiny", _sizes.PythonTiny),
        ]);

    Scenario Map()
    {
        var items = Enumerable.Range(0, _sizes.Mapped).ToArray();
        return new($"clusters: Map, x*x over {items.Length:#,0} ints, load-balanced", [new Metric("items/s")],
            [
                new Contender("Map", () =>
                {
                    int[] values = [];
                    var took = Measure.Time(() => values = _own.Tasks.Map(Square, items));
                    Check(values.Length == items.Length && values[^1] == Square(items[^1]));
                    return [items.Length / took.TotalSeconds];
                }),
                .. _peers.RunTasks("map", _sizes.PythonTiny),
            ]);
    }

    Scenario RoundTrip() => new(
        "clusters: round trip of one Apply, load-balanced", [new Metric("µs", Target.AtMost(130)) { Name = "p50" }, new Metric("µs") { Name = "p99" }],
        [
            new Contender("Apply", () => Measure.Latency(_sizes.RoundTrips, () => Check(_own.Tasks.Apply(One) == 1))),
            .. _peers.RunTasks("round_trip", _sizes.PythonRoundTrips),
        ]);

    Scenario ScatterGather()
    {
        var data = new double[_sizes.Scattered * (1 << 20) / sizeof(double)];
        for (var i = 0; i < data.Length; i++) data[i] = i;
        return new($"clusters: scatter and gather of {_sizes.Scattered} MB of doubles", [new Metric("MB/s", Target.NoLess(1_000))],
            [
                new Contender("Scatter + Gather", () =>
                {
                    var all = _own.Client.DirectView();
                    double[] back = [];
                    var took = Measure.Time(() =>
                    {
                        all.Scatter("x", data);
                        back = all.Gather<double>("x");
                    });
                    Check(back.Length == data.Length && back[^1] == data[^1] && back[data.Length / 2] == data[data.Length / 2]);
                    return [2 * _sizes.Scattered / took.TotalSeconds];
                }),
                .. _peers.Run("scatter_gather", new() { ["megabytes"] = _sizes.Scattered }),
            ]);
    }

    /// <summary>What so many tasks leave behind: resident memory after all of them, less that after the first hundred thousand.</summary>
    Scenario Memory() => new(
        $"clusters: memory left by {_sizes.ClusterMemoryTasks:#,0} tasks",
        [new Metric("MB", Target.AtMost(50)) { Name = "controller resident" }, new Metric("MB", Target.AtMost(50)) { Name = "most of an engine resident" }],
        new Contender("cluster", () =>
        {
            const int Burst = 50_000;
            for (var done = 0; done < _sizes.MemoryBase; done += Burst) Check(Run(Burst) == Burst);
            var (controller, engines) = (_own.ControllerResident(), _own.Client.DirectView().ApplyAsync(Resident).ByEngine());
            for (var done = 0; done < _sizes.ClusterMemoryTasks; done += Burst) Check(Run(Burst) == Burst);
            return
            [
                _own.ControllerResident() - controller,
                _own.Client.DirectView().ApplyAsync(Resident).ByEngine().Max(e => e.Value - engines[e.Key]),
            ];
        })) { Once = true };

    int Run(int tasks)
    {
        var all = new AsyncResult<int>[tasks];
        for (var i = 0; i < all.Length; i++) all[i] = _own.Tasks.ApplyAsync(One);
        return AsyncResult.WhenAll(all).GetAwaiter().GetResult().Sum();
    }

    static void Check(bool right)
    {
        if (!right) throw new InvalidOperationException("The cluster gave wrong values.");
    }
}
