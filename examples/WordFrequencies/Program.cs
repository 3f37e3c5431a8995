using System.Diagnostics;
using ActorParallel;
using Examples;

const string Usage = """
    WordFrequencies: the most frequent words of all text files in a folder, through scatter and gather.

    dotnet run --project examples/WordFrequencies -- [FOLDER] [--top N] [--engines N | --profile NAME]

      FOLDER           the folder, with all below it (default: the sources this program was built from)
      --top N          how many words to show (default: 20)
      --engines N      start a cluster of N engines (default: one a core)
      --profile NAME   use the cluster that runs in this profile; its engines must see the folder
    """;

return await Example.RunAsync(args, Usage, ["FOLDER", "top=", "engines=", "profile="], async (arguments, cancel) =>
{
    var top = arguments.Number("top", 20, 1);
    var folder = arguments.First ?? TextFiles.Sources();
    var files = TextFiles.In(folder);
    if (files.Length == 0) throw new InputException($"There are no files in {folder}.");

    await using var session = await arguments.ClusterAsync(null, cancel);
    // Each engine gets a file at least: the others have nothing to do.
    DirectView engines = session.Client.DirectView([.. session.Client.Ids.Take(files.Length)]);
    var start = Stopwatch.GetTimestamp();

    // One file each in turn, so that a folder of large ones is not all one engine's.
    await engines.ScatterAsync("files", files, Distribution.RoundRobin, cancel);

    // The counts stay where they were made; what comes back is how many words each engine read, and what it could not read.
    AsyncEnginesResult<Counted> counted = engines.ApplyAsync(Counting.Count, EnginesView.Reference<string[]>("files"), cancel);
    await counted;
    foreach (var (id, part) in counted.ByEngine())
        Console.WriteLine($"engine {id}: {part.Files:N0} files, {part.Words:N0} words, {part.Different:N0} different");

    WordCount[] counts = await engines.GatherAsync<WordCount>("counts", cancellationToken: cancel);
    var total = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
    foreach (var (word, count) in counts) total[word] = total.GetValueOrDefault(word) + count;

    Console.WriteLine($"{files.Length:N0} files, {total.Values.Sum():N0} words, {total.Count:N0} different, in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s:");
    foreach (var (word, count) in total.OrderByDescending(w => w.Value).ThenBy(w => w.Key, StringComparer.OrdinalIgnoreCase).Take(top))
        Console.WriteLine($"{count,10:N0}  {word.ToLowerInvariant()}");

    var unread = counted.Get().SelectMany(c => c.Unread).Order(StringComparer.Ordinal).ToArray();
    if (unread.Length == 0) return 0;
    Console.Error.WriteLine($"{unread.Length:N0} file(s) could not be read; the first: {unread[0]}");
    return 1;
});
