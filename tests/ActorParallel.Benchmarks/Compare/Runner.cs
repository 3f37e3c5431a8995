using System.Diagnostics;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>Runs a scenario's contenders by turns, so that what the machine does meanwhile hits all alike.</summary>
internal sealed class Runner(int rounds, TimeSpan warmUp)
{
    readonly int _rounds = rounds;
    static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(30);

    public List<Row> Rows { get; } = [];

    public int Failures { get; private set; }

    public void Run(Scenario scenario)
    {
        Console.Error.WriteLine($"  {scenario.Name}");
        var rounds = scenario.Once ? 1 : _rounds;
        var turns = scenario.Once ? scenario.Contenders : [.. scenario.Contenders.Where(WarmUp)];
        var measured = turns.ToDictionary(c => c, _ => new List<double[]>());
        for (var round = 0; round < rounds; round++)
        {
            // Each goes first as often as the others.
            for (var turn = 0; turn < turns.Length; turn++)
            {
                var contender = turns[(turn + round) % turns.Length];
                if (Try(contender) is { } figures) measured[contender].Add(figures);
            }
        }
        var ours = scenario.Contenders[0];
        if (!measured.TryGetValue(ours, out var mine) || mine.Count < rounds) return;
        for (var m = 0; m < scenario.Metrics.Length; m++)
        {
            Rows.AddRange(Row.OursAlone(scenario, m, mine));
            foreach (var peer in turns.Where(t => t != ours && measured[t].Count == rounds))
                Rows.Add(Row.Against(scenario, m, mine, peer.Name, measured[peer]));
        }
    }

    bool WarmUp(Contender contender)
    {
        var started = Stopwatch.GetTimestamp();
        var times = 0;
        do
        {
            if (Try(contender) is null) return false;
        }
        while (++times < 2 || (Stopwatch.GetElapsedTime(started) < warmUp && times < 20));
        return true;
    }

    double[]? Try(Contender contender)
    {
        try
        {
            contender.Before?.Invoke();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            // Lets whoever ran before come to rest.
            Task.Delay(Settle).GetAwaiter().GetResult();
            return contender.Round();
        }
        catch (Exception e)
        {
            Failures++;
            Console.Error.WriteLine($"    {contender.Name} failed: {e.GetType().Name}: {e.Message}");
            return null;
        }
    }
}
