using System.Collections.Concurrent;
using System.Diagnostics;

namespace ActorParallel.Benchmarks.Soak;

/// <summary>Loads one cluster with load-balanced tasks, streams and direct calls while processes of it are killed, until the time is over; then all must have ended.</summary>
internal sealed class ClusterSoakRun(int engines, int seed)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly ConcurrentDictionary<int, bool> _seen = new();
    ParallelCluster _cluster = null!;
    ParallelClient _client = null!;
    ParallelClient _watcher = null!;

    public ClusterLoad Load { get; } = new(seed, Patience);

    public int EngineKills { get; private set; }

    public int ControllerKills { get; private set; }

    public List<string> Memory { get; } = [];

    public async Task RunAsync(TimeSpan duration)
    {
        // Tasks die with the processes that are killed; none of them is to blame.
        const string config = "actor-parallel.cluster { engine-loss-retries = 10000, max-restarts = 100000, restart-backoff = 10 ms, max-restart-backoff = 200 ms }";
        await using (_cluster = await ParallelCluster.StartAsync(new ParallelClusterOptions { Engines = engines, Config = config }))
        {
            await using (_client = await _cluster.ConnectAsync())
            await using (_watcher = await _cluster.ConnectAsync())
            {
                await _client.WaitForEnginesAsync(engines, Patience);
                Measure("at the beginning");
                using var over = new CancellationTokenSource(duration);
                await Task.WhenAll(Load.RunAsync(_client, over.Token), Task.Run(() => KillAsync(over.Token)));
                await Load.EndAsync(_watcher, engines);
                Measure("at the end");
            }
        }
        foreach (var pid in _seen.Keys)
            if (ResidentBytes(pid) is not null) Load.Failures.Enqueue($"process {pid} is still there after the cluster");
    }

    async Task KillAsync(CancellationToken over)
    {
        var random = new Random(seed + 1);
        while (await Wait(random.Next(200, 1500), over))
        {
            try
            {
                if (random.Next(8) == 0)
                {
                    _seen[_cluster.Connection.ControllerPid] = true;
                    Kill(_cluster.Connection.ControllerPid);
                    ControllerKills++;
                }
                else if (_client.Engines is [_, ..] there)
                {
                    var pid = there[random.Next(there.Count)].ProcessId;
                    _seen[pid] = true;
                    Kill(pid);
                    EngineKills++;
                }
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // Gone already.
            }
        }
    }

    static void Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }

    void Measure(string when)
    {
        var each = _client.Engines.Select(e =>
        {
            _seen[e.ProcessId] = true;
            return $"engine {e.Id} {Megabytes(e.ProcessId)}";
        });
        _seen[_cluster.Connection.ControllerPid] = true;
        Memory.Add($"resident {when}: client {Megabytes(Environment.ProcessId)}, controller {Megabytes(_cluster.Connection.ControllerPid)}, {string.Join(", ", each)}");
    }

    static string Megabytes(int pid) => ResidentBytes(pid) is { } bytes ? $"{bytes / 1e6:0} MB" : "gone";

    static long? ResidentBytes(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.HasExited ? null : process.WorkingSet64;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    static async Task<bool> Wait(int milliseconds, CancellationToken over)
    {
        await Task.Delay(milliseconds, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !over.IsCancellationRequested;
    }
}
