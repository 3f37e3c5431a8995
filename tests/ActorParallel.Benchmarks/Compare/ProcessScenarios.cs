namespace ActorParallel.Benchmarks.Compare;

/// <summary>Child processes, against <c>multiprocessing.Pool</c> by both ways it starts them.</summary>
internal sealed class ProcessScenarios(int workers, Sizes sizes, PythonPeer? python) : IScenarios
{
    static readonly Func<int> One = () => 1;
    static readonly Func<int, int> Square = x => x * x;
    static readonly Func<byte[], int> Length = b => b.Length;
    static readonly Func<int, byte[]> Make = Made.Bytes;

    readonly ParallelPool _pool = ParallelPool.Processes(workers);

    public IEnumerable<Scenario> All() =>
    [
        Gather(), Map(), RoundTrip(),
        Argument(1, sizes.Transfers), Argument(16, Math.Max(1, sizes.Transfers / 4)),
        Result(1, sizes.Transfers), Result(16, Math.Max(1, sizes.Transfers / 4)),
        FirstResult(), MemoryScenario.Processes(workers, sizes),
    ];

    public void Dispose() => _pool.Dispose();

    Scenario Gather() => new(
        $"processes: {sizes.Gathered:#,0} tiny ApplyAsync and gather", [new Metric("tasks/s", Each(p => Target.TimesThat(p, 10)))],
        [
            new Contender("ApplyAsync", () =>
            {
                var took = Measure.Time(() =>
                {
                    var all = new AsyncResult<int>[sizes.Gathered];
                    for (var i = 0; i < all.Length; i++) all[i] = _pool.ApplyAsync(One);
                    Check(all.Sum(r => r.Get()) == all.Length);
                });
                return [sizes.Gathered / took.TotalSeconds];
            }),
            .. Python("gather", new() { ["n"] = sizes.Gathered }),
        ]);

    Scenario Map()
    {
        var items = Enumerable.Range(0, sizes.Mapped).ToArray();
        return new($"processes: Map, x*x over {items.Length:#,0} ints", [new Metric("items/s", Each(p => Target.TimesThat(p, 3)))],
            [
                new Contender("Map", () =>
                {
                    int[] values = [];
                    var took = Measure.Time(() => values = _pool.Map(Square, items));
                    Check(values.Length == items.Length && values[^1] == Square(items[^1]));
                    return [items.Length / took.TotalSeconds];
                }),
                .. Python("map", new() { ["n"] = items.Length }),
            ]);
    }

    Scenario RoundTrip() => new(
        "processes: round trip of one Apply",
        [new Metric("µs", Each(p => Target.AtMostOf(p, 0.7))) { Name = "p50" }, new Metric("µs") { Name = "p99" }],
        [
            new Contender("Apply", () => Measure.Latency(sizes.RoundTrips, () => Check(_pool.Apply(One) == 1))),
            .. Python("round_trip", new() { ["n"] = sizes.RoundTrips }),
        ]);

    Scenario Argument(int megabytes, int calls)
    {
        var value = Made.Bytes(megabytes << 20);
        return new($"processes: argument of {megabytes} MB", [new Metric("MB/s", megabytes < 16 ? [] : Each(p => Target.TimesThat(p, 4)))],
            [
                new Contender("Apply", () =>
                {
                    var took = Measure.Time(() =>
                    {
                        for (var i = 0; i < calls; i++) Check(_pool.Apply(Length, value) == value.Length);
                    });
                    return [calls * megabytes / took.TotalSeconds];
                }) { Before = () => _pool.Apply(Length, value) },
                .. Python("argument", new() { ["n"] = calls, ["megabytes"] = megabytes }),
            ]);
    }

    Scenario Result(int megabytes, int calls)
    {
        var size = megabytes << 20;
        return new($"processes: result of {megabytes} MB", [new Metric("MB/s", megabytes < 16 ? [] : Each(p => Target.TimesThat(p, 4)))],
            [
                new Contender("Apply", () =>
                {
                    var took = Measure.Time(() =>
                    {
                        for (var i = 0; i < calls; i++) Check(_pool.Apply(Make, size).Length == size);
                    });
                    return [calls * megabytes / took.TotalSeconds];
                })
                {
                    // Each worker makes its bytes once, as Python's do.
                    Before = () =>
                    {
                        for (var i = 0; i < 2 * workers; i++) _pool.Apply(Make, size);
                    },
                },
                .. Python("result", new() { ["n"] = calls, ["megabytes"] = megabytes }),
            ]);
    }

    Scenario FirstResult() => new(
        "processes: first result of a new pool", [new Metric("ms", Target.AtMost(400))],
        [
            new Contender("new pool", () =>
            {
                ParallelPool? pool = null;
                try
                {
                    var took = Measure.Time(() =>
                    {
                        pool = ParallelPool.Processes(workers);
                        Check(pool.Apply(One) == 1);
                    });
                    return [took.TotalMilliseconds];
                }
                finally
                {
                    pool?.Dispose();
                }
            }),
            .. Python("first_result", []),
        ]);

    IEnumerable<Contender> Python(string run, Dictionary<string, object> request) => python is null ? [] :
        PythonPeer.StartMethods.Select(method => new Contender(Peer(method), () => python.Run(method, new(request) { ["run"] = run })));

    static Target[] Each(Func<string, Target> target) => [.. PythonPeer.StartMethods.Select(m => target(Peer(m)))];

    static string Peer(string startMethod) => $"multiprocessing.Pool, {startMethod}";

    static void Check(bool right)
    {
        if (!right) throw new InvalidOperationException("The pool gave wrong values.");
    }

    /// <summary>Random bytes, made once in each process.</summary>
    static class Made
    {
        static readonly Dictionary<int, byte[]> Kept = [];

        public static byte[] Bytes(int size)
        {
            lock (Kept)
            {
                if (Kept.TryGetValue(size, out var bytes)) return bytes;
                new Random(size).NextBytes(bytes = new byte[size]);
                return Kept[size] = bytes;
            }
        }
    }
}
