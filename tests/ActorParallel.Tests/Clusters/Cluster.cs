using System.Diagnostics;
using ActorParallel.Processes;
using ActorParallel.Tests.Processes;

namespace ActorParallel.Tests.Clusters;

/// <summary>A cluster with a client, and what the tests of this folder do to it.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    Cluster(ParallelCluster owner, ParallelClient client) => (Owner, Client, Tasks) = (owner, client, client.LoadBalancedView());

    public ParallelCluster Owner { get; }

    public ParallelClient Client { get; }

    public LoadBalancedView Tasks { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Cluster> StartAsync(int engines, string config = "", int workers = 1, ParallelClusterOptions? options = null)
    {
        var owner = await ParallelCluster.StartAsync((options ?? new()) with
        {
            Engines = engines,
            WorkersPerEngine = workers,
            Config = $"actor-parallel.cluster {{ max-restarts = 1000, restart-backoff = 20 ms, max-restart-backoff = 200 ms\n{config}\n}}",
        }, Cancel).WaitAsync(Limit, Cancel);
        try
        {
            var client = await owner.ConnectAsync(Cancel).WaitAsync(Limit, Cancel);
            await client.WaitForEnginesAsync(engines, Limit, Cancel);
            return new Cluster(owner, client);
        }
        catch
        {
            await owner.DisposeAsync();
            throw;
        }
    }

    public int Controller => Owner.Connection.ControllerPid;

    public int ProcessOf(int engine) => Client.Engines.Single(e => e.Id == engine).ProcessId;

    public int[] Processes => [.. Client.Engines.Select(e => e.ProcessId)];

    public static void Kill(int pid, int signal = 9) => Assert.Equal(0, Libc.Kill(pid, signal));

    public static async Task<T> End<T>(AsyncResult<T> result) => await result.AsTask().WaitAsync(Limit, Cancel);

    /// <summary>Kills the controller and waits until another has taken its place, and the client knows it.</summary>
    public async Task KillControllerAsync()
    {
        var former = Controller;
        Kill(former);
        await Probe.UntilAsync(() => Controller != former, "another controller was started", TimeSpan.FromSeconds(30));
    }

    public static int Work(int n)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started).TotalMicroseconds < 200)
        {
        }
        return n * 3 + 1;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Owner.DisposeAsync();
    }
}
