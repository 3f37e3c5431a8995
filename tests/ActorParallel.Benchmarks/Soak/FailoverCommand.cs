namespace ActorParallel.Benchmarks.Soak;

/// <summary><c>soak --failover</c>: the active controller of a cluster is killed under load, again and again; every task must end exactly once.</summary>
internal static class FailoverCommand
{
    const int ShownFailures = 20;

    public static int Run(Arguments arguments)
    {
        var kills = arguments.Number("--kills", 20);
        var seed = arguments.Number("--seed", Random.Shared.Next(1, 1_000_000));
        var engines = arguments.Number("--engines", Math.Max(2, Environment.ProcessorCount));
        arguments.End();

        Console.WriteLine($"soak: failover, seed {seed}, 2 controllers, {engines} engines, {kills} kills of the active controller");
        var run = new FailoverRun(engines, seed);
        run.RunAsync(kills).GetAwaiter().GetResult();
        Console.WriteLine($"failover: {run.Times.Count} active controllers and {run.EngineKills} engines killed; {run.Load.Summary}");
        if (run.Times.Count > 0)
        {
            var sorted = run.Times.Order().ToArray();
            Console.WriteLine($"  kill -9 to the first new result: median {sorted[sorted.Length / 2].TotalSeconds:0.0} s, {sorted[0].TotalSeconds:0.0} to {sorted[^1].TotalSeconds:0.0} s");
        }
        foreach (var failure in run.Load.Failures.Take(ShownFailures)) Console.WriteLine($"  {failure}");
        Console.WriteLine($"soak: {(run.Load.Failures.IsEmpty ? "passed" : $"FAILED, {run.Load.Failures.Count} times; run it again with --seed {seed}")}");
        return run.Load.Failures.IsEmpty ? 0 : 1;
    }
}
