using System.Diagnostics;
using ActorParallel;
using Examples;

const string Usage = """
    WordCount: the most frequent words of all text files in a folder.

    dotnet run --project examples/WordCount -- [FOLDER] [--top N] [--threads N | --processes N]

      FOLDER          the folder, with all below it (default: the sources this program was built from)
      --top N         how many words to show (default: 20)
      --threads N     work on N threads (default: one a core)
      --processes N   work on N processes
    """;

return await Example.RunAsync(args, Usage, ["FOLDER", "top=", "threads=", "processes="], async (arguments, cancel) =>
{
    var top = arguments.Number("top", 20, 1);
    var folder = arguments.First ?? TextFiles.Sources();
    var files = TextFiles.In(folder);
    if (files.Length == 0) throw new InputException($"There are no files in {folder}.");

    using var pool = arguments.Pool();
    var start = Stopwatch.GetTimestamp();
    var map = await pool.MapAsync(Words.In, files, cancel).ShowProgressAsync("files", cancellationToken: cancel);

    // A file that can't be read is no reason to lose the others.
    var (counts, unread) = map.Error is ParallelMapException<Dictionary<string, int>> some
        ? (some.Values, some.Errors)
        : (map.Get(), (IReadOnlyDictionary<int, Exception>)new Dictionary<int, Exception>());

    var total = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
    foreach (var (word, count) in counts.Where(c => c is not null).SelectMany(c => c))
        total[word] = total.GetValueOrDefault(word) + count;

    Console.WriteLine($"{files.Length - unread.Count:N0} files, {total.Values.Sum():N0} words, {total.Count:N0} different, in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s:");
    foreach (var (word, count) in total.OrderByDescending(w => w.Value).ThenBy(w => w.Key, StringComparer.OrdinalIgnoreCase).Take(top))
        Console.WriteLine($"{count,10:N0}  {word.ToLowerInvariant()}");

    if (unread.Count == 0) return 0;
    var (index, error) = unread.First();
    Console.Error.WriteLine($"{unread.Count:N0} file(s) could not be read; the first is {files[index]}: {error.Message}");
    return 1;
});
