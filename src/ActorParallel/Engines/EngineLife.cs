namespace ActorParallel.Engines;

/// <summary>How an engine's process hangs on its controller.</summary>
/// <param name="OutlivesController">A cluster's engine looks for its controller again; a pool's ends with its parent.</param>
/// <param name="ControllerTimeout">How long it looks, before it ends.</param>
/// <param name="End">Ends the process with a sentence and an exit code.</param>
internal sealed record EngineLife(bool OutlivesController, TimeSpan ControllerTimeout, Action<string, int> End)
{
    /// <summary>Its controller says that nothing will come any more.</summary>
    // In order, so that handlers of the process's exit run; the parent watches over the time it takes.
    public Action Stop { get; init; } = static () => ThreadPool.UnsafeQueueUserWorkItem(static _ => Environment.Exit(0), null);

    /// <summary>Whether a controller's word is to be taken from that actor. Others may know the way, too.</summary>
    public Func<Akka.Actor.IActorRef, bool> IsController { get; init; } = static _ => true;

    /// <summary>How often each end says what it sent and what it has.</summary>
    public static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);

    /// <summary>So late a beat comes only when its own process was stopped.</summary>
    public static readonly TimeSpan Slept = TimeSpan.FromSeconds(3);

    /// <summary>After so long without a word the other end is looked for again.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);
}
