using System.Diagnostics;
using System.Text.RegularExpressions;
using ActorParallel;
using Examples;

const string Usage = """
    LogSearch: the lines of a large text file that match a regular expression, with bounded memory.

    dotnet run --project examples/LogSearch -- [FILE] [options]

      FILE              the file (default: one of --generate's size in the folder for temporary files, made when it isn't there)
      --pattern REGEX   what to look for (default: "ERROR.*timeout after [0-9]{4,} ms")
      --generate SIZE   make FILE when it isn't there: a log of this size, like 500KB, 100MB, 2GB (default: 100MB)
      --show N          print the first N matches (default: 3)
      --threads N       work on N threads (default: one a core)
      --processes N     work on N processes
    """;

return await Example.RunAsync(args, Usage, ["FILE", "pattern=", "generate=", "show=", "threads=", "processes="], async (arguments, cancel) =>
{
    var show = arguments.Number("show", 3, 0);
    var pattern = arguments.Text("pattern", "ERROR.*timeout after [0-9]{4,} ms");
    try
    {
        _ = new Regex(pattern);
    }
    catch (ArgumentException e)
    {
        throw new UsageException($"--pattern is no regular expression: {e.Message}");
    }
    using var pool = arguments.Pool();
    var size = LogFile.Size(arguments.Text("generate", "100MB"));
    var path = arguments.First ?? Path.Combine(Path.GetTempPath(), $"actor-parallel-logsearch-{size}.log");
    if (Directory.Exists(path)) throw new InputException($"{path} is a folder: give a file.");
    if (!File.Exists(path))
    {
        if (arguments.First is not null && !arguments.Has("generate")) throw new InputException($"There is no file {path}; --generate SIZE makes one.");
        Console.WriteLine($"Making {path} …");
        LogFile.Make(path, size, cancel);
    }

    var start = Stopwatch.GetTimestamp();
    var (matches, lines) = (0L, 0L);
    // Batches of lines travel; a few for each worker are in flight, however long the file is. In order, as grep has them.
    var batches = Batch.OfAsync(File.ReadLinesAsync(path, cancel), pattern, cancel);
    await foreach (var found in pool.With(chunkSize: 1).StreamAsync(Search.In, batches, ordered: true, maxInFlight: 4 * pool.Workers, cancellationToken: cancel))
    {
        foreach (var (number, line) in found.Lines)
            if (matches++ < show)
                Console.WriteLine($"{number}: {(line.Length <= 160 ? line : line[..160] + " …")}");
        lines += found.Searched;
    }

    var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    using var self = Process.GetCurrentProcess();
    Console.WriteLine($"{matches:N0} of {lines:N0} lines match");
    Console.WriteLine($"{new FileInfo(path).Length / 1e6:N1} MB in {seconds:0.00} s: {new FileInfo(path).Length / 1e6 / seconds:N0} MB/s, peak memory {self.PeakWorkingSet64 / 1e6:N0} MB");
    return 0;
});
