using System.Globalization;
using System.Text;

namespace Examples;

static class LogFile
{
    static readonly string[] s_levels = ["DEBUG", "DEBUG", "INFO", "INFO", "INFO", "INFO", "WARN", "ERROR"];
    static readonly string[] s_services = ["checkout", "search", "mail", "billing", "gateway"];

    /// <summary>Reads 1000, 500KB, 100MB, 2GB.</summary>
    public static long Size(string text)
    {
        var (digits, unit) = text.ToUpperInvariant() switch
        {
            var t when t.EndsWith("KB", StringComparison.Ordinal) => (t[..^2], 1_000L),
            var t when t.EndsWith("MB", StringComparison.Ordinal) => (t[..^2], 1_000_000L),
            var t when t.EndsWith("GB", StringComparison.Ordinal) => (t[..^2], 1_000_000_000L),
            var t => (t, 1L),
        };
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= 1_000_000_000_000 / unit
            ? number * unit
            : throw new UsageException($"--generate needs a size like 500KB, 100MB or 2GB, not {text}.");
    }

    /// <summary>Makes a log of about the size; the same every time. It has its name when it is complete, not before.</summary>
    public static void Make(string path, long size, CancellationToken cancel)
    {
        var unfinished = $"{path}.{Environment.ProcessId}";
        try
        {
            Write(unfinished, size, cancel);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    static void Write(string path, long size, CancellationToken cancel)
    {
        var random = new Random(1);
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 16);
        for (long written = 0, number = 0; written < size; number++)
        {
            if (number % 10_000 == 0) cancel.ThrowIfCancellationRequested();
            time = time.AddMilliseconds(random.Next(50));
            var (level, service, took) = (s_levels[random.Next(s_levels.Length)], s_services[random.Next(s_services.Length)], random.Next(1, 3000));
            var line = level == "ERROR"
                ? $"{time:O} ERROR {service} request {number} failed: timeout after {took} ms"
                : $"{time:O} {level} {service} request {number} took {took} ms";
            writer.WriteLine(line);
            written += line.Length + Environment.NewLine.Length;
        }
    }
}
