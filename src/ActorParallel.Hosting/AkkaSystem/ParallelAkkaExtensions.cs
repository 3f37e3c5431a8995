using ActorParallel.Hosting;
using ActorParallel.Hosting.AkkaSystem;
using ActorParallel.Hosting.Hosted;
using ActorParallel.Hosting.Options;
using Akka.Actor;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorParallel;

/// <summary>ActorParallel in an actor system of Akka.Hosting.</summary>
public static class ParallelAkkaExtensions
{
    // Where the application's HOCON says nothing else: as long as a host waits by default.
    static readonly Config s_phases = ConfigurationFactory.ParseString("akka.coordinated-shutdown.phases.service-requests-done.timeout = 30 s");

    /// <summary>
    /// Starts a pool with the actor system, and drains it in the phase <c>service-requests-done</c> of its coordinated shutdown, whose timeout bounds that (30 s where the system's HOCON says nothing else). A pool of threads lives in the system itself.
    /// Its options are put together as everywhere: code, <c>IConfiguration</c> (section <c>ActorParallel:Executors:</c> and the name of the type), the system's HOCON, defaults.
    /// <c>services.AddActorParallelInjection()</c> makes it injectable by its type; <see cref="GetParallelExecutor{TKey}"/> finds it without.
    /// </summary>
    /// <typeparam name="TKey">Names it.</typeparam>
    /// <param name="builder">The actor system's configuration.</param>
    /// <param name="configure">Sets options, above all configuration; null for none.</param>
    /// <returns>The actor system's configuration.</returns>
    public static AkkaConfigurationBuilder WithParallelPool<TKey>(this AkkaConfigurationBuilder builder, Action<ActorParallelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddHocon(s_phases, HoconAddMode.Append).AddStartup((system, _) => StartAsync(system, typeof(TKey), configure));
    }

    /// <summary>
    /// Connects to a cluster with the actor system, and keeps the connection: <see cref="WithParallelPool{TKey}"/> with <see cref="ActorParallelOptions.RunOn"/> = <see cref="ParallelPlace.Cluster"/>.
    /// </summary>
    /// <typeparam name="TKey">Names it.</typeparam>
    /// <param name="builder">The actor system's configuration.</param>
    /// <param name="profile">The cluster's profile; null for the configured one.</param>
    /// <param name="configure">Sets options, above all configuration; null for none.</param>
    /// <returns>The actor system's configuration.</returns>
    public static AkkaConfigurationBuilder WithParallelClient<TKey>(this AkkaConfigurationBuilder builder, string? profile = null, Action<ActorParallelOptions>? configure = null) =>
        builder.WithParallelPool<TKey>(options =>
        {
            options.RunOn = ParallelPlace.Cluster;
            options.Profile = profile ?? options.Profile;
            configure?.Invoke(options);
        });

    /// <summary>The executor that was registered with this type.</summary>
    /// <typeparam name="TKey">Names it.</typeparam>
    /// <param name="system">The actor system, started.</param>
    /// <returns>The executor.</returns>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static IParallelExecutor GetParallelExecutor<TKey>(this ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return ParallelSystem.For(system).Find(typeof(TKey))?.Executor ?? throw new InvalidOperationException(
            $"The actor system {system.Name} has no executor with the key {typeof(TKey).Name}: call WithParallelPool<{typeof(TKey).Name}>() or WithParallelClient<{typeof(TKey).Name}>() where it is configured, and wait until it has started.");
    }

    static async Task StartAsync(ActorSystem system, Type key, Action<ActorParallelOptions>? configure)
    {
        var services = DependencyResolver.For(system).Resolver;
        var options = new ActorParallelOptions();
        new BindConfiguration(services.GetService<IConfiguration>()).Configure(key.Name, options);
        configure?.Invoke(options);
        if (new ValidateOptions(services.GetService<IHostEnvironment>()).Validate(key.Name, options) is { Failed: true } failed) throw new ConfigurationException(failed.FailureMessage);
        var settings = HostedSettings.From(options, services.GetService<IHostEnvironment>()?.ContentRootPath, system.Settings.Config);
        var logger = services.GetService<ILoggerFactory>()?.CreateLogger(HostingLog.Category) ?? NullLogger.Instance;
        var executor = settings.RunOn == ParallelPlace.Threads
            ? new HostedPool(key.Name, settings, logger, ParallelPool.Create(system, settings.Pool, settings.Config))
            : ParallelServices.Make(key.Name, settings, logger, options.Home);
        ParallelSystem.For(system).Add(key, executor);
        await executor.StartAsync(CancellationToken.None).ConfigureAwait(false);
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, $"actor-parallel-stopping-{key.Name}", () =>
        {
            executor.IsStopping = true;
            return Task.FromResult(Akka.Done.Instance);
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, $"actor-parallel-drain-{key.Name}", async () =>
        {
            // A part of the phase is left to stop what is not done.
            using var limit = new CancellationTokenSource(shutdown.Timeout(CoordinatedShutdown.PhaseServiceRequestsDone) * 0.8);
            await executor.DrainAsync(limit.Token).ConfigureAwait(false);
            return Akka.Done.Instance;
        });
    }
}
