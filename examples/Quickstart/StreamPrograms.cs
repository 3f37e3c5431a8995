using System.Globalization;
using ActorParallel;

namespace Examples;

// Python:  for r in pool.imap_unordered(parse, open(path)): …   (which reads the whole file ahead)
static class StreamPrograms
{
    public static async Task RunAsync(int threads, CancellationToken cancel)
    {
        Show.Section("A stream: lines in, values out, a bounded number in flight");
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(path, Enumerable.Range(0, 20_000).Select(i => $"station-{i % 7};{(i * 37 % 500 - 100) / 10.0:0.0}"), cancel);

            using var pool = new ParallelPool(threads);
            var (count, warmest) = (0, double.MinValue);
            await foreach (var reading in pool.StreamAsync(Parse, File.ReadLinesAsync(path, cancel), ordered: false, maxInFlight: 1000, cancellationToken: cancel))
            {
                count++;
                warmest = Math.Max(warmest, reading.Celsius);
            }
            Show.Line("await foreach (var r in pool.StreamAsync(Parse, File.ReadLinesAsync(p)", $"{count} readings, the warmest {warmest} °C, at most 1000 in flight");
        }
        finally
        {
            File.Delete(path);
        }
    }

    static Reading Parse(string line)
    {
        var parts = line.Split(';');
        return new Reading(parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}

sealed record Reading(string Station, double Celsius);
