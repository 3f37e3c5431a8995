using ActorParallel.Hosting;
using ActorParallel.Hosting.AkkaSystem;
using ActorParallel.Hosting.Hosted;
using ActorParallel.Hosting.Options;
using ActorParallel.Results;
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

    /// <summary>
    /// Runs the controller of a profile's cluster in this process, from the actor system's start to the end of its coordinated shutdown. It has an actor system of its own,
    /// with the transport and the certificates that the profile says. Its options are the profile's <c>actor-parallel.cluster</c>, below that section of this system's HOCON.
    /// </summary>
    /// <param name="builder">The actor system's configuration.</param>
    /// <param name="profile">The profile; it is made if it isn't there.</param>
    /// <returns>The actor system's configuration.</returns>
    public static AkkaConfigurationBuilder WithParallelController(this AkkaConfigurationBuilder builder, string profile = "default") => WithParallelController(builder, profile, null);

    internal static AkkaConfigurationBuilder WithParallelController(this AkkaConfigurationBuilder builder, string profile, string? home)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(profile);
        return builder.AddStartup((system, _) =>
        {
            var controller = HostedController.Start(profile, HoconSection.Only(system.Settings.Config, "actor-parallel"), LoggerOf(system), home);
            EndWith(system, CoordinatedShutdown.PhaseBeforeActorSystemTerminate, $"actor-parallel-controller-{profile}", controller);
        });
    }

    /// <summary>
    /// Keeps engines running for the cluster in a profile, from the actor system's start to its coordinated shutdown. They are processes of their own, which are started again
    /// when they die, end with this process, and look for the controller for as long as it takes.
    /// Their options are the profile's <c>actor-parallel.cluster</c>, below that section of this system's HOCON.
    /// </summary>
    /// <param name="builder">The actor system's configuration.</param>
    /// <param name="profile">The cluster's profile.</param>
    /// <param name="engines">How many.</param>
    /// <param name="workers">How many tasks each runs at a time; null: as the configuration says.</param>
    /// <returns>The actor system's configuration.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    public static AkkaConfigurationBuilder WithParallelEngine(this AkkaConfigurationBuilder builder, string profile = "default", int engines = 1, int? workers = null) =>
        WithParallelEngine(builder, profile, engines, workers, null);

    internal static AkkaConfigurationBuilder WithParallelEngine(this AkkaConfigurationBuilder builder, string profile, int engines, int? workers, string? home)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(profile);
        Checks.AtLeast(engines, 1, nameof(engines));
        if (workers is { } given) Checks.AtLeast(given, 1, nameof(workers));
        return builder.AddStartup((system, _) =>
        {
            var running = new HostedEngines(profile, engines, workers, HoconSection.Only(system.Settings.Config, "actor-parallel"), LoggerOf(system), home);
            EndWith(system, CoordinatedShutdown.PhaseServiceStop, $"actor-parallel-engines-{profile}", running);
        });
    }

    static ILogger LoggerOf(ActorSystem system) =>
        DependencyResolver.For(system).Resolver.GetService<ILoggerFactory>()?.CreateLogger(HostingLog.Category) ?? NullLogger.Instance;

    static void EndWith(ActorSystem system, string phase, string name, IAsyncDisposable what) => CoordinatedShutdown.Get(system).AddTask(phase, name, async () =>
    {
        await what.DisposeAsync().ConfigureAwait(false);
        return Akka.Done.Instance;
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
        var logger = LoggerOf(system);
        var executor = settings.RunOn == ParallelPlace.Threads
            ? new HostedPool(key.Name, settings, logger, ParallelPool.Create(system, settings.Pool, settings.Config))
            : ParallelServices.Make(key.Name, settings with { Config = HoconSection.Only(settings.Config, "actor-parallel") }, logger, options.Home);
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
