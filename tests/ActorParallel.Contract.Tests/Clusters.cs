using System.Globalization;

namespace ActorParallel.Contract.Tests;

/// <summary>
/// Load-balanced views of clusters. Starting a cluster takes a second or more: one of a size and configuration serves all tests, each with a client of its own.
/// </summary>
public sealed class Clusters : Executors, IAsyncDisposable
{
    static readonly TimeSpan s_start = TimeSpan.FromSeconds(30);

    readonly Dictionary<string, ParallelCluster> _clusters = [];
    ParallelClient? _shared;

    public override IParallelExecutor Shared => (_shared ??= Connect(2, null).GetAwaiter().GetResult()).LoadBalancedView();

    public override (IParallelExecutor Executor, IAsyncDisposable End) Create(int workers, ParallelPoolOptions? options)
    {
        var client = Connect(workers, options).GetAwaiter().GetResult();
        return (client.LoadBalancedView(), new Visit(client));
    }

    async Task<ParallelClient> Connect(int engines, ParallelPoolOptions? options)
    {
        var config = Config(options ?? new ParallelPoolOptions());
        var key = $"{engines} {config}";
        if (!_clusters.TryGetValue(key, out var cluster))
            _clusters[key] = cluster = await ParallelCluster.StartAsync(new ParallelClusterOptions { Engines = engines, Config = config }).ConfigureAwait(false);
        var client = await cluster.ConnectAsync().ConfigureAwait(false);
        await client.WaitForEnginesAsync(engines, s_start).ConfigureAwait(false);
        return client;
    }

    static string Config(ParallelPoolOptions options)
    {
        var given = new List<string>();
        void Add(string key, TimeSpan? value)
        {
            if (value is { } time) given.Add(string.Create(CultureInfo.InvariantCulture, $"{key} = {time.TotalMilliseconds:0}ms"));
        }
        Add("cancel-grace-period", options.CancelGracePeriod);
        Add("retry-backoff", options.RetryBackoff);
        Add("max-retry-backoff", options.MaxRetryBackoff);
        if (options.HighWaterMark is { } mark) given.Add(string.Create(CultureInfo.InvariantCulture, $"high-water-mark = {mark}"));
        return $"actor-parallel.cluster {{ {string.Join(", ", given)} }}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_shared is not null) await _shared.DisposeAsync();
        foreach (var cluster in _clusters.Values) await cluster.DisposeAsync();
    }

    /// <summary>A test's client: the next test finds the cluster idle.</summary>
    sealed class Visit(ParallelClient client) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await client.AbortAsync();
            await client.DisposeAsync();
        }
    }
}
