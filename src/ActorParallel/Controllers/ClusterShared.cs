using System.Security.Cryptography;
using ActorParallel.Engines;
using ActorParallel.History;
using ActorParallel.Transport;

namespace ActorParallel.Controllers;

/// <summary>What a cluster's controller and its process share.</summary>
internal sealed class ClusterShared(ControllerSettings settings, string? folder, IHistoryStore history)
{
    public ControllerSettings Settings => settings;

    /// <summary>Of socket files and large values; null where the controller listens on TCP alone.</summary>
    public string? Folder => folder;

    /// <summary>Of this controller: one that is started anew has another.</summary>
    public long Session { get; } = 1 + RandomNumberGenerator.GetInt32(int.MaxValue - 1) + ((long)RandomNumberGenerator.GetInt32(int.MaxValue) << 31);

    /// <summary>The build of ActorParallel: both ends of a link must have the same.</summary>
    public static string Version { get; } = typeof(ClusterShared).Module.ModuleVersionId.ToString("N");

    /// <summary>The controller has stopped.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the peer at that address may be a client, or an engine.</summary>
    public Func<Akka.Actor.Address, PeerRole, bool> MayBe { get; init; } = static (_, _) => true;

    /// <summary>Where engines are known to be, by the cluster's membership; null where there is none.</summary>
    public Func<IReadOnlyCollection<Akka.Actor.Address>>? ExpectedEngines { get; init; }

    /// <summary>How tasks ended.</summary>
    public IHistoryStore History => history;

    SegmentReader? _segments;

    /// <summary>A large value of this machine, as bytes.</summary>
    /// <exception cref="IOException">Its owner is gone.</exception>
    public PayloadPlace ReadWhole(PayloadPlace place)
    {
        _segments ??= new SegmentReader(folder!);
        using var segment = _segments.Open(place.SegmentName!, place.Length);
        return new PayloadPlace(segment.Span(0, place.Length).ToArray(), 0, null, place.Length);
    }
}
