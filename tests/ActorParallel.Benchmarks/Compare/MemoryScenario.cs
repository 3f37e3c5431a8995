namespace ActorParallel.Benchmarks.Compare;

/// <summary>What a million tasks leave behind: memory after all of them, less memory after the first hundred thousand.</summary>
internal static class MemoryScenario
{
    const double MB = 1 << 20;
    const int Burst = 20_000;

    static readonly Func<int> One = () => 1;
    static readonly Func<(int, double, double)> Own = () =>
    {
        var (heap, resident) = Now();
        return (Environment.ProcessId, heap, resident);
    };

    public static Scenario Threads(ParallelPool pool, Sizes sizes) => new(
        $"threads: memory left by {sizes.MemoryTasks:#,0} tasks",
        [new Metric("MB", Target.AtMost(10)) { Name = "heap" }, new Metric("MB", Target.AtMost(10)) { Name = "resident" }],
        new Contender("pool", () =>
        {
            Run(pool, sizes.MemoryBase);
            var before = Now();
            Run(pool, sizes.MemoryTasks - sizes.MemoryBase);
            var after = Now();
            return [after.Heap - before.Heap, after.Resident - before.Resident];
        })) { Once = true };

    public static Scenario Processes(int workers, Sizes sizes) => new(
        $"processes: memory left by {sizes.MemoryTasks:#,0} tasks",
        [
            new Metric("MB", Target.AtMost(10)) { Name = "parent's heap" }, new Metric("MB", Target.AtMost(10)) { Name = "parent resident" },
            new Metric("MB", Target.AtMost(10)) { Name = "most of a child's heap" }, new Metric("MB", Target.AtMost(10)) { Name = "most of a child resident" },
        ],
        new Contender("pool", () =>
        {
            using var pool = ParallelPool.Processes(workers);
            Run(pool, sizes.MemoryBase);
            var (children, before) = (Children(pool, workers), Now());
            Run(pool, sizes.MemoryTasks - sizes.MemoryBase);
            var (later, after) = (Children(pool, workers), Now());
            return
            [
                after.Heap - before.Heap, after.Resident - before.Resident,
                later.Max(c => c.Value.Heap - children[c.Key].Heap), later.Max(c => c.Value.Resident - children[c.Key].Resident),
            ];
        })) { Once = true };

    static void Run(ParallelPool pool, int tasks)
    {
        for (var done = 0; done < tasks; done += Burst)
        {
            var all = new AsyncResult<int>[Math.Min(Burst, tasks - done)];
            for (var i = 0; i < all.Length; i++) all[i] = pool.ApplyAsync(One);
            AsyncResult.WhenAll(all).GetAwaiter().GetResult();
        }
    }

    static (double Heap, double Resident) Now()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (GC.GetTotalMemory(forceFullCollection: false) / MB, Environment.WorkingSet / MB);
    }

    /// <summary>Asks until each child has answered.</summary>
    static Dictionary<int, (double Heap, double Resident)> Children(ParallelPool pool, int workers)
    {
        var answers = new Dictionary<int, (double, double)>();
        for (var tries = 0; answers.Count < workers; tries++)
        {
            if (tries == 100) throw new InvalidOperationException($"Only {answers.Count} of {workers} children were ever given a task.");
            foreach (var (id, heap, resident) in AsyncResult.WhenAll(Enumerable.Range(0, workers * 2).Select(_ => pool.ApplyAsync(Own))).GetAwaiter().GetResult())
                answers[id] = (heap, resident);
        }
        return answers;
    }
}
