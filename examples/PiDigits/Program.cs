using System.Diagnostics;
using System.Globalization;
using ActorParallel;
using Examples;

const string Usage = """
    PiDigits: computes digits of pi on the engines, and counts there how often each pair of digits comes.

    dotnet run --project examples/PiDigits -- [--digits N] [--engines N | --profile NAME]

      --digits N       how many digits after the point (default: 100,000)
      --engines N      start a cluster of N engines (default: one a core)
      --profile NAME   use the cluster that runs in this profile
    """;

return await Example.RunAsync(args, Usage, ["digits=", "engines=", "profile="], async (arguments, cancel) =>
{
    var wanted = arguments.Number("digits", 100_000, 10, 100_000_000);
    await using var session = await arguments.ClusterAsync(null, cancel);

    // The series is cut into blocks of terms; whoever is free takes the next. Then neighbours are merged, pair by pair.
    var start = Stopwatch.GetTimestamp();
    LoadBalancedView tasks = session.Client.LoadBalancedView().With(chunkSize: 1);
    var terms = Chudnovsky.TermsFor(wanted);
    var blocks = Math.Min(terms, session.Client.Ids.Count * 8);
    Part[] parts = await tasks.With(label: "terms")
        .MapAsync(Chudnovsky.Sum, Enumerable.Range(0, blocks).Select(i => (From: (int)((long)terms * i / blocks), To: (int)((long)terms * (i + 1) / blocks))), cancel);
    while (parts.Length > 1)
    {
        var pairs = parts.Chunk(2).ToArray();
        parts = await tasks.With(label: "merge").MapAsync(Chudnovsky.Merge, pairs, cancel);
    }
    string digits = Chudnovsky.Digits(parts[0], wanted);
    Console.WriteLine($"pi = {digits[0]}.{digits[1..51]}");
    Console.WriteLine($"     … {digits[^Math.Min(50, wanted)..]}");
    Console.WriteLine($"{wanted:N0} digits from {terms:N0} terms in {blocks} blocks, in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s");

    // The digits are cut over the engines; each counts the pairs in its part, and those that begin in it and end in the next one's.
    start = Stopwatch.GetTimestamp();
    DirectView engines = session.Client.DirectView([.. session.Client.Ids.Take(wanted / 2)]);
    await engines.ScatterAsync("digits", digits.Skip(1).Select(d => (byte)(d - '0')), cancellationToken: cancel);
    PairCounts[] counted = await engines.ApplyAsync(PairCounts.Of, EnginesView.Reference<byte[]>("digits"), cancel);
    var pairCounts = PairCounts.Join(counted);
    Console.WriteLine($"{pairCounts.Total:N0} pairs counted on {counted.Length} engines in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s: tens down, ones across");
    Console.WriteLine($"    {string.Join("", Enumerable.Range(0, 10).Select(one => $"{one,8}"))}");
    for (var ten = 0; ten < 10; ten++)
        Console.WriteLine($"  {ten} {string.Join("", Enumerable.Range(0, 10).Select(one => string.Create(CultureInfo.InvariantCulture, $"{pairCounts.Counts[ten * 10 + one],8:N0}")))}");
    Console.WriteLine($"digits: {string.Join(" ", Enumerable.Range(0, 10).Select(d => $"{d}:{digits.Skip(1).Count(c => c == '0' + d)}"))}");
    Console.WriteLine($"chi-square of the pairs against all being as frequent: {pairCounts.ChiSquare():0.0} (99 expected; more than 149 would be one time in a thousand)");
    return 0;
});
