namespace ActorParallel;

/// <summary>
/// Starts engines somewhere: as processes of this machine, over SSH, through a batch system, or in a way of your own. A cluster calls it
/// once for each engine and each restart, several at a time.
/// </summary>
public interface IEngineLauncher
{
    /// <summary>For lists and log lines, such as <c>local</c>.</summary>
    string Name { get; }

    /// <summary>Starts one engine. Returns when it was handed what it needs, not when it has registered: the controller knows that.</summary>
    /// <param name="launch">What the engine is to be. It holds a secret, which must not be put on a command line or into the environment.</param>
    /// <param name="cancellationToken">Gives up; nothing may be left running.</param>
    /// <exception cref="EngineLaunchException">It could not be started; the message says why in one sentence.</exception>
    Task<ILaunchedEngine> StartAsync(EngineLaunch launch, CancellationToken cancellationToken);
}

/// <summary>An engine that was started, as far as its launcher knows of it. All members are safe for all threads.</summary>
public interface ILaunchedEngine
{
    /// <summary>Where it runs, for messages: a host, or a batch system's job.</summary>
    string Where { get; }

    /// <summary>Its process id on the machine it runs on; null where that isn't known.</summary>
    int? ProcessId { get; }

    /// <summary>
    /// Completes when the engine has ended, and never fails. A launcher that can't see that (a batch system) completes it when the engine
    /// was stopped; that it died before, its lost connection tells.
    /// </summary>
    Task<EngineExit> Exited { get; }

    /// <summary>The last lines it wrote, at most 100; none where they go elsewhere.</summary>
    IReadOnlyList<string> LastOutput { get; }

    /// <summary>Sends it a signal by its POSIX number. Does nothing when it has ended.</summary>
    /// <exception cref="NotSupportedException">This launcher can't.</exception>
    /// <exception cref="EngineLaunchException">It did not work; the message says why.</exception>
    Task SignalAsync(int signal, CancellationToken cancellationToken);

    /// <summary>Ends it: asks first, and after the grace period ends it by force. Does nothing when it has ended.</summary>
    /// <param name="grace">How long it may take to end by itself.</param>
    /// <param name="cancellationToken">Ends the grace period at once.</param>
    /// <exception cref="EngineLaunchException">It may still run; the message says why.</exception>
    Task StopAsync(TimeSpan grace, CancellationToken cancellationToken);
}

/// <summary>How an engine ended.</summary>
/// <param name="Code">Its exit code; null where that isn't known.</param>
/// <param name="Signal">The number of the signal that ended it, or null.</param>
/// <param name="PeakMemory">Its largest resident memory in bytes, or null where that isn't known.</param>
/// <param name="Description">For messages, such as <c>signal 9 (SIGKILL)</c>.</param>
public sealed record EngineExit(int? Code, int? Signal, long? PeakMemory, string Description)
{
    /// <summary>The description.</summary>
    public override string ToString() => Description;
}

/// <summary>An engine could not be started, signalled or stopped. The message is one sentence that says what to do.</summary>
public sealed class EngineLaunchException : Exception
{
    /// <summary>Makes one, for launchers.</summary>
    /// <param name="message">What didn't work, where, and what to do.</param>
    /// <param name="innerException">What was thrown meanwhile, if anything.</param>
    public EngineLaunchException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
