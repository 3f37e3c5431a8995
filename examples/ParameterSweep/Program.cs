using System.Diagnostics;
using ActorParallel;
using Examples;

const string Usage = """
    ParameterSweep: how the rate of infection changes an epidemic on a network of contacts, as tasks that come after one another.

    dotnet run --project examples/ParameterSweep -- [--rates N] [--people N] [--runs N] [--seed N] [--engines N | --profile NAME]

      --rates N        how many rates of infection to try, from 2% to 50% a day (default: 16)
      --people N       how many people (default: 20,000)
      --runs N         how many runs for each rate (default: 20)
      --seed N         the seed of the random numbers: the same one gives the same table, whoever computes (default: 1)
      --engines N      start a cluster of N engines (default: one a core)
      --profile NAME   use the cluster that runs in this profile; its engines must see this machine's temporary folder

    prepare ─▶ sweep, one task a rate ─▶ peak, where that rate's curve is ─▶ reduce. All are submitted at once; the controller keeps the order.
    """;

return await Example.RunAsync(args, Usage, ["rates=", "people=", "runs=", "seed=", "engines=", "profile="], async (arguments, cancel) =>
{
    var rates = arguments.Number("rates", 16, 1, 1000);
    var people = arguments.Number("people", 20_000, 100, 100_000_000);
    var runs = arguments.Number("runs", 20, 1, 100_000);
    var seed = arguments.Number("seed", 1, 0);

    await using var session = await arguments.ClusterAsync(null, cancel);
    var tasks = session.Client.LoadBalancedView();
    var start = Stopwatch.GetTimestamp();
    var folder = Directory.CreateTempSubdirectory("parameter-sweep-").FullName;
    try
    {
        AsyncResult<int> prepare = tasks.With(label: "prepare").ApplyAsync(Network.Prepare, folder, people, seed, cancel);

        AsyncResult<Outcome>[] sweep =
        [
            .. Enumerable.Range(0, rates).Select(i => new Setting(folder, i, rates == 1 ? 0.25 : 0.02 + 0.48 * i / (rates - 1), runs, seed))
                .Select(setting => tasks.With(label: $"rate {setting.Rate:0.000}", after: [prepare]).ApplyAsync(Epidemic.Run, setting, cancel)),
        ];

        // On the engine that ran the rate: the curve is a value of its namespace, and did not travel.
        AsyncResult<Peak>[] peaks = [.. sweep.Select((one, i) => tasks.With(label: "peak", follow: [one]).ApplyAsync(Epidemic.FindPeak, folder, i, cancel))];

        AsyncResult<string> reduce = tasks.With(label: "reduce", after: peaks).ApplyAsync(Epidemic.Reduce, folder, cancel);

        var (done, all) = (0, 2 + 2 * rates);
        await foreach (var result in AsyncResult.AsCompleted(new AsyncResult[] { prepare, reduce }.Concat(sweep).Concat(peaks), cancel))
        {
            // The first that failed says why; what came after it was not run.
            if (result.Error is { } error) throw error;
            if (++done % 8 == 0 || done == all) Console.Error.WriteLine($"{done}/{all} tasks, the last was '{result.Label}' on engine {result.Metadata.EngineId}");
        }

        Console.Write(await reduce);
        var busy = TimeSpan.FromTicks(sweep.Sum(s => s.SerialTime.Ticks));
        var wall = Stopwatch.GetElapsedTime(start);
        Console.WriteLine($"{await prepare:N0} contacts, {rates} rates, {runs} runs each, in {wall.TotalSeconds:0.0} s on {session.Client.Ids.Count} engines: {busy / wall:0.0} of them busy");
        return 0;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
});
