using System.Diagnostics;
using ActorParallel;
using ActorParallel.TestKit;
using Examples;

const string Usage = """
    PolicyStudy: which scheduling policy when? Simulated clusters with heavy-tailed tasks; figures as PNG files.

    dotnet run --project examples/PolicyStudy -- [FOLDER] [options]

      FOLDER         where the figures go (default: policy-study)
      --engines N    how many engines the simulated clusters have (default: 100)
      --tasks N      how many tasks a run has (default: 200,000)
      --seed N       the seed (default: 42): the same seed gives the same figures, digit by digit
      --threads N    simulate on N threads (default: one a core)

    The exit code is 1 when a sentence of the conclusion isn't borne out by the figures.
    """;

return await Example.RunAsync(args, Usage, ["FOLDER", "engines=", "tasks=", "seed=", "threads="], async (arguments, cancel) =>
{
    var engines = arguments.Number("engines", 100, 10, 100_000);
    var tasks = arguments.Number("tasks", 200_000, 1_000, 10_000_000);
    var study = new Study(engines, tasks, arguments.Number("seed", 42, 0));
    var folder = Directory.CreateDirectory(arguments.First ?? "policy-study").FullName;

    Case[] policies = [.. study.PolicyCases()], loads = [.. study.LoadCases()], marks = [.. study.MarkCases()], copies = [.. study.CopyCases()];
    var start = Stopwatch.GetTimestamp();
    // Each run is a task of a pool: simulations of schedulers, scheduled.
    using var pool = arguments.Pool();
    var map = await pool.With(chunkSize: 1).MapAsync(Simulate, [.. policies, .. loads, .. marks, .. copies], cancel).ShowProgressAsync("runs", cancellationToken: cancel);
    var done = map.Get();
    policies = done[..policies.Length];
    loads = done[policies.Length..][..loads.Length];
    marks = done[^(marks.Length + copies.Length)..^copies.Length];
    copies = done[^copies.Length..];

    Console.WriteLine($"{engines:N0} engines, {tasks:N0} tasks a run, work {Study.Work}; {done.Length} runs in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
    Tables.Policies(policies);
    Tables.Loads(loads);
    Tables.Marks(marks);
    Tables.Copies(copies);

    Plots.Policies(Path.Combine(folder, "policies.png"), policies);
    Plots.Loads(Path.Combine(folder, "loads.png"), loads);
    Plots.Marks(Path.Combine(folder, "marks.png"), marks);
    Plots.Copies(Path.Combine(folder, "copies.png"), copies);

    Console.WriteLine();
    var wrong = 0;
    foreach (var (holds, sentence) in Conclusion.Of(policies, loads, marks, copies))
    {
        Console.WriteLine($"{(holds ? "-" : "NOT BORNE OUT:")} {sentence}");
        if (!holds) wrong++;
    }
    Console.WriteLine();
    Console.WriteLine($"figures in {folder}");
    return wrong == 0 ? 0 : 1;
});

static Case Simulate(Case run) => run with { Report = SimulatedCluster.Run(run.Options).ShouldLoseNothing() };
