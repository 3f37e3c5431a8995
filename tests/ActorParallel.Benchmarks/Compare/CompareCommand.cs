using System.Text.Json;

namespace ActorParallel.Benchmarks.Compare;

/// <summary><c>compare</c>: whole scenarios, ours and the peers' by turns; prints a table of ratios.</summary>
internal static class CompareCommand
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var quick = arguments.Flag("--quick");
        var only = arguments.Choice("--only", "threads", "hosting", "processes", "clusters", "simulation");
        var workers = arguments.Number("--workers", Environment.ProcessorCount);
        var rounds = arguments.Number("--rounds", quick ? 3 : 5);
        var filter = arguments.Text("--filter") ?? "";
        var json = arguments.Text("--json");
        arguments.End();

        using var python = only.Contains("processes") || only.Contains("clusters") ? PythonPeer.TryFind(workers) : null;
        var machine = Machine.This(python?.Version);
        var runner = new Runner(rounds, quick ? TimeSpan.Zero : TimeSpan.FromSeconds(1));
        var sizes = quick ? Sizes.Quick : Sizes.Full;
        if (only.Contains("threads")) RunAll(runner, filter, new ThreadScenarios(workers, sizes));
        if (only.Contains("hosting")) RunAll(runner, filter, new HostScenarios(workers, sizes));
        if (only.Contains("processes")) RunAll(runner, filter, new ProcessScenarios(workers, sizes, python));
        python?.Rest();
        if (only.Contains("clusters"))
        {
            var peers = new ClusterPeers(python);
            RunAll(runner, filter, new ClusterScenarios(workers, sizes, peers));
            // With no cluster and no peer beside them.
            python?.Rest();
            RunAll(runner, filter, new NewClusterScenarios(workers, sizes, peers));
        }
        if (only.Contains("simulation")) RunAll(runner, filter, new SimulationScenarios(sizes));

        Console.WriteLine(machine.Line + ".");
        Console.WriteLine($"{workers} workers each; median [least–most] of {rounds} rounds by turns; ratio: ours to theirs, the median of the rounds'.{(quick ? " Quick: small sizes, for a smoke run only." : "")}");
        Console.WriteLine();
        Console.WriteLine(Table.Markdown(runner.Rows));
        var due = runner.Rows.Count(r => r.Met is not null);
        Console.WriteLine($"{runner.Rows.Count(r => r.Met is true)} of {due} targets met.");
        if (json is not null)
            File.WriteAllText(json, JsonSerializer.Serialize(new { machine, workers, rounds, quick, rows = runner.Rows }, Indented));
        if (runner.Failures == 0) return 0;
        Console.Error.WriteLine($"{runner.Failures} rounds failed to run.");
        return 1;
    }

    static void RunAll(Runner runner, string filter, IScenarios scenarios)
    {
        using (scenarios)
        {
            foreach (var scenario in scenarios.All().Where(s => s.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
                runner.Run(scenario);
        }
    }
}

/// <summary>Scenarios and what they share.</summary>
internal interface IScenarios : IDisposable
{
    IEnumerable<Scenario> All();
}

/// <summary>How much of everything.</summary>
internal sealed record Sizes
{
    public static readonly Sizes Full = new();

    public static readonly Sizes Quick = new()
    {
        Items = 400, Squares = 1_000_000, Tiny = 100_000, Asked = 20_000, RoundTrips = 300,
        Gathered = 5_000, Mapped = 200_000, Transfers = 4, MemoryBase = 20_000, MemoryTasks = 100_000,
        ClusterTiny = 20_000, PythonTiny = 100, PythonRoundTrips = 20, Scattered = 8, ClusterMemoryTasks = 100_000, ManyEngines = 6, NewOnce = true,
        SimulatedEngines = 1_000, SimulatedTasks = 100_000,
    };

    public int Items { get; init; } = 2_000;

    public int Squares { get; init; } = 10_000_000;

    public int Tiny { get; init; } = 1_000_000;

    public int Asked { get; init; } = 200_000;

    public int RoundTrips { get; init; } = 2_000;

    public int Gathered { get; init; } = 20_000;

    public int Mapped { get; init; } = 1_000_000;

    /// <summary>Of 1 MB; of 16 MB a quarter as many.</summary>
    public int Transfers { get; init; } = 20;

    /// <summary>Tasks of ours on a cluster.</summary>
    public int ClusterTiny { get; init; } = 50_000;

    /// <summary>And of the Python clusters, which take a hundred times as long.</summary>
    public int PythonTiny { get; init; } = 2_000;

    public int PythonRoundTrips { get; init; } = 200;

    /// <summary>MB of doubles.</summary>
    public int Scattered { get; init; } = 64;

    public int ClusterMemoryTasks { get; init; } = 10_000_000;

    public int ManyEngines { get; init; } = 100;

    /// <summary>Start new clusters once, without warming up.</summary>
    public bool NewOnce { get; init; }

    public int SimulatedEngines { get; init; } = 10_000;

    public int SimulatedTasks { get; init; } = 1_000_000;

    public int MemoryBase { get; init; } = 100_000;

    public int MemoryTasks { get; init; } = 1_000_000;
}
