using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;

namespace ActorParallel.TestKit;

/// <summary>
/// A base class for tests of actors that use pools and clusters: Akka's test kit (a system, probes, <c>ExpectMsg</c>), with pools and clusters
/// that end with the test. It needs no test framework in particular: failures are <see cref="ParallelAssertionException"/>s, and the end is
/// <see cref="IAsyncDisposable"/> and <see cref="IDisposable"/>, of which xunit, NUnit and MSTest call one.
/// </summary>
/// <example>
/// <code>
/// public sealed class ReportTests : ParallelTestKit
/// {
///     [Fact]
///     public async Task A_dead_engine_loses_nothing()
///     {
///         var cluster = await StartClusterAsync(engines: 2);
///         var results = cluster.Client.LoadBalancedView().MapAsync(Work, Enumerable.Range(0, 100));
///         await cluster.KillEngineAsync(0);
///         await results.ShouldEndWithin(TimeSpan.FromSeconds(30));
///         cluster.ShouldEndEveryTaskExactlyOnce();
///     }
/// }
/// </code>
/// </example>
public abstract class ParallelTestKit : TestKitBase, IAsyncDisposable, IDisposable
{
    /// <summary>A test that passes says nothing.</summary>
    static readonly Config s_quiet = ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = WARNING }");

    readonly List<IAsyncDisposable> _toEnd = [];
    int _disposed;

    /// <param name="config">HOCON for the actor system; null for none.</param>
    protected ParallelTestKit(string? config = null)
        : base(TestKitAssertions.Instance, config is null ? s_quiet : ConfigurationFactory.ParseString(config).WithFallback(s_quiet), null, null)
    {
    }

    /// <summary>A pool in the test's actor system, which ends with the test.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ConfigurationException">A value of the configuration can't be used.</exception>
    protected ParallelPool CreatePool(ParallelPoolOptions? options = null) => EndsWithTest(ParallelPool.Create(Sys, options));

    /// <summary>A cluster in this process, which ends with the test.</summary>
    /// <param name="engines">How many engines.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    protected async Task<InProcessCluster> StartClusterAsync(int engines = 2, InProcessClusterOptions? options = null, CancellationToken cancellationToken = default) =>
        EndsWithTest(await InProcessCluster.StartAsync((options ?? new()) with { Engines = engines }, cancellationToken).ConfigureAwait(false));

    /// <summary>Something else that ends with the test, before its actor system, the newest first.</summary>
    /// <param name="resource">What is to be disposed.</param>
    /// <typeparam name="T">Its type.</typeparam>
    protected T EndsWithTest<T>(T resource)
        where T : IAsyncDisposable
    {
        _toEnd.Add(resource);
        return resource;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        for (var i = _toEnd.Count - 1; i >= 0; i--)
            await _toEnd[i].DisposeAsync().ConfigureAwait(false);
        await Sys.Terminate().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Not on the test's own context, which may have one thread that waits here.
        Task.Run(async () => await DisposeAsync().ConfigureAwait(false)).GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }
}
