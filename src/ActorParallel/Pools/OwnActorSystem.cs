using Akka.Actor;
using Akka.Configuration;

namespace ActorParallel.Pools;

/// <summary>The actor system of a pool that has one of its own.</summary>
internal static class OwnActorSystem
{
    public static readonly Config Quiet = ConfigurationFactory.ParseString(
        """
        akka {
          # A library does not write to its user's console unasked; the caller's HOCON may turn it on.
          loglevel = OFF
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          coordinated-shutdown.terminate-actor-system = off
          coordinated-shutdown.run-by-actor-system-terminate = off
        }
        """);

    public static ActorSystem Start(string name, Config config) =>
        ActorSystem.Create(name, config.WithFallback(Quiet).WithFallback(PoolConfig.Reference));

    /// <summary>Ends it, bounded in time: a user's function that never returns can't be waited for.</summary>
    public static async Task EndAsync(ActorSystem system, TimeSpan timeout)
    {
        try
        {
            await system.Terminate().WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }
    }
}
