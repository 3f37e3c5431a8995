namespace ActorParallel.Benchmarks.Soak;

/// <summary><c>soak --cluster</c>: load on a cluster of this machine, its engines and now and then its controller killed at random; every task must end exactly once.</summary>
internal static class ClusterSoakCommand
{
    const int ShownFailures = 20;

    public static int Run(Arguments arguments)
    {
        var seconds = arguments.Number("--seconds", 300);
        var seed = arguments.Number("--seed", Random.Shared.Next(1, 1_000_000));
        var engines = arguments.Number("--engines", Math.Max(2, Environment.ProcessorCount));
        arguments.End();

        Console.WriteLine($"soak: cluster, seed {seed}, {engines} engines, {seconds} s");
        var run = new ClusterSoakRun(engines, seed);
        run.RunAsync(TimeSpan.FromSeconds(seconds)).GetAwaiter().GetResult();
        Console.WriteLine($"cluster: {run.EngineKills:#,0} engines and {run.ControllerKills:#,0} controllers killed; {run.Load.Summary}");
        foreach (var line in run.Memory) Console.WriteLine($"  {line}");
        foreach (var failure in run.Load.Failures.Take(ShownFailures)) Console.WriteLine($"  {failure}");
        Console.WriteLine($"soak: {(run.Load.Failures.IsEmpty ? "passed" : $"FAILED, {run.Load.Failures.Count} times; run it again with --seed {seed}")}");
        return run.Load.Failures.IsEmpty ? 0 : 1;
    }
}

/// <summary>How many of a kind were called, and how they ended. Thread-safe.</summary>
internal sealed class SoakCount
{
    long _called, _succeeded, _lost;

    public void Called() => Interlocked.Increment(ref _called);

    public void Succeeded() => Interlocked.Increment(ref _succeeded);

    /// <summary>It ended with the error that its documentation allows.</summary>
    public void Lost() => Interlocked.Increment(ref _lost);

    public long Open => Volatile.Read(ref _called) - Volatile.Read(ref _succeeded) - Volatile.Read(ref _lost);

    public long Ended => Volatile.Read(ref _succeeded) + Volatile.Read(ref _lost);

    public string Summary => $"{_called:#,0} ({_succeeded:#,0} succeeded, {_lost:#,0} lost)";
}
