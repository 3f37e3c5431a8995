namespace ActorParallel.Benchmarks.Compare;

/// <summary>Threads of one process, against the BCL's ways and a raw Akka router.</summary>
internal sealed class ThreadScenarios : IScenarios
{
    const string ParallelFor = "Parallel.For", ForEachAsync = "Parallel.ForEachAsync", Plinq = "PLINQ AsOrdered Select ToArray",
        TaskRun = "Task.Run + WhenAll", Router = "Akka RoundRobinPool, Ask";

    static readonly Func<int, double> Work = Spin.Work;
    static readonly Func<int, int> Square = x => x * x;
    static readonly Func<int, int> Same = x => x;
    static readonly Func<int> One = () => 1;

    readonly ParallelPool _pool;
    readonly AkkaRouter _router;
    readonly ParallelOptions _degree;
    readonly int _workers;
    readonly Sizes _sizes;

    public ThreadScenarios(int workers, Sizes sizes)
    {
        Spin.Calibrate();
        _workers = workers;
        _sizes = sizes;
        _pool = new ParallelPool(workers);
        _router = new AkkaRouter(workers);
        _degree = new ParallelOptions { MaxDegreeOfParallelism = workers };
    }

    public IEnumerable<Scenario> All() => [CpuItems(), Squares(), TinyTasks(), RoundTrip(), MemoryScenario.Threads(_pool, _sizes)];

    public void Dispose()
    {
        _pool.Dispose();
        _router.Dispose();
    }

    Scenario CpuItems()
    {
        var items = Enumerable.Range(0, _sizes.Items).ToArray();
        Contender Way(string name, Func<double[]> run) => new(name, () =>
        {
            double[] values = [];
            var took = Measure.Time(() => values = run());
            Check(values.Length == items.Length && values[^1] == Work(items.Length - 1), name);
            return [took.TotalMilliseconds];
        });
        return new Scenario($"threads: Map, {items.Length:#,0} items of 100 µs", [new Metric("ms", Target.AtMostOf(ParallelFor, 1.03))],
            Way("Map", () => _pool.Map(Work, items)),
            Way(ParallelFor, () =>
            {
                var values = new double[items.Length];
                Parallel.For(0, items.Length, _degree, i => values[i] = Work(items[i]));
                return values;
            }),
            Way(ForEachAsync, () =>
            {
                var values = new double[items.Length];
                Parallel.ForEachAsync(items, _degree, (i, _) =>
                {
                    values[i] = Work(i);
                    return ValueTask.CompletedTask;
                }).GetAwaiter().GetResult();
                return values;
            }),
            Way(Plinq, () => items.AsParallel().AsOrdered().WithDegreeOfParallelism(_workers).Select(Work).ToArray()),
            Way(TaskRun, () => Task.WhenAll(items.Select(i => Task.Run(() => Work(i)))).GetAwaiter().GetResult()),
            Way(Router, () => Task.WhenAll(items.Select(i => _router.Ask(Work, i))).GetAwaiter().GetResult()));
    }

    Scenario Squares()
    {
        var items = Enumerable.Range(0, _sizes.Squares).ToArray();
        var shared = new int[items.Length];
        Contender Way(string name, Func<int[]> run) => new(name, () =>
        {
            int[] values = [];
            var took = Measure.Time(() => values = run());
            Check(values.Length == items.Length && values[^1] == Square(items[^1]) && values[items.Length / 2] == Square(items[items.Length / 2]), name);
            return [took.TotalNanoseconds / items.Length];
        });
        return new Scenario($"threads: Map, x*x over {items.Length:#,0} ints", [new Metric("ns/item", Target.AtMostOf(ParallelFor, 1.00))],
            Way("Map", () => _pool.Map(Square, items)),
            Way(ParallelFor, () =>
            {
                var values = new int[items.Length];
                Parallel.For(0, items.Length, _degree, i => values[i] = Square(items[i]));
                return values;
            }),
            Way(ParallelFor + " into a kept array", () =>
            {
                Parallel.For(0, items.Length, _degree, i => shared[i] = Square(items[i]));
                return shared;
            }),
            Way(Plinq, () => items.AsParallel().AsOrdered().WithDegreeOfParallelism(_workers).Select(Square).ToArray()));
    }

    Scenario TinyTasks()
    {
        static Contender Way(string name, int tasks, Func<int, int[]> run) => new(name, () =>
        {
            int[] values = [];
            var took = Measure.Time(() => values = run(tasks));
            Check(values.Length == tasks && Array.TrueForAll(values, v => v == 1), name);
            return [took.TotalNanoseconds / tasks];
        });
        return new Scenario($"threads: {_sizes.Tiny:#,0} tiny ApplyAsync + WhenAll", [new Metric("ns/task", Target.AtMostOf(TaskRun, 1.00))],
            Way("ApplyAsync", _sizes.Tiny, tasks =>
            {
                var all = new AsyncResult<int>[tasks];
                for (var i = 0; i < tasks; i++) all[i] = _pool.ApplyAsync(One);
                return AsyncResult.WhenAll(all).GetAwaiter().GetResult();
            }),
            Way(TaskRun, _sizes.Tiny, tasks =>
            {
                var all = new Task<int>[tasks];
                for (var i = 0; i < tasks; i++) all[i] = Task.Run(One);
                return Task.WhenAll(all).GetAwaiter().GetResult();
            }),
            Way($"{Router} ({_sizes.Asked:#,0})", _sizes.Asked, tasks =>
            {
                var all = new Task<int>[tasks];
                for (var i = 0; i < tasks; i++) all[i] = _router.Ask(Same, 1);
                return Task.WhenAll(all).GetAwaiter().GetResult();
            }));
    }

    Scenario RoundTrip()
    {
        Contender Way(string name, Func<int> call) => new(name, () => Measure.Latency(_sizes.RoundTrips, () => Check(call() == 1, name)));
        return new Scenario("threads: round trip of one Apply", [new Metric("µs") { Name = "p50" }, new Metric("µs") { Name = "p99" }],
            Way("Apply", () => _pool.Apply(One)),
            Way("Task.Run, waited for", () => Task.Run(One).GetAwaiter().GetResult()),
            Way("Akka RoundRobinPool, Ask", () => _router.Ask(Same, 1).GetAwaiter().GetResult()));
    }

    static void Check(bool right, string name)
    {
        if (!right) throw new InvalidOperationException($"{name} gave wrong values.");
    }
}
