using System.Diagnostics;
using ActorParallel;
using Examples;

const string Usage = """
    ParameterSweep: how the rate of infection changes an epidemic (SEIR model), as tasks that depend on one another.

    dotnet run --project examples/ParameterSweep -- [--rates N] [--people N] [--runs N] [--seed N] [--engines N | --profile NAME]

      --rates N        how many rates of infection to try, from 0.05 to 0.50 a day (default: 16)
      --people N       how many people (default: 20,000)
      --runs N         how many runs for each rate (default: 20)
      --seed N         the seed of the random numbers: the same one gives the same table (default: 1)
      --engines N      start a cluster of N engines (default: one a core)
      --profile NAME   use the cluster that runs in this profile
    """;

return await Example.RunAsync(args, Usage, ["rates=", "people=", "runs=", "seed=", "engines=", "profile="], async (arguments, cancel) =>
{
    var rates = arguments.Number("rates", 16, 1, 10_000);
    var setting = new Setting(arguments.Number("people", 20_000, 100, 100_000_000), arguments.Number("runs", 20, 2, 100_000), arguments.Number("seed", 1, 0));

    await using var session = await arguments.ClusterAsync(null, cancel);
    var tasks = session.Client.LoadBalancedView().With(retries: 1);
    var start = Stopwatch.GetTimestamp();

    // All is submitted at once; the controller keeps the order. prepare ─▶ each rate of the sweep ─▶ its check, where it ran ─▶ the table.
    AsyncResult<Model> prepare = tasks.With(label: "prepare").ApplyAsync(Epidemic.Prepare, setting, cancel);

    AsyncResult<Outbreak>[] sweep =
    [
        .. Enumerable.Range(0, rates).Select(i => 0.05 + 0.45 * i / Math.Max(1, rates - 1))
            .Select(rate => tasks.With(label: $"rate {rate:0.000}").ApplyAsync(Epidemic.Run, prepare, rate, cancel)),
    ];

    // On the engine that computed it: what that one keeps in its namespace is there.
    AsyncResult<int>[] checks = [.. sweep.Select(one => tasks.With(label: "check", follow: [one]).ApplyAsync(Epidemic.Check, one, cancel))];

    // Whatever becomes of the checks, the table is made once they have ended.
    AsyncResult<string> table = tasks
        .With(tasks.Options with { Label = "table", Dependencies = [TaskDependency.After(checks, onFailure: true)] })
        .ApplyAsync(Epidemic.Table, sweep, cancel);

    await AsyncResult.WhenAll(sweep, cancel);
    Console.WriteLine(await table);
});
