using System.Globalization;
using System.Text;
using ActorParallel;

namespace Examples;

/// <summary>What one task of the sweep computes.</summary>
/// <param name="Folder">Where the network is.</param>
/// <param name="Index">Which of the rates.</param>
/// <param name="Rate">The chance of infecting a contact in a day.</param>
/// <param name="Runs">How often.</param>
/// <param name="Seed">The seed of the random numbers.</param>
record Setting(string Folder, int Index, double Rate, int Runs, int Seed);

/// <summary>What a rate led to, on average: the part of the people who were infected, and the days it took.</summary>
record Outcome(double Rate, double Infected, double Days);

/// <summary>When most were ill.</summary>
record Peak(int Day, double Ill);

/// <summary>
/// Susceptible, infected, removed: the chain that goes back to Kermack and McKendrick, "A Contribution to the Mathematical Theory of Epidemics" (1927),
/// here by chance, day by day, along the contacts of a network.
/// </summary>
static class Epidemic
{
    const double Recovery = 0.2;
    const int First = 10;
    const byte Susceptible = 0, Ill = 1, Removed = 2;

    /// <summary>Runs one rate; the mean curve stays in the engine's namespace.</summary>
    public static Outcome Run(Setting setting)
    {
        var task = TaskContext.Current!;
        var (starts, others) = Network.Read(setting.Folder);
        var people = starts.Length - 1;
        var curve = new List<double>();
        var (infected, days) = (0L, 0L);
        for (var run = 0; run < setting.Runs; run++)
        {
            task.CancellationToken.ThrowIfCancellationRequested();
            task.Report((double)run / setting.Runs);
            var random = new SplitMix(setting.Seed, setting.Index * setting.Runs + run);
            var state = new byte[people];
            var ill = new List<int>();
            while (ill.Count < First) Infect((int)(random.Next() * people));
            for (var day = 0; ; day++)
            {
                if (day == curve.Count) curve.Add(0);
                curve[day] += (double)ill.Count / people / setting.Runs;
                if (ill.Count == 0)
                {
                    days += day;
                    break;
                }
                // Those infected today are at the end of the list, and infect from tomorrow.
                var kept = 0;
                var today = ill.Count;
                for (var i = 0; i < today; i++)
                {
                    var person = ill[i];
                    for (var c = starts[person]; c < starts[person + 1]; c++)
                        if (state[others[c]] == Susceptible && random.Next() < setting.Rate)
                            Infect(others[c]);
                    if (random.Next() < Recovery) state[person] = Removed;
                    else ill[kept++] = person;
                }
                ill.RemoveRange(kept, today - kept);
            }
            infected += state.LongCount(s => s == Removed);

            void Infect(int person)
            {
                if (state[person] != Susceptible) return;
                state[person] = Ill;
                ill.Add(person);
            }
        }
        task.Namespace[Name(setting.Folder, setting.Index)] = curve.ToArray();
        var outcome = new Outcome(setting.Rate, (double)infected / setting.Runs / people, (double)days / setting.Runs);
        WriteRow(setting.Folder, "rate", setting.Index, string.Create(CultureInfo.InvariantCulture, $"{outcome.Rate:0.000}  {outcome.Infected,9:0.0%}  {outcome.Days,5:0}"));
        return outcome;
    }

    /// <summary>Reads the curve that <see cref="Run"/> left on this engine.</summary>
    public static Peak FindPeak(string folder, int index)
    {
        var values = TaskContext.Current!.Namespace;
        var curve = (double[])values[Name(folder, index)]!;
        var peak = new Peak(Array.IndexOf(curve, curve.Max()), curve.Max());
        WriteRow(folder, "peak", index, string.Create(CultureInfo.InvariantCulture, $"{peak.Day,8}  {peak.Ill,11:0.0%}"));
        values.Remove(Name(folder, index));
        return peak;
    }

    /// <summary>The table of what all tasks before wrote.</summary>
    public static string Reduce(string folder)
    {
        var table = new StringBuilder(" rate   infected   days  peak day  ill at peak\n");
        for (var i = 0; File.Exists(Row(folder, "rate", i)); i++)
            table.Append(File.ReadAllText(Row(folder, "rate", i))).Append("  ").Append(File.ReadAllText(Row(folder, "peak", i))).Append('\n');
        return table.ToString();
    }

    static void WriteRow(string folder, string kind, int index, string text) => File.WriteAllText(Row(folder, kind, index), text);

    static string Row(string folder, string kind, int index) => Path.Combine(folder, $"{kind}-{index}");

    static string Name(string folder, int index) => Row(folder, "curve", index);
}
