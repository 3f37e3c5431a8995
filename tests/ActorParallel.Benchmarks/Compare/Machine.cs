using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>What the figures were measured on.</summary>
internal sealed record Machine(string Processor, int Cores, double MemoryGiB, string System, string Runtime, string? Python)
{
    public static Machine This(string? python) => new(
        ProcessorName(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024), 1),
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        $"{RuntimeInformation.FrameworkDescription}, {(GCSettings.IsServerGC ? "server" : "workstation")} GC",
        python);

    [JsonIgnore]
    public string Line =>
        $"{Processor}, {Cores} cores, {Figure.Text(MemoryGiB)} GiB, {System}, {Runtime}{(Python is null ? "" : $", {Python}")}";

    static string ProcessorName()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info)
            ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null
            ? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
