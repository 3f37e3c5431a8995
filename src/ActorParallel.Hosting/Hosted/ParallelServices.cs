using System.Collections.Concurrent;
using ActorParallel.Hosting.AkkaSystem;
using ActorParallel.Hosting.Options;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ActorParallel.Hosting.Hosted;

/// <summary>The executors of a service provider, each made when first asked for, or when the host starts.</summary>
internal sealed class ParallelServices(IServiceProvider services, IEnumerable<ParallelRegistration> registrations) : IAsyncDisposable, IDisposable
{
    public const string DefaultName = "default";

    readonly ConcurrentDictionary<string, Lazy<HostedExecutor>> _own = new(StringComparer.Ordinal);
    readonly string[] _names = [.. registrations.Select(static r => r.Name).Distinct(StringComparer.Ordinal)];
    volatile bool _disposed;

    /// <summary>All of this provider's own.</summary>
    public IEnumerable<HostedExecutor> Own => _names.Select(Get);

    /// <summary>And those of its actor system.</summary>
    public IEnumerable<HostedExecutor> All => [.. Own, .. OfSystem?.Executors ?? []];

    ParallelSystem? OfSystem => services.GetService<ActorSystem>() is { } system ? ParallelSystem.For(system) : null;

    /// <param name="key">Null for the default one.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public HostedExecutor Find(object? key)
    {
        if ((key ?? "") is string name && _names.Contains(name, StringComparer.Ordinal)) return Get(name);
        return OfSystem?.Find(key) ?? throw new InvalidOperationException(
            key is null
                ? "There is no executor of ActorParallel to inject: call services.AddActorParallel(), or WithParallelPool<TKey>() on the actor system and wait until it has started."
                : $"There is no executor of ActorParallel with the key '{key}': call services.AddActorParallel(\"{key}\"), or WithParallelPool<TKey>() on the actor system and use typeof(TKey).");
    }

    /// <summary>The same to be injected: an actor system's executors come when it starts, after the services that ask for them were made.</summary>
    public IParallelExecutor FindExecutor(object? key)
    {
        if (key is not Type && (_names.Length > 0 || services.GetService<IServiceProviderIsService>()?.IsService(typeof(ActorSystem)) != true)) return Find(key).Executor;
        return new LateExecutor(() => Find(key).Executor.Executor, () => Find(key).Executor.Workers, TaskOptions.Default);
    }

    HostedExecutor Get(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(IParallelExecutor));
        return _own.GetOrAdd(name, static (name, self) => new Lazy<HostedExecutor>(() => self.Make(name)), this).Value;
    }

    HostedExecutor Make(string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<ActorParallelOptions>>().Get(name);
        var logger = services.GetService<ILoggerFactory>()?.CreateLogger(HostingLog.Category) ?? NullLogger.Instance;
        return Make(name, HostedSettings.From(options, services.GetService<IHostEnvironment>()?.ContentRootPath), logger, options.Home);
    }

    public static HostedExecutor Make(string name, HostedSettings settings, ILogger logger, string? home)
    {
        if (name.Length == 0) name = DefaultName;
        return settings.RunOn == ParallelPlace.Cluster
            ? new HostedCluster(name, settings, logger, home)
            : new HostedPool(name, settings, logger, HostedPool.Make(settings));
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await Task.WhenAll(_own.Values.Where(static l => l.IsValueCreated).Select(static l => l.Value.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
