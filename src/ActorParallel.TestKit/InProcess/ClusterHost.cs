using Akka.Actor;

namespace ActorParallel.TestKit;

/// <summary>One party of the cluster with its actor system: what a process is elsewhere.</summary>
internal sealed class ClusterHost(Party party, FaultPlan faults)
{
    static int s_numbers;
    volatile bool _isDead;

    public int Number { get; } = Interlocked.Increment(ref s_numbers);

    public Party Party => party;

    /// <summary>Null until it has started, and for clients, whose systems are their own business.</summary>
    public ActorSystem? System { get; set; }

    public Address? Address => (System as ExtendedActorSystem)?.Provider.DefaultAddress;

    /// <summary>It was killed: nothing reaches it any more, and nothing comes from it.</summary>
    public bool IsDead => _isDead;

    public void Die() => _isDead = true;

    public bool Takes(Envelope envelope, Action pass) => faults.Takes(this, envelope, pass);

    public async Task EndAsync()
    {
        Die();
        if (System is { } system)
            await Pools.OwnActorSystem.EndAsync(system, TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        FaultMailbox.Forget(this);
    }
}
