using System.Diagnostics;

namespace ActorParallel.ClusterTests;

/// <summary>A cluster that serves many tests, one after the other: starting one takes a second or more.</summary>
public abstract class SharedCluster(int engines, string grace) : IAsyncLifetime
{
    public ParallelCluster Cluster { get; private set; } = null!;

    public int Engines => engines;

    public async ValueTask InitializeAsync() => Cluster = await ParallelCluster.StartAsync(new ParallelClusterOptions
    {
        Engines = engines,
        Config = $"actor-parallel.cluster {{ cancel-grace-period = {grace}, retry-backoff = 5ms, restart-backoff = 50ms }}",
    });

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Cluster is not null) await Cluster.DisposeAsync();
    }
}

/// <summary>Four engines that no test ends.</summary>
public sealed class CalmCluster() : SharedCluster(4, "5s");

/// <summary>Two engines that tests may end: they are started again.</summary>
public sealed class RestlessCluster() : SharedCluster(2, "1s");

[CollectionDefinition(nameof(CalmCluster))]
public sealed class CalmGroup : ICollectionFixture<CalmCluster>;

[CollectionDefinition(nameof(RestlessCluster))]
public sealed class RestlessGroup : ICollectionFixture<RestlessCluster>;

/// <summary>A test with a client of its own.</summary>
public abstract class ClusterTest(SharedCluster shared) : IAsyncLifetime
{
    /// <summary>How long a condition may take on a slow machine before it counts as a hang.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected ParallelCluster Cluster => shared.Cluster;

    protected ParallelClient Client { get; private set; } = null!;

    protected DirectView All => Client.DirectView();

    protected LoadBalancedView Tasks => Client.LoadBalancedView();

    public async ValueTask InitializeAsync()
    {
        Client = await shared.Cluster.ConnectAsync();
        await Client.WaitForEnginesAsync(shared.Engines, Patience);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Client.AbortAsync();
        await Client.DisposeAsync();
    }

    protected static async Task<T> Soon<T>(AsyncResult<T> result) => await result.AsTask().WaitAsync(Patience);

    protected static async Task Ended(AsyncResult result) => await result.WaitAsync().WaitAsync(Patience);

    protected static async Task Until(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"Not in time: {what}");
            await Task.Delay(5, Cancelled);
        }
    }

    /// <summary>The error a call ends with.</summary>
    protected static async Task<TException> Fails<TException>(AsyncResult result)
        where TException : Exception
    {
        await Ended(result);
        return Assert.IsType<TException>(result.Error, exactMatch: false);
    }
}
