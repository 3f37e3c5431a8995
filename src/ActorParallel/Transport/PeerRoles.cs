using System.Runtime.CompilerServices;
using Akka.Actor;

namespace ActorParallel.Transport;

/// <summary>
/// Who is behind an address, of those connected to an actor system: the address a peer gave in Akka's handshake, with the role of the
/// certificate it showed before. Thread-safe.
/// </summary>
internal sealed class PeerRoles
{
    static readonly ConditionalWeakTable<ActorSystem, PeerRoles> s_all = [];

    readonly Lock _gate = new();
    readonly Dictionary<Address, Claim> _claims = [];
    readonly HashSet<Address> _own = [];

    /// <summary>An actor system's.</summary>
    public static PeerRoles Of(ActorSystem system) => s_all.GetValue(system, static _ => new PeerRoles());

    /// <summary>The role of the peer whose actor this is, which a message's sender says reliably: it can't be another peer's. All, for this system's own.</summary>
    public PeerRole RolesOf(IActorRef actor) => RolesOf(actor.Path.Address);

    /// <summary>What the peer at an address may be; nothing, when none is connected.</summary>
    public PeerRole RolesOf(Address address)
    {
        // No peer over TCP may call itself so.
        if (address.HasLocalScope || address.Host == UnixEndpoint.Host)
        {
            return PeerRole.All;
        }

        address = Normal(address);
        lock (_gate)
        {
            return _own.Contains(address) ? PeerRole.All : _claims.TryGetValue(address, out var claim) ? claim.Identity.Role : PeerRole.None;
        }
    }

    /// <summary>An address this system listens on: no peer's.</summary>
    public void AddOwn(Address address)
    {
        lock (_gate)
        {
            _own.Add(Normal(address));
        }
    }

    /// <summary>Null when a connected peer may go by this address, else the reason why not. To be given back with <see cref="Release"/>.</summary>
    public string? TryClaim(Address address, PeerIdentity identity)
    {
        address = Normal(address);
        if (address.Host == UnixEndpoint.Host)
        {
            return $"it calls itself {address}, an address of this machine's own processes";
        }

        lock (_gate)
        {
            if (_own.Contains(address))
            {
                return $"it calls itself {address}, which is this side's own address";
            }

            if (!_claims.TryGetValue(address, out var claim))
            {
                _claims[address] = new(identity, 1);
                return null;
            }

            if (claim.Identity != identity)
            {
                return $"it calls itself {address}, and a peer with another certificate is connected under that address";
            }

            _claims[address] = claim with { Connections = claim.Connections + 1 };
            return null;
        }
    }

    public void Release(Address address)
    {
        address = Normal(address);
        lock (_gate)
        {
            if (!_claims.TryGetValue(address, out var claim))
            {
                return;
            }

            if (claim.Connections > 1)
            {
                _claims[address] = claim with { Connections = claim.Connections - 1 };
            }
            else
            {
                _claims.Remove(address);
            }
        }
    }

    // Akka writes its own layer's name before the transport's, or not.
    static Address Normal(Address address) =>
        address.Protocol == SocketTransport.Scheme ? address.WithProtocol("akka." + SocketTransport.Scheme) : address;

    readonly record struct Claim(PeerIdentity Identity, int Connections);
}
