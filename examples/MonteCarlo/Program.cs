using System.Diagnostics;
using ActorParallel;
using Examples;

const string Usage = """
    MonteCarlo: the price of a European option by simulation, against the Black-Scholes formula.

    dotnet run --project examples/MonteCarlo -- [options]

      --paths N        how many prices to simulate (default: 20,000,000)
      --seed N         the seed of the random numbers (default: 1)
      --put            a put; otherwise a call
      --spot X         today's price (default: 100)
      --strike X       the strike (default: 105)
      --rate X         the interest rate a year, 0.03 for 3% (default: 0.03)
      --volatility X   the volatility a year, 0.2 for 20% (default: 0.2)
      --years X        the time to expiry in years (default: 1)
      --threads N      work on N threads (default: one a core)
      --processes N    work on N processes

    The same seed gives the same price to the last digit, however many threads or processes there are.
    The exit code is 1 when the formula's price is more than 5 standard errors away.
    """;

return await Example.RunAsync(
    args, Usage, ["paths=", "seed=", "put", "spot=", "strike=", "rate=", "volatility=", "years=", "threads=", "processes="],
    async (arguments, cancel) =>
    {
        var paths = arguments.Number("paths", 20_000_000, 1000);
        var seed = arguments.Number("seed", 1, 0);
        var option = new EuropeanOption(
            arguments.Has("put"),
            arguments.Real("spot", 100, 1e-9, 1e12), arguments.Real("strike", 105, 1e-9, 1e12),
            arguments.Real("rate", 0.03, -1, 1), arguments.Real("volatility", 0.2, 1e-6, 10), arguments.Real("years", 1, 1e-6, 100));

        // A chunk is what one task simulates, with random numbers of its own: chunk k's are the k-th stream of the seed.
        const int ChunkPaths = 100_000;
        var chunks = Enumerable.Range(0, (paths + ChunkPaths - 1) / ChunkPaths)
            .Select(k => new Chunk(option, seed, k, Math.Min(ChunkPaths, paths - k * ChunkPaths)));

        using var pool = arguments.Pool();
        var start = Stopwatch.GetTimestamp();
        var map = await pool.MapAsync(Simulation.Run, chunks.ToArray(), cancel).ShowProgressAsync("simulation", cancellationToken: cancel);
        // Added in the chunks' order, whichever ended first: floating-point sums depend on it.
        var sample = map.Get().Aggregate(default(Moments), Moments.Add);

        var exact = option.BlackScholes();
        var errors = sample.StandardError > 0 ? (sample.Mean - exact) / sample.StandardError : sample.Mean == exact ? 0 : double.PositiveInfinity;
        var half = 1.959964 * sample.StandardError;
        Console.WriteLine($"simulated      {sample.Mean:0.000000}   95% confidence interval {sample.Mean - half:0.000000} to {sample.Mean + half:0.000000}");
        Console.WriteLine($"Black-Scholes  {exact:0.000000}   {Math.Abs(errors):0.00} standard errors {(errors < 0 ? "above" : "below")} the simulated price");
        Console.WriteLine($"{paths:N0} paths, seed {seed}, in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s");
        if (Math.Abs(errors) <= 5) return 0;
        Console.Error.WriteLine("The formula's price is more than 5 standard errors away: too few paths hit what pays, or something is wrong.");
        return 1;
    });
