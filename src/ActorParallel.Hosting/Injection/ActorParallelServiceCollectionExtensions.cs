using ActorParallel;
using ActorParallel.Hosting.Hosted;
using ActorParallel.Hosting.Options;
using ActorParallel.Results;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

#pragma warning disable IDE0130 // Where those who configure services look for it.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>ActorParallel in a service.</summary>
public static class ActorParallelServiceCollectionExtensions
{
    /// <summary>
    /// Adds an executor of tasks: <see cref="IParallelExecutor"/>, and, by where it runs, <see cref="ParallelPool"/> or <see cref="ParallelClient"/>.
    /// One line of configuration, <c>ActorParallel:RunOn</c>, says whether that is <c>Threads</c> (default), <c>Processes</c> or a <c>Cluster</c>.
    /// It starts before the host's other services and, when the host stops, is drained after them, within the host's shutdown timeout.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options, above all configuration; null for none.</param>
    /// <returns>The services.</returns>
    /// <example>
    /// <code>
    /// builder.Services.AddActorParallel();
    /// app.MapGet("/squares", async (IParallelExecutor pool) => await pool.MapAsync(x => x * x, Enumerable.Range(0, 10)));
    /// </code>
    /// </example>
    public static IServiceCollection AddActorParallel(this IServiceCollection services, Action<ActorParallelOptions>? configure = null)
    {
        AddOne(services, "", configure);
        services.TryAddSingleton(static provider => provider.GetRequiredService<ParallelServices>().FindExecutor(null));
        services.TryAddSingleton(static provider => provider.GetRequiredService<ParallelServices>().Find(null).Pool);
        services.TryAddSingleton(static provider => provider.GetRequiredService<ParallelServices>().Find(null).Client);
        return services;
    }

    /// <summary>
    /// Adds another executor of tasks, with options of its own (configuration section <c>ActorParallel:Executors:name</c>): injected by its name,
    /// as in <c>[FromKeyedServices("images")] IParallelExecutor images</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">Its key.</param>
    /// <param name="configure">Sets options, above all configuration; null for none.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The name is empty or has a ':'.</exception>
    public static IServiceCollection AddActorParallel(this IServiceCollection services, string name, Action<ActorParallelOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Contains(':', StringComparison.Ordinal)) throw new ArgumentException($"'{name}' can't be an executor's name: its configuration's path would end at the ':'.", nameof(name));
        AddOne(services, name, configure);
        services.TryAddKeyedSingleton(name, static (provider, key) => provider.GetRequiredService<ParallelServices>().FindExecutor(key));
        services.TryAddKeyedSingleton(name, static (provider, key) => provider.GetRequiredService<ParallelServices>().Find(key).Pool);
        services.TryAddKeyedSingleton(name, static (provider, key) => provider.GetRequiredService<ParallelServices>().Find(key).Client);
        return services;
    }

    /// <summary>
    /// Makes the executors of Akka.Hosting's actor system injectable: what <c>WithParallelPool&lt;TKey&gt;</c> and <c>WithParallelClient&lt;TKey&gt;</c> registered
    /// by its type, as in <c>[FromKeyedServices(typeof(TKey))] IParallelExecutor pool</c>, and the first of them without a key. They are there once the host has started.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddActorParallelInjection(this IServiceCollection services)
    {
        AddCommon(services);
        services.TryAddSingleton(static provider => provider.GetRequiredService<ParallelServices>().FindExecutor(null));
        services.TryAddSingleton(static provider => provider.GetRequiredService<ParallelServices>().Find(null).Pool);
        services.TryAddSingleton(static provider => provider.GetRequiredService<ParallelServices>().Find(null).Client);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, static (provider, key) => provider.GetRequiredService<ParallelServices>().FindExecutor(key));
        services.TryAddKeyedSingleton(KeyedService.AnyKey, static (provider, key) => provider.GetRequiredService<ParallelServices>().Find(key).Pool);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, static (provider, key) => provider.GetRequiredService<ParallelServices>().Find(key).Client);
        return services;
    }

    internal static void AddCommon(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions();
        services.TryAddSingleton<ParallelServices>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ActorParallelOptions>, BindConfiguration>(
            static provider => new BindConfiguration(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ActorParallelOptions>, ValidateOptions>(
            static provider => new ValidateOptions(provider.GetService<IHostEnvironment>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ParallelLifetime>());
    }

    static void AddOne(IServiceCollection services, string name, Action<ActorParallelOptions>? configure)
    {
        AddCommon(services);
        services.AddSingleton(new ParallelRegistration(name));
        var options = services.AddOptions<ActorParallelOptions>(name).ValidateOnStart();
        if (configure is not null) options.Configure(configure);
    }
}
