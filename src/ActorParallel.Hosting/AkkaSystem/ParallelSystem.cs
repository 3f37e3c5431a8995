using System.Collections.Concurrent;
using ActorParallel.Hosting.Hosted;
using Akka.Actor;

namespace ActorParallel.Hosting.AkkaSystem;

/// <summary>The executors of an actor system, by the types they were registered with.</summary>
internal sealed class ParallelSystem : IExtension
{
    readonly ConcurrentDictionary<Type, HostedExecutor> _byKey = new();
    volatile HostedExecutor? _first;

    public static ParallelSystem For(ActorSystem system) => system.WithExtension<ParallelSystem, Provider>();

    public ICollection<HostedExecutor> Executors => _byKey.Values;

    /// <param name="key">Its type; null for the one that came first.</param>
    public HostedExecutor? Find(object? key) => key is Type type ? _byKey.GetValueOrDefault(type) : key is null ? _first : null;

    /// <exception cref="InvalidOperationException">The type has one already.</exception>
    public void Add(Type key, HostedExecutor executor)
    {
        if (!_byKey.TryAdd(key, executor))
            throw new InvalidOperationException($"The actor system has an executor with the key {key.Name} already: use another type for the second.");
        _first ??= executor;
    }

    sealed class Provider : ExtensionIdProvider<ParallelSystem>
    {
        public override ParallelSystem CreateExtension(ExtendedActorSystem system) => new();
    }
}
