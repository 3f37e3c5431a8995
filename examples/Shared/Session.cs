using ActorParallel;

namespace Examples;

/// <summary>A client of a cluster, and the cluster where it is this program's own: both go when this does.</summary>
sealed class Session : IAsyncDisposable
{
    readonly ParallelCluster? _own;

    Session(ParallelCluster? own, ParallelClient client) => (_own, Client) = (own, client);

    public ParallelClient Client { get; }

    public static async Task<Session> StartAsync(int engines, CancellationToken cancel)
    {
        var cluster = await ParallelCluster.StartAsync(engines, cancellationToken: cancel);
        try
        {
            var session = new Session(cluster, await cluster.ConnectAsync(cancel));
            await session.Client.WaitForEnginesAsync(engines, TimeSpan.FromMinutes(1), cancel);
            return session;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The cluster that <c>apcluster start --profile NAME</c> started, or another program.</summary>
    public static async Task<Session> ConnectAsync(string profile, CancellationToken cancel)
    {
        var client = await ParallelClient.ConnectAsync(profile, cancellationToken: cancel);
        var session = new Session(null, client);
        try
        {
            await client.WaitForEnginesAsync(1, TimeSpan.FromSeconds(30), cancel);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        if (_own is not null) await _own.DisposeAsync();
    }
}
