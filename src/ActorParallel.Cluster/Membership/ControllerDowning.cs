using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorParallel.Membership;

/// <summary>
/// Which members of a cut cluster go on: every side that has a controller. On it the unreachable members are taken for gone; a side without one goes down
/// itself. Named by <c>akka.cluster.downing-provider-class</c>.
/// </summary>
/// <remarks>
/// Akka's own strategies protect state that may have one owner only, and pay with one side: keep-oldest (Akka.NET's) ends the whole cluster when the older of two
/// controllers dies, keep-majority when the one with the lower address does, or when most engines go at once. Here nothing has to have one owner: a
/// client has one controller at a time and holds what it submitted, an engine serves one controller at a time, and a result counts from the attempt that
/// holds the task. So both sides may go on, and become one again by <see cref="MergeActor"/> when they see each other.
/// </remarks>
internal sealed class ControllerDowning(ActorSystem system, Akka.Cluster.Cluster cluster) : IDowningProvider
{
    readonly NodeSettings _settings = NodeSettings.From(system.Settings.Config);

    public TimeSpan DownRemovalMargin => _settings.TakeOverDelay;

    public Props DowningActorProps => Props.Create(() => new DowningActor(cluster, _settings)).WithDeploy(Deploy.Local).WithDispatcher("akka.actor.internal-dispatcher");
}

/// <summary>Watches who is out of reach, and decides when that has not changed for a while. Acts on the reachable side's leader alone.</summary>
internal sealed class DowningActor(Akka.Cluster.Cluster cluster, NodeSettings settings) : UntypedActor, IWithTimers
{
    static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(250);

    readonly ILoggingAdapter _log = Context.GetLogger();
    long _changed = System.Diagnostics.Stopwatch.GetTimestamp();

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, s_tick);
    }

    protected override void PostStop() => cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.IReachabilityEvent:
                _changed = System.Diagnostics.Stopwatch.GetTimestamp();
                break;
            case Tick:
                DecideIfDue();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    void DecideIfDue()
    {
        var state = cluster.State;
        if (state.Unreachable.IsEmpty || !cluster.SelfAddress.Equals(state.Leader)) return;
        var decision = Decision.Of(state.Members.Where(m => !state.Unreachable.Contains(m)).Select(Standing.Of), state.Unreachable.Select(Standing.Of));
        var wait = decision.IsUrgent ? settings.StableAfter : settings.EngineStableAfter;
        if (decision.Down.Count == 0 || System.Diagnostics.Stopwatch.GetElapsedTime(_changed) < wait) return;
        _log.Warning("{0} member(s) out of reach for {1} s: {2}.", state.Unreachable.Count, wait.TotalSeconds,
            decision.OwnSideGoes ? "there is no controller on this side, which goes down" : $"{string.Join(", ", decision.Down)} taken for gone");
        foreach (var member in decision.Down) cluster.Down(member);
        // What was decided takes a moment.
        _changed = System.Diagnostics.Stopwatch.GetTimestamp();
    }

    /// <summary>What matters of a member.</summary>
    /// <param name="Address">Where it is.</param>
    /// <param name="IsController">It can be the controller.</param>
    /// <param name="IsGone">It has been taken for gone already, or has left.</param>
    internal readonly record struct Standing(Address Address, bool IsController, bool IsGone)
    {
        public static Standing Of(Member member) =>
            new(member.Address, member.HasRole(NodeConfig.ControllerRole), member.Status is MemberStatus.Down or MemberStatus.Exiting or MemberStatus.Removed);
    }

    /// <summary>What is to be done about members out of reach.</summary>
    /// <param name="Down">Who is taken for gone.</param>
    /// <param name="OwnSideGoes">They are those within reach.</param>
    /// <param name="IsUrgent">Work waits for it: a controller is concerned.</param>
    internal sealed record Decision(IReadOnlyCollection<Address> Down, bool OwnSideGoes, bool IsUrgent)
    {
        public static Decision Of(IEnumerable<Standing> reachable, IEnumerable<Standing> unreachable)
        {
            var (here, there) = (reachable.Where(static m => !m.IsGone).ToArray(), unreachable.Where(static m => !m.IsGone).ToArray());
            var away = there.Any(static m => m.IsController);
            var goes = away && !here.Any(static m => m.IsController);
            return new([.. (goes ? here : there).Select(static m => m.Address)], goes, away);
        }
    }

    sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
