using ActorParallel;

namespace Examples;

// Python:  with Pool(4) as pool: pool.map(f, xs), pool.map_async(f, xs).get(timeout=5), pool.apply_async(f, (3,))
static class PoolPrograms
{
    public static async Task RunAsync(int threads, int processes, CancellationToken cancel)
    {
        Show.Section($"A pool of threads: new ParallelPool({threads})");
        using (var pool = new ParallelPool(threads)) await CallsAsync(pool, cancel);

        Show.Section($"A pool of processes: ParallelPool.Processes({processes}); the calls are the same");
        using (var pool = ParallelPool.Processes(processes)) await CallsAsync(pool, cancel);
    }

    static async Task CallsAsync(ParallelPool pool, CancellationToken cancel)
    {
        int[] squares = pool.Map(x => x * x, [0, 1, 2, 3, 4], cancel);
        Show.Line("pool.Map(x => x * x, [0, 1, 2, 3, 4])", $"[{string.Join(", ", squares)}]");

        int[] products = pool.Map((a, b) => a * b, [1, 2, 3], [10, 20, 30], cancel);
        Show.Line("pool.Map((a, b) => a * b, [1, 2, 3], [10, 20, 30])", $"[{string.Join(", ", products)}]");

        AsyncMapResult<int> soon = pool.MapAsync(Square, Enumerable.Range(0, 1000), cancel);
        int[] outputs = soon.Get(TimeSpan.FromSeconds(20));
        Show.Line("pool.MapAsync(Square, inputs).Get(TimeSpan.FromSeconds(20))", $"{outputs.Length} values, the last is {outputs[^1]}");

        AsyncResult<int> one = pool.ApplyAsync(Square, 3, cancel);
        Show.Line("await pool.ApplyAsync(Square, 3)", await one);

        AsyncResult<int>[] several = [.. Enumerable.Range(1, 8).Select(x => pool.ApplyAsync(Square, x, cancel))];
        int[] all = await AsyncResult.WhenAll(several, cancel);
        Show.Line("await AsyncResult.WhenAll(several)", $"[{string.Join(", ", all)}]");

        int[] ids = pool.With(chunkSize: 1).Map(_ => Environment.ProcessId, Enumerable.Range(0, 200), cancel);
        Show.Line("pool.Map(_ => Environment.ProcessId, …)", $"{ids.Distinct().Count()} process(es), {(ids.Contains(Environment.ProcessId) ? "this one" : "none of them this one")}");

        var asked = one.Metadata;
        Show.Line("one.Metadata", $"{asked.State} on engine {asked.EngineId}, worker {asked.WorkerId}, attempt {asked.Attempt}");
    }

    static int Square(int x) => x * x;
}
