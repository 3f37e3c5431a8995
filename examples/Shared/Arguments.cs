using System.Globalization;
using ActorParallel;

namespace Examples;

/// <summary>The command line cut up: options with a value, flags, and the rest. What is wrong is said in one sentence.</summary>
sealed class Arguments
{
    readonly Dictionary<string, string> _values = [];
    readonly List<string> _rest = [];

    /// <param name="args">The command line.</param>
    /// <param name="names">The options there are: <c>top=</c> takes a value, <c>quiet</c> none, <c>FILE</c> is an argument without a name.</param>
    public Arguments(string[] args, params string[] names)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                if (_rest.Count == names.Count(name => char.IsUpper(name[0]))) throw new UsageException($"There is one argument too many: {args[i]}.");
                _rest.Add(args[i]);
                continue;
            }
            var parts = args[i][2..].Split('=', 2);
            if (names.Contains(parts[0] + "="))
                _values[parts[0]] = parts.Length == 2 ? parts[1] : ++i < args.Length ? args[i] : throw new UsageException($"--{parts[0]} needs a value.");
            else if (names.Contains(parts[0]) && parts.Length == 1)
                _values[parts[0]] = "";
            else
                throw new UsageException($"There is no option {args[i]}.");
        }
    }

    /// <summary>How many threads to work on: one a core unless given.</summary>
    public int Threads => Number("threads", Environment.ProcessorCount, 1, 4096);

    /// <summary>How many processes, where they are given.</summary>
    public int? Processes => Has("processes") ? Number("processes", 0, 1, 1024) : null;

    /// <summary>The one line that chooses: threads of this process, or processes of their own.</summary>
    public ParallelPool Pool() => Has("processes") && Has("threads")
        ? throw new UsageException("Give --threads or --processes, not both.")
        : Processes is { } processes ? ParallelPool.Processes(processes) : new ParallelPool(Threads);

    /// <summary>A client, of the cluster that runs in a profile or of one of this program's own.</summary>
    /// <param name="engines">How many engines the own one has unless told otherwise: one a core unless given.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Session> ClusterAsync(int? engines, CancellationToken cancel) => Has("profile") && Has("engines")
        ? throw new UsageException("Give --engines or --profile, not both.")
        : Has("profile")
            ? Session.ConnectAsync(Text("profile", ""), cancel)
            : Session.StartAsync(Number("engines", engines ?? Environment.ProcessorCount, 1, 1024), cancel);

    public bool Has(string name) => _values.ContainsKey(name);

    public string? First => _rest.Count > 0 ? _rest[0] : null;

    public string? Second => _rest.Count > 1 ? _rest[1] : null;

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    public int Number(string name, int otherwise, int least, int most = int.MaxValue)
    {
        if (!_values.TryGetValue(name, out var text)) return otherwise;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        throw new UsageException($"--{name} needs a whole number {Range(least, most, int.MaxValue)}, not {text}.");
    }

    public double Real(string name, double otherwise, double least, double most = double.MaxValue)
    {
        if (!_values.TryGetValue(name, out var text)) return otherwise;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        throw new UsageException($"--{name} needs a number {Range(least, most, double.MaxValue)}, not {text}.");
    }

    static string Range<T>(T least, T most, T none) where T : IEquatable<T> =>
        most.Equals(none) ? $"from {least}" : $"from {least} to {most}";
}
