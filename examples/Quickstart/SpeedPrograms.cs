using System.Diagnostics;
using ActorParallel;
using Spectre.Console;

namespace Examples;

static class SpeedPrograms
{
    const int Blocks = 400;

    public static async Task RunAsync(int threads, int processes, int limit, CancellationToken cancel)
    {
        Show.Section($"The speed-up: the primes below {limit:N0} by trial division, on {Environment.ProcessorCount} core(s)");
        // The later a block the more it costs: who is free takes the next.
        var blocks = Enumerable.Range(0, Blocks).Select(i => (From: (int)((long)limit * i / Blocks), To: (int)((long)limit * (i + 1) / Blocks))).ToArray();
        Primes.Count(0, 200_000); // Warm: the compiler has its second look.

        var start = Stopwatch.GetTimestamp();
        var expected = 0;
        foreach (var (from, to) in blocks)
        {
            cancel.ThrowIfCancellationRequested();
            expected += Primes.Count(from, to);
        }
        var alone = Stopwatch.GetElapsedTime(start);
        Show.Line("sequential: foreach (var block in blocks) …", $"{expected:N0} primes in {alone.TotalSeconds:0.00} s");

        using (var pool = new ParallelPool(threads)) await MeasureAsync($"{threads} thread(s)", pool);
        using (var pool = ParallelPool.Processes(processes)) await MeasureAsync($"{processes} process(es)", pool);

        async Task MeasureAsync(string name, ParallelPool pool)
        {
            pool.Map(_ => Primes.Count(0, 200_000), Enumerable.Range(0, pool.Workers), cancel);
            var map = pool.MapAsync(Primes.Count, blocks, cancel);
            await map.ShowProgressAsync($"  primes on {name}", AnsiConsole.Console, cancel);
            var (count, wall) = (map.Get().Sum(), map.WallTime);
            if (count != expected) throw new InvalidOperationException($"{name} counted {count} primes instead of {expected}.");
            Show.Line(
                $"pool.MapAsync(CountPrimes, blocks).ShowProgress() on {name}",
                $"{wall.TotalSeconds:0.00} s: {alone / wall:0.0} times as fast; serial time / wall time {map.SerialTime / wall:0.0}");
        }
    }
}

static class Primes
{
    public static int Count(int from, int to)
    {
        var count = 0;
        for (var n = from; n < to; n++)
            if (IsPrime(n))
                count++;
        return count;
    }

    static bool IsPrime(int n)
    {
        if (n < 4) return n >= 2;
        if (n % 2 == 0) return false;
        for (var d = 3; d * d <= n; d += 2)
            if (n % d == 0)
                return false;
        return true;
    }
}
