using System.Text;
using Akka.Actor;

namespace ActorParallel.Transport;

/// <summary>
/// Holds a connection's peer to what it is. It must give its address in Akka's handshake, one no other peer goes by; from then on
/// a client or engine speaks only for actors at that address, and says only what our own protocol needs: it can't kill, create or
/// declare dead an actor that isn't its own. One a connection, used by its reader alone. See <see cref="PeerRoles"/>.
/// </summary>
/// <remarks>
/// The fields are those of Akka.Remote 1.5 (WireFormats.proto, ContainerFormats.proto). Two peers that hold the same certificate
/// are not told apart; each engine elsewhere gets one of its own.
/// </remarks>
internal sealed class PeerGuard(PeerIdentity identity, PeerRoles roles, Address? dialed)
{
    const int Selection = 6, Bytes = 4, Misc = 16, Primitive = 17, System = 22, Cluster = 5, Ours = 4710;
    byte[]? _prefix;
    Address? _claimed;

    /// <exception cref="InvalidFrameException">The peer has no right to say this, and the connection is to be closed.</exception>
    public void Check(ReadOnlySpan<byte> frame)
    {
        if (_prefix is not null && identity.Role == PeerRole.Controller)
        {
            return;
        }

        var fields = new ProtoFields(frame);
        ReadOnlySpan<byte> payload = default, instruction = default;
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1: payload = fields.Value; break;
                case 2: instruction = fields.Value; break;
                default: break;
            }
        }

        if (!instruction.IsEmpty)
        {
            CheckInstruction(instruction);
        }
        else if (_prefix is null)
        {
            throw new InvalidFrameException("it sent a message before it said who it is");
        }
        else
        {
            CheckEnvelope(ProtoFields.Find(payload, 2));
        }
    }

    /// <summary>The connection is gone.</summary>
    public void Release()
    {
        if (_claimed is not null)
        {
            roles.Release(_claimed);
        }
    }

    void CheckInstruction(ReadOnlySpan<byte> instruction)
    {
        var handshake = ProtoFields.Find(instruction, 2);
        if (handshake.IsEmpty)
        {
            return;
        }

        var origin = Origin(ProtoFields.Find(handshake, 1));
        if (dialed is not null && (origin.Host, origin.Port, origin.System) != (dialed.Host, dialed.Port, dialed.System))
        {
            throw new InvalidFrameException($"it calls itself {origin} and was called as {dialed}");
        }

        if (_claimed is not null)
        {
            if (_claimed != origin)
            {
                throw new InvalidFrameException($"it called itself {_claimed} and now {origin}");
            }

            return;
        }

        if (roles.TryClaim(origin, identity) is { } refusal)
        {
            throw new InvalidFrameException(refusal);
        }

        (_claimed, _prefix) = (origin, Encoding.UTF8.GetBytes($"{origin}/"));
    }

    static Address Origin(ReadOnlySpan<byte> data)
    {
        var fields = new ProtoFields(data);
        string system = "", host = "", protocol = "";
        ulong port = 0;
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1: system = Encoding.UTF8.GetString(fields.Value); break;
                case 2: host = Encoding.UTF8.GetString(fields.Value); break;
                case 3: port = fields.Number; break;
                case 4: protocol = Encoding.UTF8.GetString(fields.Value); break;
                default: break;
            }
        }

        // What Akka makes of such an address must be that address: a host of "other:1/user" would stand for another's.
        if (protocol is SocketTransport.Scheme or "akka." + SocketTransport.Scheme && port is > 0 and <= 65535
            && new Address("akka." + SocketTransport.Scheme, system, host, (int)port) is var address
            && ActorPath.TryParse($"{address}/user", out var path) && path.Address == address && path.ToStringWithAddress() == $"{address}/user")
        {
            return address;
        }

        throw new InvalidFrameException("it gave no address that can be one");
    }

    void CheckEnvelope(ReadOnlySpan<byte> envelope)
    {
        if (envelope.IsEmpty)
        {
            // An acknowledgement alone.
            return;
        }

        var fields = new ProtoFields(envelope);
        ReadOnlySpan<byte> message = default;
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 2: message = fields.Value; break;
                case 4: CheckOwn(ProtoFields.Find(fields.Value, 1)); break;
                default: break;
            }
        }

        CheckMessage(message);
    }

    void CheckOwn(ReadOnlySpan<byte> actorPath)
    {
        if (!actorPath.StartsWith(_prefix))
        {
            throw new InvalidFrameException($"{_claimed} spoke for {Encoding.UTF8.GetString(actorPath[..Math.Min(actorPath.Length, 200)])}, an actor that is not its own");
        }
    }

    void CheckMessage(ReadOnlySpan<byte> message)
    {
        var fields = new ProtoFields(message);
        ReadOnlySpan<byte> content = default, manifest = default;
        ulong serializer = 0;
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1: content = fields.Value; break;
                case 2: serializer = fields.Number; break;
                case 3: manifest = fields.Value; break;
                default: break;
            }
        }

        switch (serializer)
        {
            case Ours or Primitive or Bytes:
                return;
            case Cluster when identity.IsMember:
                // Gossip and heartbeats. A member is trusted with the membership; what its actors may be told, it is not.
                return;
            case Selection:
                CheckMessage(ProtoFields.Find(content, 1, repeated: 2));
                return;
            case Misc when manifest.SequenceEqual("ID"u8) || manifest.SequenceEqual("AID"u8) || manifest.SequenceEqual("RWHB"u8) || manifest.SequenceEqual("RWHR"u8):
                return;
            case System when manifest.StartsWith("Akka.Dispatch.SysMsg.Watch,"u8) || manifest.StartsWith("Akka.Dispatch.SysMsg.Unwatch,"u8):
                return;
            case System when manifest.StartsWith("Akka.Dispatch.SysMsg.DeathWatchNotification,"u8):
                CheckOwn(ProtoFields.Find(ProtoFields.Find(content, 1), 1));
                return;
            default:
                throw new InvalidFrameException(
                    $"{_claimed} sent a message of a kind that no {identity.Role} may send (serializer {serializer}, '{Encoding.UTF8.GetString(manifest[..Math.Min(manifest.Length, 100)])}')");
        }
    }
}
