using System.Globalization;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>A cluster and a client of it, for as long as some scenarios take.</summary>
internal sealed class OwnCluster : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    readonly ParallelCluster _cluster;

    public OwnCluster(int engines)
    {
        _cluster = ParallelCluster.StartAsync(engines).GetAwaiter().GetResult();
        try
        {
            Client = _cluster.ConnectAsync().GetAwaiter().GetResult();
            Client.WaitForEnginesAsync(engines, Patience).GetAwaiter().GetResult();
            Tasks = Client.LoadBalancedView();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ParallelClient Client { get; } = null!;

    public LoadBalancedView Tasks { get; } = null!;

    /// <summary>Megabytes the controller's process holds; 0 where the system does not say.</summary>
    public double ControllerResident()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        var engines = Client.Engines.Select(e => e.ProcessId).ToHashSet();
        var pid = Directory.GetDirectories("/proc/self/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture))
            .Single(child => !engines.Contains(child) && File.ReadAllText($"/proc/{child}/cmdline").Contains("ActorParallel.Engine", StringComparison.Ordinal));
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public void Dispose()
    {
        Client?.Dispose();
        _cluster.StopAsync().GetAwaiter().GetResult();
    }
}
