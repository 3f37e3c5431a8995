namespace ActorParallel.Tests.Functions;

/// <summary>A cluster whose engines lack this program, and a client of it. One for all tests of a class.</summary>
public sealed class ShippedCluster : IAsyncLifetime
{
    ParallelCluster? _cluster;
    ParallelClient? _client;

    public ParallelCluster Cluster => _cluster!;

    public ParallelClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await StartAsync("", TestContext.Current.CancellationToken);
        _client = await ConnectAsync(_cluster, 2, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    internal static Task<ParallelCluster> StartAsync(string config, CancellationToken cancellationToken, int engines = 2) =>
        ParallelCluster.StartAsync(new ParallelClusterOptions { Engines = engines, Launcher = new FolderLauncher(), Config = config }, cancellationToken);

    internal static async Task<ParallelClient> ConnectAsync(ParallelCluster cluster, int engines, CancellationToken cancellationToken)
    {
        var client = await cluster.ConnectAsync(cancellationToken);
        await client.WaitForEnginesAsync(engines, TimeSpan.FromSeconds(60), cancellationToken);
        return client;
    }
}
