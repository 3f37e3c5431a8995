namespace ActorParallel.Benchmarks.Soak;

/// <summary><c>soak</c>: random load on pools, child processes killed at random; every result must arrive exactly once.</summary>
internal static class SoakCommand
{
    const int ShownFailures = 20;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        if (arguments.Flag("--cluster")) return ClusterSoakCommand.Run(arguments);
        if (arguments.Flag("--failover")) return FailoverCommand.Run(arguments);
        if (arguments.Number("--nodes", 0) is > 0 and var nodes) return FormingCommand.Run(arguments, nodes);
        var seconds = arguments.Number("--seconds", 300);
        var seed = arguments.Number("--seed", Random.Shared.Next(1, 1_000_000));
        var (threads, processes) = arguments.Only();
        var workers = arguments.Number("--workers", Math.Max(2, Environment.ProcessorCount));
        arguments.End();

        var each = TimeSpan.FromSeconds((double)seconds / ((threads ? 1 : 0) + (processes ? 1 : 0)));
        Console.WriteLine($"soak: seed {seed}, {workers} workers, {each.TotalSeconds:0} s each");
        var failures = 0;
        if (threads) failures += Report(new SoakRun("threads", new ParallelPool(workers), workers, seed, kills: false), each);
        if (processes)
        {
            var options = new ParallelPoolOptions
            {
                Workers = workers,
                // Tasks die with the processes that are killed; none of them is to blame.
                EngineLossRetries = 10_000,
                RestartBackoff = TimeSpan.FromMilliseconds(10),
                MaxRestartBackoff = TimeSpan.FromMilliseconds(200),
            };
            failures += Report(new SoakRun("processes", ParallelPool.Processes(options: options), workers, seed, kills: true), each);
        }
        Console.WriteLine($"soak: {(failures == 0 ? "passed" : $"FAILED, {failures} times; run it again with --seed {seed}")}");
        return failures == 0 ? 0 : 1;
    }

    static int Report(SoakRun run, TimeSpan duration)
    {
        run.RunAsync(duration).GetAwaiter().GetResult();
        Console.WriteLine($"{run.Name}: {run.Calls:#,0} calls, {run.Results:#,0} results, {run.Kills:#,0} processes killed, {run.Failures.Count:#,0} failures");
        foreach (var failure in run.Failures.Take(ShownFailures)) Console.WriteLine($"  {failure}");
        return run.Failures.Count;
    }
}
